package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step costs when it is like the one before, on a backend that does nothing and allocates nothing. */
class RepeatedStepTest {
    private static final int FEW = 4;
    private static final int MANY = 161;
    private static final Shape SHAPE = Shape.of(2, 3);

    /** Remembers what it was given, if it is told to. */
    private static final class IdleBackend implements Backend<HostTensor> {
        private double[] sums = new double[0];
        private final List<List<Update<HostTensor>>> runs = new ArrayList<>();
        private final List<List<Update<HostTensor>>> measured = new ArrayList<>();
        private boolean records;
        private RuntimeException failure;

        @Override
        public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
            if (records) {
                measured.add(updates);
            }
            if (sums.length != updates.size()) {
                sums = new double[updates.size()];
            }
            return sums;
        }

        @Override
        public void run(List<Update<HostTensor>> updates) {
            if (records) {
                runs.add(updates);
                updates.forEach(update -> update.input("number"));
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public boolean allFinite(List<HostTensor> tensors) {
            return true;
        }

        @Override
        public String id() {
            return "idle";
        }

        @Override
        public Class<HostTensor> tensorType() {
            return HostTensor.class;
        }

        @Override
        public DType dtype(HostTensor tensor) {
            return tensor.dtype();
        }

        @Override
        public Shape shape(HostTensor tensor) {
            return tensor.shape();
        }

        @Override
        public HostTensor tensor(HostTensor values) {
            return values;
        }

        @Override
        public HostTensor read(HostTensor tensor) {
            return tensor;
        }

        @Override
        public TensorVariable<HostTensor> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
            return TensorVariable.of(info, HostTensor.filled(dtype, shape, initial), dtype, shape, () -> {});
        }

        @Override
        public TensorVariable<HostTensor> state(
                TensorVariable<HostTensor> reference, VariableInfo info, double initial) {
            return variable(info, reference.dtype(), reference.shape(), initial);
        }

        @Override
        public void write(TensorVariable<HostTensor> variable, HostTensor values) {
            // Idle.
        }

        @Override
        public void close() {
            // Nothing to free.
        }
    }

    private final IdleBackend backend = new IdleBackend();

