package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine that fails while a step is being written: what is said of the variables is true, and no thread goes on. */
class FailingStepTest {
    /** Where a kernel finds this, it fails. */
    private static final float POISON = 12_345;

    private static final int LARGE = 5 * Work.UNIT + 3;

    /** Of rules of this length; no two tests share one, because kernels are kept. */
    private static Update<TestTensor> turn(int length, HostTensor values, String path) {
        TestTensor ones = TestTensor.inPlace(HostTensor.filled(DType.FLOAT32, values.shape(), 1));
        return Steps.update(new Steps.Turn(length), TestTensor.inPlace(values).as(path), ones);
    }

    private static HostTensor zeros(int length) {
        return HostTensor.filled(DType.FLOAT32, Shape.of(length), 0);
    }

    private static HostTensor poisoned(int length, int index) {
        HostTensor values = zeros(length);
        values.set(index, POISON);
        return values;
    }

    /** Interprets, and counts how many threads do. */
    private static final class Fragile extends Kernel {
        private final Kernel interpreter;
        private final Throwable failure;
        private final AtomicInteger atWork;

        Fragile(KernelForm form, Throwable failure, AtomicInteger atWork) {
            this.interpreter = new TileInterpreter(form.loop(), form.dtype());
            this.failure = failure;
            this.atWork = atWork;
        }

        @Override
        void run(Object[] arrays, double[] scalars, int from, int to) {
            atWork.incrementAndGet();
            try {
                throwIfPoisoned(arrays, from, to);
                // So that a thread which is not waited for would still be here when the step has failed.
                LockSupport.parkNanos(100_000);
                interpreter.run(arrays, scalars, from, to);
            } finally {
                atWork.decrementAndGet();
            }
        }

