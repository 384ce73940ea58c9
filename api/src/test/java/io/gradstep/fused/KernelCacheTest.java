package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nothing is traced or compiled twice while it is in use, and not everything is kept for ever. */
class KernelCacheTest {
    private final AtomicInteger traced = new AtomicInteger();
    private final AtomicInteger compiled = new AtomicInteger();
    private final HostExecutor<TestTensor> executor = new HostExecutor<>(
            new BackendProvider.Options(ExecutionMode.COMPILED, 1), new Kernels(ExecutionMode.COMPILED, form -> {
                compiled.incrementAndGet();
                return new TileInterpreter(form.loop(), form.dtype());
            }));

    /**
     * Counts how often it is traced. Each code is a structure of its own.
     *
     * @param traced the counter
     * @param code which operations are done
     * @param factor a number
     */
    private record Counted(AtomicInteger traced, int code, double factor) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            traced.incrementAndGet();
            T value = ops.multiply(factor, ops.multiply(slots.learningRate(), slots.gradient()));
            for (int rest = code; rest > 0; rest /= 3) {
                value = switch (rest % 3) {
                    case 0 -> ops.negative(value);
                    case 1 -> ops.abs(value);
                    default -> ops.sqrt(value);
                };
            }
            ops.assign(slots.variable(), value);
        }
    }

    private void step(int code, double factor, DType dtype) {
        TestTensors.run(executor, List.of(update(code, factor, dtype)));
    }

    private Update<TestTensor> update(int code, double factor, DType dtype) {
        TestTensor gradient = TestTensor.inPlace(HostTensor.filled(dtype, Shape.of(3), 1));
        return Steps.update(
                new Counted(traced, code, factor),
                TestTensor.inPlace(HostTensor.filled(dtype, Shape.of(3), 1)).as("w"),
                gradient);
    }

    @Test
    void a_rule_is_traced_and_compiled_once_whatever_its_step_is_fed() {
        double[] rate = {1};
        UpdateRule rule = new Counted(traced, 1_000_000, 2);
        TestTensor variable = TestTensor.inPlace(HostTensor.filled(DType.FLOAT32, Shape.of(3), 1));
        Update<TestTensor> update = new Update<>(rule, variable.as("w"), List.of(), name -> rate[0]);
        for (int step = 0; step < 5; step++) {
            rate[0] = step;
            update.setGradient(TestTensor.inPlace(HostTensor.filled(DType.FLOAT32, Shape.of(3), step)));
            TestTensors.run(executor, List.of(update));
        }
        step(1_000_000, 2, DType.FLOAT32);
        assertThat(traced).hasValue(1);
        assertThat(compiled).hasValue(1);
        step(1_000_000, 2, DType.FLOAT64);
        assertThat(traced).hasValue(2);
        assertThat(compiled).hasValue(2);
    }

    @Test
    void a_sweep_over_a_number_makes_one_kernel() {
        for (int i = 0; i < 100; i++) {
            step(1_000_001, i / 99.0, DType.FLOAT32);
        }
        step(1_000_001, 0.5, DType.FLOAT32);
        assertThat(traced).hasValue(101);
        assertThat(compiled).hasValue(1);
    }

    @Test
    void the_least_recently_used_is_dropped() {
        int kept = 2_000_000;
        int dropped = 2_000_001;
        step(kept, 1, DType.FLOAT32);
        step(dropped, 1, DType.FLOAT32);
        for (int i = 2; i < 2000; i++) {
            step(kept + i, 1, DType.FLOAT32);
            if (i % 100 == 0) {
                step(kept, 1, DType.FLOAT32);
            }
        }
        assertThat(traced).hasValue(2000);
        assertThat(compiled).hasValue(2000);
        step(dropped, 1, DType.FLOAT32);
        assertThat(traced).hasValue(2001);
        assertThat(compiled).hasValue(2001);
        step(kept, 1, DType.FLOAT32);
        assertThat(traced).hasValue(2001);
        assertThat(compiled).hasValue(2001);
    }
}