    private List<TensorVariable<HostTensor>> variables(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> backend.wrap(HostTensor.filled(DType.FLOAT32, SHAPE, i), "layer" + i + "/kernel"))
                .toList();
    }

    private static List<HostTensor> gradients(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> HostTensor.filled(DType.FLOAT32, SHAPE, 1))
                .toList();
    }

    private static RMSprop.Builder everything() {
        return RMSprop.builder()
                .name("rmsprop")
                .momentum(0.9)
                .centered(true)
                .weightDecay(0.004)
                .globalClipnorm(1.0)
                .useEma(true);
    }

    // ---- what it allocates

    static Stream<Settings> settings() {
        return Stream.of(
                everything().build(),
                everything().globalClipnorm(null).clipnorm(1.0).build(),
                everything()
                        .gradientAccumulationSteps(4)
                        .emaOverwriteFrequency(3)
                        .build(),
                new LossScale(everything().build(), 8, 2, "scale"));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_step_allocates_next_to_nothing_for_however_many_variables(Settings settings) {
        assertThat(bytesPerStep(settings, FEW, false)).isLessThan(300);
        // Not one reference for each variable: that would be 644.
        assertThat(bytesPerStep(settings, MANY, false)).isLessThan(600);
    }

    @Test
    void nor_does_it_with_gradients_missing_and_variables_named() {
        assertThat(bytesPerStep(everything().build(), FEW, true)).isLessThan(300);
        assertThat(bytesPerStep(everything().build(), MANY, true)).isLessThan(600);
    }

    /** Of the best of some rounds: what the JVM does meanwhile in this thread, compiling included, is not the step's. */
    private long bytesPerStep(Settings settings, int count, boolean withMissing) {
        List<TensorVariable<HostTensor>> variables = variables(count);
        List<HostTensor> gradients = new ArrayList<>(gradients(count));
        if (withMissing) {
            gradients.set(1, null);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int steps = 1000;
        long best = Long.MAX_VALUE;
        try (Optimizer<HostTensor> optimizer = settings.on(backend)) {
            optimizer.onWarning(warning -> {});
            optimizer.build(variables);
            for (int round = 0; round < 10; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int step = 0; step < steps; step++) {
                    if (withMissing) {
                        optimizer.apply(gradients, variables);
                    } else {
                        optimizer.apply(gradients);
                    }
                }
                best = Math.min(best, (threads.getCurrentThreadAllocatedBytes() - before) / steps);
            }
        }
        return best;
    }

    // ---- what the backend is given

    @Test
    void steps_of_one_kind_are_one_list_of_updates() {
        backend.records = true;
        Settings settings = Settings.of(new Numbered(new ArrayList<>()))
                .name("numbered")
                .learningRate(1)
                .globalClipnorm(1.0)
                .gradientAccumulationSteps(2)
                .build();
        try (Optimizer<HostTensor> optimizer = settings.on(backend)) {
            List<TensorVariable<HostTensor>> variables = variables(FEW);
            optimizer.build(variables);
            for (int step = 0; step < 4; step++) {
                optimizer.apply(gradients(FEW));
            }
            optimizer.apply(gradients(FEW), new ArrayList<>(variables));
        }
        assertThat(backend.runs).hasSize(5);
        assertThat(backend.runs.get(0)).isSameAs(backend.runs.get(2)).isSameAs(backend.runs.get(4));
        assertThat(backend.runs.get(1)).isSameAs(backend.runs.get(3)).isNotSameAs(backend.runs.get(0));
        assertThat(backend.measured).hasSize(2);
        assertThat(backend.measured.get(0)).isSameAs(backend.measured.get(1)).hasSize(FEW);
    }

    @Test
    void steps_for_other_variables_become_one_list_when_they_repeat() {
        backend.records = true;
        Settings settings = Settings.of(new Numbered(new ArrayList<>()))
                .name("numbered")
                .learningRate(1)
                .build();
        try (Optimizer<HostTensor> optimizer = settings.on(backend)) {
            List<TensorVariable<HostTensor>> variables = variables(FEW);
            optimizer.build(variables);
            optimizer.apply(gradients(FEW));
            optimizer.apply(gradients(2), variables.subList(1, 3));
            optimizer.apply(gradients(2), variables.subList(1, 3));
        }
        assertThat(backend.runs).extracting(List::size).containsExactly(FEW, 2, 2);
        assertThat(backend.runs.get(2)).isSameAs(backend.runs.get(1));
    }

    @Test
    void gradients_are_let_go_of_after_a_step_that_failed_too() {
        backend.records = true;
        Settings settings = Settings.of(new Numbered(new ArrayList<>()))
                .name("numbered")
                .learningRate(1)
                .build();
        try (Optimizer<HostTensor> optimizer = settings.on(backend)) {
            optimizer.build(variables(FEW));
            optimizer.apply(gradients(FEW));
            assertThat(backend.runs.get(0))
                    .hasSize(FEW)
                    .extracting(Update::gradient)
                    .containsOnlyNulls();
            backend.failure = new IllegalStateException("failed");
            assertThatThrownBy(() -> optimizer.apply(gradients(FEW))).isSameAs(backend.failure);
            assertThat(backend.runs.get(1)).extracting(Update::gradient).containsOnlyNulls();
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    /** Remembers when it was asked for its number. */
    private record Numbered(List<Long> asked) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public double input(String name, long iteration, DType dtype) {
            asked.add(iteration);
            return iteration;
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), slots.input("number"));
        }
    }

    @Test
    void a_rule_is_asked_for_a_number_once_in_a_step_and_anew_in_the_next() {
        backend.records = true;
        List<Long> asked = new ArrayList<>();
        Settings settings = Settings.of(new Numbered(asked))
                .name("numbered")
                .learningRate(1)
                .build();
        try (Optimizer<HostTensor> optimizer = settings.on(backend)) {
            optimizer.build(variables(FEW));
            optimizer.apply(gradients(FEW));
            optimizer.apply(gradients(FEW));
            optimizer.setRawIteration(7);
            optimizer.apply(gradients(FEW));
        }
        assertThat(asked).containsExactly(0L, 1L, 7L);
    }
}
