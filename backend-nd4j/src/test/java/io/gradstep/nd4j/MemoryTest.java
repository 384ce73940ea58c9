package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Native memory is given back at once and not when the garbage collector comes by. Bytes are counted by ND4J's native
 * side, which sees every buffer; its {@code AllocationsTracker} stays at 0 on the CPU. The collector may free what
 * other tests left behind meanwhile: so "not more than before".
 */
class MemoryTest {
    private static final RMSprop WITH_ALL_STATE =
            RMSprop.builder().momentum(0.9).centered(true).build();

    private final Backend<INDArray> backend = new Nd4jProvider().open();
    private final Backend<INDArray> eager =
            new Nd4jProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));

    private static long liveBytes() {
        return Nd4j.getEnvironment().getDeviceCouner(0);
    }

    /** After the collector has freed what other tests left behind: else it could do so next, and hide what is made. */
    private static long liveBytesWithoutGarbage() throws InterruptedException {
        long bytes = liveBytes();
        for (int unchanged = 0, rounds = 0; unchanged < 3 && rounds < 100; rounds++) {
            System.gc();
            Thread.sleep(20);
            unchanged = liveBytes() == bytes ? unchanged + 1 : 0;
            bytes = liveBytes();
        }
        return bytes;
    }

    @Test
    void the_bytes_that_are_counted_are_those_of_live_arrays() throws InterruptedException {
        long before = liveBytesWithoutGarbage();
        INDArray array = Nd4j.create(1_000_000);
        assertThat(liveBytes()).isGreaterThan(before + 3_000_000);
        array.close();
        assertThat(liveBytes()).isLessThanOrEqualTo(before);
    }

    @Test
    void twenty_thousand_steps_of_a_small_model_take_no_memory() {
        List<TensorVariable<INDArray>> variables =
                List.of(backend.wrap(Nd4j.rand('f', 3, 2), "dense/kernel"), backend.wrap(Nd4j.rand(2), "dense/bias"));
        List<INDArray> gradients = List.of(Nd4j.rand('c', 3, 2), Nd4j.rand(2));
        try (Optimizer<INDArray> optimizer = new RMSprop(1e-3).on(backend)) {
            optimizer.build(variables);
            optimizer.apply(gradients);
            long before = liveBytes();
            for (int step = 0; step < 20_000; step++) {
                optimizer.apply(gradients);
                // After every step: at the end the collector could have hidden a leak.
                assertThat(liveBytes()).as("bytes after step %d", step).isLessThanOrEqualTo(before);
            }
        }
    }

    @Test
    void closing_an_optimizer_frees_its_state() throws InterruptedException {
        INDArray weights = Nd4j.rand(1000, 1000);
        INDArray gradient = Nd4j.rand(1000, 1000);
        long before = liveBytesWithoutGarbage();
        Optimizer<INDArray> optimizer = WITH_ALL_STATE.on(backend);
        optimizer.apply(List.of(gradient), List.of(backend.wrap(weights, "w")));
        // Counter and learning rate are tensors, too, once somebody asks for them.
        optimizer.variables().forEach(TensorVariable::value);
        // Three times 4 MB, but what others left behind may go just now.
        assertThat(liveBytes()).isGreaterThan(before + 11_000_000);
        optimizer.close();
        assertThat(liveBytes()).isLessThanOrEqualTo(before);
    }

    private record FailingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("state", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            throw new IllegalStateException("thrown by the rule");
        }
    }

    @Test
    void a_first_step_that_fails_frees_the_state_it_had_made() {
        INDArray gradient = Nd4j.rand(1000, 10);
        TensorVariable<INDArray> variable = backend.wrap(Nd4j.rand(1000, 10), "w");
        long before = liveBytes();
        try (Optimizer<INDArray> optimizer = Settings.of(new FailingRule())
                .name("failing")
                .learningRate(0.1)
                .build()
                .on(backend)) {
            assertThatThrownBy(() -> optimizer.apply(List.of(gradient), List.of(variable)))
                    .hasMessage("thrown by the rule");
            assertThat(liveBytes()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void reading_and_writing_take_no_memory() {
        try (TensorVariable<INDArray> variable =
                backend.variable(VariableInfo.of("w"), DType.FLOAT32, Shape.of(10, 10), 1)) {
            long before = liveBytes();
            backend.write(variable, backend.read(variable.value()));
            backend.read(variable.value().get(NDArrayIndex.interval(2, 5)));
            assertThat(liveBytes()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void what_a_rule_made_is_closed_and_what_it_was_given_is_not() {
        INDArray array = backend.tensor(HostTensor.of(Shape.of(2), 1f, 2f));
        INDArray gradient = backend.tensor(HostTensor.of(Shape.of(2), 3f, 4f));
        List<Object> made = new ArrayList<>();
        OneAssignment.run(eager, array, gradient, (ops, variable, given) -> {
            made.add(ops.scalar(2));
            made.add(ops.maximum(made.get(0), given));
            made.add(ops.sign(given));
            made.add(ops.add(variable, given));
            return made.get(3);
        });
        assertThat(made).allMatch(result -> ((INDArray) result).wasClosed());
        assertThat(array.wasClosed()).isFalse();
        assertThat(gradient.wasClosed()).isFalse();
        assertThat(backend.read(array).floats()).containsExactly(4, 6);
    }

    @Test
    void a_rule_that_throws_leaves_nothing_behind() {
        INDArray array = backend.tensor(HostTensor.of(Shape.of(2), 1f, 2f));
        List<Object> made = new ArrayList<>();
        assertThatThrownBy(() -> OneAssignment.run(eager, array, (ops, variable) -> {
                    made.add(ops.square(variable));
                    throw new IllegalStateException("thrown by the rule");
                }))
                .hasMessageContaining("thrown by the rule");
        assertThat(made).hasSize(1).allMatch(result -> ((INDArray) result).wasClosed());
    }

    @Test
    void a_variable_of_ours_is_closed_once_and_one_of_others_never() {
        INDArray array = backend.tensor(HostTensor.of(Shape.of(2), 1f, 2f));
        TensorVariable<INDArray> wrapped = backend.wrap(array, "w");
        TensorVariable<INDArray> state = backend.state(wrapped, VariableInfo.of("s"), 0);
        INDArray memory = state.value();
        wrapped.close();
        state.close();
        state.close();
        assertThat(array.wasClosed()).isFalse();
        assertThat(memory.wasClosed()).isTrue();
    }

    @Test
    void state_that_somebody_else_has_closed_closes_too() {
        TensorVariable<INDArray> state = backend.variable(VariableInfo.of("s"), DType.FLOAT32, Shape.of(2), 0);
        state.value().close();
        state.close();
    }

    @Test
    void state_lies_in_the_order_of_its_variable() {
        TensorVariable<INDArray> kernel = backend.wrap(Nd4j.rand('f', 3, 2), "dense/kernel");
        assertThat(backend.state(kernel, VariableInfo.of("s"), 0).value().ordering())
                .isEqualTo('f');
    }
}
