package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OptimizerStateTest {
    private static NamedArray array(String name, long... shape) {
        return new NamedArray(name, HostTensor.filled(DType.FLOAT32, Shape.of(shape), name.length()));
    }

    private static OptimizerState state(NamedArray... arrays) {
        return new OptimizerState(List.of(arrays));
    }

    private static TensorVariable<HostTensor> variable(String path, long... shape) {
        Shape of = Shape.of(shape);
        return TensorVariable.of(
                VariableInfo.of(path), HostTensor.filled(DType.FLOAT32, of, 0), DType.FLOAT32, of, () -> {});
    }

    private static Map<String, Shape> places(Object... namesAndShapes) {
        Map<String, Shape> places = new LinkedHashMap<>();
        for (int i = 0; i < namesAndShapes.length; i += 2) {
            places.put((String) namesAndShapes[i], (Shape) namesAndShapes[i + 1]);
        }
        return places;
    }

    @Test
    void the_list_is_copied() {
        List<NamedArray> arrays = new ArrayList<>(List.of(array("a")));
        OptimizerState state = new OptimizerState(arrays);
        arrays.clear();
        assertThat(state.arrays()).hasSize(1);
    }

    @Test
    void names_are_given_by_position_and_the_values_are_the_same() {
        OptimizerState state = state(array("0", 2), array("1", 3));
        OptimizerState named = state.named(List.of("iteration", "learning_rate"));
        assertThat(named.arrays()).extracting(NamedArray::name).containsExactly("iteration", "learning_rate");
        assertThat(named.arrays().get(1).values())
                .isSameAs(state.arrays().get(1).values());
    }

    @Test
    void more_or_fewer_names_are_refused() {
        OptimizerState state = state(array("0"), array("1"));
        for (List<String> names : List.of(List.<String>of(), List.of("a"), List.of("a", "b", "c"))) {
            assertThatThrownBy(() -> state.named(names))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(names.size() + " names for 2 arrays");
        }
    }

    @Test
    void arrays_are_put_in_the_order_of_the_variables() {
        OptimizerState state = state(array("b", 3), array("a", 2), array("c"));
        OptimizerState ordered = state.inOrderOf(List.of(variable("a", 2), variable("c"), variable("b", 3)));
        assertThat(ordered.arrays()).extracting(NamedArray::name).containsExactly("a", "c", "b");
        assertThat(ordered.arrays().get(2).values())
                .isSameAs(state.arrays().get(0).values());
    }

    @Test
    void a_name_that_is_missing_and_one_that_is_left_over_are_shown() {
        assertThatThrownBy(() ->
                        state(array("a", 2), array("b", 3)).inOrderOf(List.of(variable("a", 2), variable("bb", 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("""
                        Wanted and received:
                          a (2,)   a (2,)
                          bb (3,)  (none)  <- does not fit
                          (none)   b (3,)  <- does not fit
                        """);
    }

    @Test
    void another_shape_is_shown() {
        assertThatThrownBy(() -> state(array("a", 2)).inOrderOf(List.of(variable("a", 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("  a (3,)  a (2,)  <- does not fit\n");
    }

    @Test
    void a_name_that_is_there_twice_has_no_partner() {
        assertThatThrownBy(() ->
                        state(array("a", 2), array("a", 2)).inOrderOf(List.of(variable("a", 2), variable("b", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("""
                          a (2,)  (none)  <- does not fit
                          b (2,)  (none)  <- does not fit
                          (none)  a (2,)  <- does not fit
                          (none)  a (2,)  <- does not fit
                        """);
    }

    @Test
    void a_variable_that_is_there_twice_has_one_partner_at_most() {
        assertThatThrownBy(() -> state(array("a", 2)).inOrderOf(List.of(variable("a", 2), variable("a", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("""
                          a (2,)  a (2,)
                          a (2,)  (none)  <- does not fit
                        """);
    }

    @Test
    void a_state_fits_by_position_whatever_its_names() {
        OptimizerState state = state(array("x", 2), array("y"));
        assertThatCode(() -> state.ensureFits(places("a", Shape.of(2), "b", Shape.scalar())))
                .doesNotThrowAnyException();
        assertThatCode(() -> state().ensureFits(Map.of())).doesNotThrowAnyException();
    }

    @Test
    void a_state_that_is_shorter_longer_or_of_another_shape_does_not_fit() {
        OptimizerState state = state(array("x", 2), array("y"));
        assertThatThrownBy(() -> state.ensureFits(places("a", Shape.of(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 arrays for 1 places")
                .hasMessageContaining("  (none)  y ()  <- does not fit\n");
        assertThatThrownBy(() -> state.ensureFits(places("a", Shape.of(2), "b", Shape.scalar(), "c", Shape.of(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 arrays for 3 places")
                .hasMessageContaining("  c (0,)  (none)  <- does not fit\n");
        assertThatThrownBy(() -> state.ensureFits(places("a", Shape.of(2, 1), "b", Shape.of(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("  a (2, 1)  x (2,)  <- does not fit\n")
                .hasMessageContaining("  b (1,)    y ()  <- does not fit\n");
    }

    @Test
    void of_a_long_table_only_what_does_not_fit_is_shown_and_of_that_fifty_lines() {
        List<FitTable.Entry> entries = IntStream.range(0, 51)
                .mapToObj(i -> new FitTable.Entry("v" + i, Shape.of(i)))
                .toList();
        List<FitTable.Entry> others = new ArrayList<>(entries);
        others.set(7, new FitTable.Entry("other", Shape.scalar()));
        assertThat(FitTable.byPosition(entries.subList(0, 50), others.subList(0, 50))
                        .toString()
                        .lines())
                .hasSize(50)
                .contains("  v7 (7,)    other ()  <- does not fit");
        assertThat(FitTable.byPosition(entries, others))
                .hasToString("  v7 (7,)  other ()  <- does not fit\n  and 50 more");
        FitTable none = FitTable.byPosition(entries, List.of());
        assertThat(none.fits()).isFalse();
        assertThat(none.toString().lines()).hasSize(51).endsWith("  and 1 more");
    }
}
