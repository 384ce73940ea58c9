package io.gradstep.fused;

import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.RMSprop;
import io.gradstep.tck.HardNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Steps on {@link TestTensor}s, fused and eager. */
final class Steps {
    /** With all three slots. */
    static final UpdateRule RMSPROP =
            RMSprop.builder().momentum(0.9).centered(true).build().rule();

    private Steps() {}

    /** {@code w ← w + g}. */
    record AddGradient() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignAdd(slots.variable(), slots.gradient());
        }
    }

    /**
     * {@code w ← -…-(w + g)}: for each length a kernel of its own, which no other test can have had compiled.
     *
     * @param length how often the sign is turned
     */
    record Turn(int length) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T value = ops.add(ops.read(slots.variable()), slots.gradient());
            for (int i = 0; i < length; i++) {
                value = ops.negative(value);
            }
            ops.assign(slots.variable(), value);
        }
    }

    static double inputs(String name) {
        return 0.01;
    }

    static Update<TestTensor> update(
            UpdateRule rule,
            TensorVariable<TestTensor> variable,
            TestTensor gradient,
            List<TensorVariable<TestTensor>> slots) {
        Update<TestTensor> update = new Update<>(rule, variable, slots, Steps::inputs);
        update.setGradient(gradient);
        return update;
    }

    static Update<TestTensor> update(UpdateRule rule, TensorVariable<TestTensor> variable, TestTensor gradient) {
        return update(rule, variable, gradient, List.of());
    }

    /** With random values everywhere. */
    static Update<TestTensor> rmsprop(Where where, DType dtype, Shape shape, String path) {
        TensorVariable<TestTensor> variable =
                where.tensor(HardNumbers.TINY.tensor(dtype, shape, 1)).as(path);
        return rmsprop(where, variable, where.tensor(HardNumbers.SPECIAL.tensor(dtype, shape, 2)));
    }

    static Update<TestTensor> rmsprop(Where where, TensorVariable<TestTensor> variable, TestTensor gradient) {
        List<TensorVariable<TestTensor>> slots = new ArrayList<>();
        for (Slot slot : RMSPROP.slots()) {
            HostTensor values = HostTensor.filled(variable.dtype(), variable.shape(), 0.25);
            slots.add(where.state(variable, slot.name(), values));
        }
        return update(RMSPROP, variable, gradient, slots);
    }

    static HostTensor values(TensorVariable<TestTensor> variable) {
        return variable instanceof TiledState<TestTensor> tiled
                ? tiled.read(TestTensor::values)
                : variable.value().values();
    }

    static HostTensor numbers(int length, double first) {
        HostTensor numbers = HostTensor.filled(DType.FLOAT32, Shape.of(length), 0);
        for (int i = 0; i < length; i++) {
            numbers.set(i, first + i);
        }
        return numbers;
    }

    /** Takes some steps on what is arranged, in all modes, and on the same arranged anew eagerly. */
    static void assertIsAsEager(Supplier<List<Update<TestTensor>>> arrangement) {
        assertIsAsEager(
                List.of(
                        TestTensors.executor(ExecutionMode.COMPILED, 1),
                        TestTensors.executor(ExecutionMode.COMPILED, 2),
                        TestTensors.executor(ExecutionMode.COMPILED, 5),
                        TestTensors.executor(ExecutionMode.INTERPRETED, 2)),
                arrangement);
    }

    static void assertIsAsEager(
            List<HostExecutor<TestTensor>> executors, Supplier<List<Update<TestTensor>>> arrangement) {
        List<Update<TestTensor>> eager = arrangement.get();
        List<List<Update<TestTensor>>> fused =
                executors.stream().map(executor -> arrangement.get()).toList();
        for (int step = 0; step < 3; step++) {
            TestTensors.runEagerly(eager);
            for (int i = 0; i < executors.size(); i++) {
                TestTensors.run(executors.get(i), fused.get(i));
                assertSame("step " + step + ", executor " + i, fused.get(i), eager);
            }
        }
    }

    static void assertSame(String when, List<Update<TestTensor>> actual, List<Update<TestTensor>> expected) {
        for (int i = 0; i < expected.size(); i++) {
            Update<TestTensor> update = expected.get(i);
            String what = when + ", " + update.variable().path();
            TestBits.assertSame(what, values(actual.get(i).variable()), values(update.variable()));
            TestBits.assertSame(
                    what + ", gradient",
                    actual.get(i).gradient().values(),
                    update.gradient().values());
            for (int k = 0; k < update.slots().size(); k++) {
                TestBits.assertSame(
                        what + ", slot " + k,
                        values(actual.get(i).slots().get(k)),
                        values(update.slots().get(k)));
            }
        }
    }
}
