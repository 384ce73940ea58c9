package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gradstep.ops.Backend;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Update;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However an array lies in memory: elements meet by their index, and the owner of the memory sees what was written. */
class DjlLayoutTest {
    private final Backend<NDArray> backend = open();

    Backend<NDArray> open() {
        return new DjlProvider().open();
    }

    private final NDManager owner = Engine.getEngine("PyTorch").newBaseManager();

    @AfterEach
    void close() {
        backend.close();
        owner.close();
    }

    enum View {
        WHOLE,
        TRANSPOSED,
        ROWS,
        COLUMNS,
        EVERY_SECOND_ROW,
        A_CORNER_TRANSPOSED,
        FLAT,
        ONE_ELEMENT,
        A_SCALAR,
        NOTHING;

        NDArray of(NDArray array) {
            return switch (this) {
                case WHOLE -> array;
                case TRANSPOSED -> array.transpose();
                case ROWS -> array.get("1:3");
                case COLUMNS -> array.get(":, 2:5");
                case EVERY_SECOND_ROW -> array.get("::2");
                case A_CORNER_TRANSPOSED -> array.get("2:, :3").transpose();
                case FLAT -> array.reshape(-1);
                case ONE_ELEMENT -> array.get("2:3, 4:5");
                case A_SCALAR -> array.get(2, 4);
                case NOTHING -> array.get("1:1");
            };
        }
    }

    private NDArray memory(float first) {
        float[] values = new float[24];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i;
        }
        return owner.create(values, new Shape(4, 6));
    }

    /** Where in the memory each element of the view lies. */
    private int[] places(View view) {
        HostTensor values = backend.read(view.of(memory(0)));
        int[] places = new int[values.length()];
        for (int i = 0; i < places.length; i++) {
            places[i] = (int) values.get(i);
        }
        return places;
    }

    private HostTensor gradient(View view) {
        HostTensor gradient = backend.read(view.of(memory(0)));
        for (int i = 0; i < gradient.length(); i++) {
            gradient.set(i, 100 + i);
        }
        return gradient;
    }

    @ParameterizedTest
    @EnumSource
    void a_view_is_read_in_row_major_order(View view) {
        NDArray array = view.of(memory(0));
        HostTensor values = backend.read(array);
        assertThat(values.shape()).isEqualTo(backend.shape(array));
        // duplicate() of one more view: PyTorch's own copy in row-major order.
        assertThat(values.floats())
                .containsExactly(array.reshape(-1).duplicate().toFloatArray());
    }

    @ParameterizedTest
    @EnumSource
    void a_view_is_squared_and_summed_in_row_major_order(View view) {
        NDArray array = view.of(memory(0.1f));
        Update<NDArray> update =
                new Update<>(Rules.SUBTRACT_THE_GRADIENT, backend.wrap(view.of(memory(0)), "w"), List.of(), name -> 0);
        update.setGradient(array);
        assertThat(backend.sumsOfSquares(new Gradient(), List.of(update)))
                .containsExactly(PairwiseSum.ofSquares(backend.read(array)));
    }

    private record Gradient() implements Expression {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            return slots.gradient();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_step_on_a_view_changes_its_elements_and_no_other(View view) {
        NDArray memory = memory(1000);
        float[] expected = memory.toFloatArray();
        HostTensor gradient = gradient(view);
        int[] places = places(view);
        for (int i = 0; i < places.length; i++) {
            expected[places[i]] -= gradient.floats()[i];
        }
        Rules.SUBTRACT_THE_GRADIENT.run(backend, view.of(memory), backend.tensor(gradient));
        assertThat(memory.toFloatArray()).containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource
    void a_scalar_fills_a_view_and_nothing_else(View view) {
        NDArray memory = memory(1000);
        float[] expected = memory.toFloatArray();
        for (int place : places(view)) {
            expected[place] = 7;
        }
        Rules.FILL_WITH_SEVEN.run(backend, view.of(memory), null);
        assertThat(memory.toFloatArray()).containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource
    void values_are_written_into_a_view(View view) {
        NDArray memory = memory(1000);
        float[] expected = memory.toFloatArray();
        int[] places = places(view);
        HostTensor values = gradient(view);
        for (int i = 0; i < places.length; i++) {
            expected[places[i]] = values.floats()[i];
        }
        backend.write(backend.wrap(view.of(memory), "layer/kernel"), values);
        assertThat(memory.toFloatArray()).containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource
    void a_gradient_may_be_a_view(View view) {
        NDArray gradient = view.of(memory(500));
        NDArray variable = backend.tensor(backend.read(view.of(memory(0))));
        Rules.SUBTRACT_THE_GRADIENT.run(backend, variable, gradient);
        assertThat(backend.read(variable).floats())
                .containsOnly(view == View.NOTHING ? new float[0] : new float[] {-500});
    }

    @Test
    void a_gradient_of_repeated_elements_is_read_like_any_other() {
        NDArray gradient = owner.create(new float[] {1, 2, 3}).broadcast(new Shape(2, 3));
        NDArray variable = owner.zeros(new Shape(2, 3));
        Rules.SUBTRACT_THE_GRADIENT.run(backend, variable, gradient);
        assertThat(variable.toFloatArray()).containsExactly(-1, -2, -3, -1, -2, -3);
    }

    @ParameterizedTest
    @EnumSource(names = {"ASSIGN_THE_GRADIENT", "FILL_WITH_SEVEN"})
    void what_is_not_a_number_does_not_survive_an_assignment(Rules rule) {
        NDArray variable = owner.create(new float[] {Float.NaN, Float.POSITIVE_INFINITY});
        rule.run(backend, variable, owner.create(new float[] {7, 7}));
        assertThat(variable.toFloatArray()).containsExactly(7, 7);
    }

    @Test
    void variable_and_gradient_may_share_memory() {
        NDArray memory = owner.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
        Rules.ASSIGN_THE_GRADIENT.run(backend, memory, memory.transpose());
        assertThat(memory.toFloatArray()).containsExactly(1, 3, 2, 4);
    }
}