        private void throwIfPoisoned(Object[] arrays, int from, int to) {
            for (Object array : arrays) {
                for (int i = from; i < to; i++) {
                    if (((float[]) array)[i] == POISON) {
                        FailingStepTest.<RuntimeException>sneak(failure);
                    }
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    private static HostExecutor<TestTensor> fragile(int threads, Throwable failure, AtomicInteger atWork) {
        return new HostExecutor<>(
                new BackendProvider.Options(ExecutionMode.COMPILED, threads),
                new Kernels(ExecutionMode.COMPILED, form -> new Fragile(form, failure, atWork)));
    }

    @Test
    void on_one_thread_all_before_it_is_written_and_nothing_after_it() {
        Throwable failure = new IllegalStateException("the chip is hot");
        HostExecutor<TestTensor> executor = fragile(1, failure, new AtomicInteger());
        List<Update<TestTensor>> updates = List.of(
                turn(100, zeros(10), "first"),
                turn(100, zeros(0), "empty"),
                turn(100, poisoned(LARGE, 2 * Work.UNIT), "second"),
                turn(100, zeros(10), "third"),
                turn(100, zeros(LARGE), "fourth"));
        assertThatThrownBy(() -> TestTensors.run(executor, updates))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the chip is hot")
                .hasMessageContaining("In doubt are [second] and their state")
                .hasMessageContaining("Not written are [third, fourth]")
                .hasCause(failure);
        assertThat(updates.get(0).variable().value().values().get(9)).isEqualTo(1);
        HostTensor second = updates.get(2).variable().value().values();
        assertThat(second.get(2 * Work.UNIT - 1)).isEqualTo(1);
        assertThat(second.get(2 * Work.UNIT)).isEqualTo(POISON);
        assertThat(second.get(LARGE - 1)).isZero();
        TestBits.assertSame("third", updates.get(3).variable().value().values(), zeros(10));
        TestBits.assertSame("fourth", updates.get(4).variable().value().values(), zeros(LARGE));
    }

    /** Whoever takes which unit, and whenever it fails. */
    @RepeatedTest(20)
    void on_several_threads_what_is_said_is_true() {
        AtomicInteger atWork = new AtomicInteger();
        HostExecutor<TestTensor> executor = fragile(5, new IllegalStateException("hot"), atWork);
        List<Update<TestTensor>> updates = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            updates.add(turn(102, i == 5 ? poisoned(LARGE, Work.UNIT + 7) : zeros(i % 2 == 0 ? LARGE : 100), "w" + i));
        }
        Throwable thrown = catchThrowable(() -> TestTensors.run(executor, updates));
        assertThat(atWork).hasValue(0);
        List<HostTensor> after = values(updates);
        assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("hot");
        String message = thrown.getMessage();
        List<String> inDoubt = names(message, "In doubt are ");
        List<String> untouched = names(message, "Not written are ");
        assertThat(inDoubt).contains("w5").doesNotContainAnyElementsOf(untouched);
        assertThat(untouched).contains("w11");
        for (int i = 0; i < updates.size(); i++) {
            if (untouched.contains("w" + i)) {
                TestBits.assertSame("w" + i, after.get(i), zeros(after.get(i).length()));
            } else if (!inDoubt.contains("w" + i)) {
                HostTensor ones = HostTensor.filled(DType.FLOAT32, after.get(i).shape(), 1);
                TestBits.assertSame("w" + i, after.get(i), ones);
            }
        }
        LockSupport.parkNanos(1_000_000);
        List<HostTensor> later = values(updates);
        for (int i = 0; i < updates.size(); i++) {
            TestBits.assertSame("later w" + i, later.get(i), after.get(i));
        }
    }

    private static List<HostTensor> values(List<Update<TestTensor>> updates) {
        return updates.stream()
                .map(update -> update.variable().value().values())
                .toList();
    }

    private static List<String> names(String message, String before) {
        int start = message.indexOf(before) + before.length() + 1;
        return List.of(message.substring(start, message.indexOf(']', start)).split(", ", -1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void an_executor_goes_on_afterwards(int threads) {
        HostExecutor<TestTensor> executor = fragile(threads, new OutOfMemoryError("no more"), new AtomicInteger());
        Update<TestTensor> update = turn(104, poisoned(LARGE, LARGE - 1), "w");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> TestTensors.run(executor, List.of(update)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(OutOfMemoryError.class);
        }
        update.variable().value().set(zeros(LARGE));
        TestTensors.run(executor, List.of(update));
        TestBits.assertSame("w", Steps.values(update.variable()), HostTensor.filled(DType.FLOAT32, Shape.of(LARGE), 1));
    }

    /** One that two threads find is told once, with the other beside it; and the same failure can be thrown by both. */
    @RepeatedTest(5)
    void several_failures_are_one() {
        HostExecutor<TestTensor> executor = fragile(5, new IllegalStateException("hot"), new AtomicInteger());
        List<Update<TestTensor>> updates = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            updates.add(turn(106, poisoned(Work.UNIT, 0), "w" + i));
        }
        assertThatThrownBy(() -> TestTensors.run(executor, updates))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("In doubt are [w");
    }

    /** A virtual machine may throw one and the same exception wherever an error is frequent. */
    @Test
    void one_exception_thrown_by_two_threads_is_one_failure() {
        RuntimeException same = new IllegalStateException("hot");
        CyclicBarrier bothAtWork = new CyclicBarrier(2);
        Thread caller = Thread.currentThread();
        Work work = new Work() {
            @Override
            int elements() {
                return 2 * UNIT;
            }

            @Override
            void run(int unit, Scratch scratch) {
                try {
                    bothAtWork.await(1, TimeUnit.MINUTES);
                    if (Thread.currentThread() == caller) {
                        // The helper is to be the first to fail.
                        Thread.sleep(50);
                    }
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    throw new AssertionError("nobody came to help", e);
                }
                throw same;
            }
        };
        assertThatThrownBy(() -> new Crew(2).run(List.of(work)))
                .isInstanceOf(Crew.UnitFailure.class)
                .hasCause(same);
    }

    @Test
    void what_runs_eagerly_is_not_written_either() {
        HostExecutor<TestTensor> executor = fragile(1, new IllegalStateException("hot"), new AtomicInteger());
        TensorVariable<TestTensor> far = TestTensor.elsewhere(zeros(3)).as("far");
        TestTensor ones = TestTensor.inPlace(HostTensor.filled(DType.FLOAT32, Shape.of(3), 1));
        List<Update<TestTensor>> updates =
                List.of(Steps.update(new Steps.Turn(108), far, ones), turn(108, poisoned(3, 1), "near"));
        assertThatThrownBy(() -> TestTensors.run(executor, updates))
                .hasMessageContaining("In doubt are [near]")
                .hasMessageContaining("Not written are [far]");
        TestBits.assertSame("far", Steps.values(far), zeros(3));
    }

    @Test
    void a_sum_that_fails_has_changed_nothing() {
        HostExecutor<TestTensor> executor = fragile(1, new IllegalStateException("hot"), new AtomicInteger());
        Update<TestTensor> update = turn(1, zeros(3), "w");
        update.setGradient(TestTensor.inArray(poisoned(3, 1)));
        assertThatThrownBy(() -> executor.sumsOfSquares(
                        new Turned(), List.of(update), TestTensors.ALL, unreachable -> Double.NaN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hot")
                .hasMessageContaining("Nothing was changed");
    }

    private record Turned() implements Expression {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            T value = slots.gradient();
            for (int i = 0; i < 110; i++) {
                value = ops.negative(value);
            }
            return value;
        }
    }
}
