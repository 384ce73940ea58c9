package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.tck.HardNumbers;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A step has the bits of eager execution wherever its tensors lie, those that Java cannot reach among them. */
class HostExecutorTest {
    private static final int[] LENGTHS = {
        0, 1, 7, Tiles.SIZE - 1, Tiles.SIZE, Tiles.SIZE + 1, 3 * Tiles.SIZE + 1, Work.UNIT, Work.UNIT + 1, 150_001
    };

    static Stream<Arguments> dtypesAndPlaces() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(Where.values()).map(where -> Arguments.of(dtype, where)));
    }

    @ParameterizedTest
    @MethodSource("dtypesAndPlaces")
    void of_one_variable(DType dtype, Where where) {
        for (int length : LENGTHS) {
            Steps.assertIsAsEager(() -> List.of(Steps.rmsprop(where, dtype, Shape.of(length), "w" + length)));
        }
        Steps.assertIsAsEager(() -> List.of(Steps.rmsprop(where, dtype, Shape.scalar(), "scalar")));
    }

    @Test
    void of_variables_in_all_kinds_of_memory_at_once() {
        Steps.assertIsAsEager(() -> {
            List<Update<TestTensor>> updates = new ArrayList<>();
            for (Where where : Where.values()) {
                for (int length : new int[] {0, 5, Tiles.SIZE, 70_000}) {
                    updates.add(Steps.rmsprop(where, DType.FLOAT32, Shape.of(length), where + " " + length));
                    updates.add(Steps.rmsprop(where, DType.FLOAT64, Shape.of(length), where + " double " + length));
                }
            }
            return updates;
        });
    }

    // ---- other orders

    @Test
    void in_column_major_order() {
        Steps.assertIsAsEager(() -> {
            List<Update<TestTensor>> updates = new ArrayList<>();
            for (Shape shape : List.of(Shape.of(3, 5), Shape.of(110, 90), Shape.of(5, 60, 30))) {
                int[] order = TestTensor.columnMajor(shape);
                HostTensor values = HardNumbers.TINY.tensor(DType.FLOAT32, shape, 1);
                HostTensor gradient = HardNumbers.SPECIAL.tensor(DType.FLOAT32, shape, 2);
                updates.add(Steps.rmsprop(
                        Where.BUFFERS_WITH_TILED_STATE,
                        TestTensor.inBuffer(values, order).as("f " + shape),
                        TestTensor.inBuffer(gradient, order)));
                updates.add(Steps.rmsprop(
                        Where.BUFFERS_WITH_TILED_STATE,
                        TestTensor.inBuffer(values, order).as("gradient in c " + shape),
                        TestTensor.inBuffer(gradient)));
                updates.add(Steps.rmsprop(
                        Where.BUFFERS_WITH_TILED_STATE,
                        TestTensor.inBuffer(values).as("gradient in f " + shape),
                        TestTensor.inArray(gradient, order)));
                updates.add(Steps.rmsprop(
                        Where.BUFFERS,
                        TestTensor.inBuffer(values, order).as("state in c " + shape),
                        TestTensor.inBuffer(gradient, order)));
            }
            return updates;
        });
    }

    @Test
    void a_gradient_that_could_be_worked_on_in_place_is_brought_into_the_order_of_its_variable() {
        Shape shape = Shape.of(3, 5);
        Steps.assertIsAsEager(() -> List.of(Steps.rmsprop(
                Where.BUFFERS_WITH_TILED_STATE,
                TestTensor.inBuffer(HardNumbers.TINY.tensor(DType.FLOAT32, shape, 1), TestTensor.columnMajor(shape))
                        .as("w"),
                TestTensor.inPlace(HardNumbers.ORDINARY.tensor(DType.FLOAT32, shape, 2)))));
    }

    // ---- what cannot be reached

    private static TestTensor ones(Where where, int length) {
        return where.tensor(HostTensor.filled(DType.FLOAT32, Shape.of(length), 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void a_gradient_alone_may_be_out_of_reach(Where where) {
        Steps.assertIsAsEager(() -> List.of(
                Steps.rmsprop(where, ones(where, 10).as("first"), ones(Where.ELSEWHERE, 10)),
                Steps.rmsprop(where, ones(where, 10).as("second"), ones(where, 10))));
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void state_alone_may_be_out_of_reach(Where where) {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> variable = ones(where, 10).as("w");
            return List.of(Steps.update(
                    Steps.RMSPROP,
                    variable,
                    ones(where, 10),
                    List.of(
                            ones(where, 10).as("velocity"),
                            ones(Where.ELSEWHERE, 10).as("momentum"),
                            ones(where, 10).as("average_gradient"))));
        });
    }

    /** Each is the gradient of the next: eagerly all are read before any is written. */
    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void all_reads_come_before_all_writes(Where where) {
        Steps.assertIsAsEager(() -> {
            TestTensor first = where.tensor(Steps.numbers(20_000, 1));
            TestTensor second = Where.ELSEWHERE.tensor(Steps.numbers(20_000, 2));
            TestTensor third = Where.BUFFERS.tensor(Steps.numbers(20_000, 3));
            TestTensor fourth = Where.ELSEWHERE.tensor(Steps.numbers(20_000, 4));
            UpdateRule rule = new Steps.AddGradient();
            return List.of(
                    Steps.update(rule, first.as("first"), fourth),
                    Steps.update(rule, second.as("second"), first),
                    Steps.update(rule, third.as("third"), second),
                    Steps.update(rule, fourth.as("fourth"), third));
        });
    }

    @Test
    void an_execution_says_how_and_why() {
        HostExecutor<TestTensor> compiled = TestTensors.executor(ExecutionMode.COMPILED, 1);
        HostExecutor<TestTensor> interpreted = TestTensors.executor(ExecutionMode.INTERPRETED, 1);
        TensorVariable<TestTensor> near = ones(Where.BUFFERS, 3).as("near");
        TensorVariable<TestTensor> far = ones(Where.ELSEWHERE, 3).as("far");
        TensorVariable<TestTensor> tiled = TestTensors.tiled(near, "tiled", 0);
        assertThat(compiled.execution(near, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.COMPILED);
        assertThat(compiled.execution(tiled, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.COMPILED);
        assertThat(interpreted.execution(near, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.INTERPRETED);
        assertThat(compiled.execution(far, TestTensors.ALL))
                .isEqualTo(new Execution(ExecutionMode.EAGER, "it is on another planet"));
        tiled.close();
        assertThatThrownBy(() -> compiled.execution(tiled, TestTensors.ALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tiled is closed");
    }

    @Test
    void an_executor_does_not_run_eagerly() {
        assertThatThrownBy(() -> new HostExecutor<>(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("execution=EAGER");
    }

    // ---- rules that leave out something

    /** Asks for its gradient in vain. */
    private record Twice() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.square(slots.gradient());
            ops.assignAdd(slots.variable(), ops.read(slots.variable()));
        }
    }

    /** Reads nothing. */
    private record Fill() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("slot", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.scalar(7));
            ops.assign(slots.slot("slot"), slots.learningRate());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_gradient_that_is_not_used(Where where) {
        Steps.assertIsAsEager(
                () -> List.of(Steps.update(new Twice(), ones(where, 20_000).as("w"), ones(where, 20_000))));
    }

    @ParameterizedTest
    @EnumSource
    void values_that_are_only_written(Where where) {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> variable = ones(where, 20_000).as("w");
            TensorVariable<TestTensor> slot =
                    where.state(variable, "slot", HostTensor.filled(DType.FLOAT32, Shape.of(20_000), 1));
            return List.of(Steps.update(new Fill(), variable, ones(where, 20_000), List.of(slot)));
        });
    }

    // ---- what the library is told

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void the_library_is_told_what_was_written(Where where) {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 1);
        TensorVariable<TestTensor> variable = ones(where, 3).as("w");
        TensorVariable<TestTensor> read = ones(where, 3).as("slot");
        TensorVariable<TestTensor> tiled = TestTensors.tiled(variable, "slot", 0);
        TensorVariable<TestTensor> far = ones(Where.ELSEWHERE, 3).as("far");
        TestTensors tensors = new TestTensors();
        TestTensors.run(
                executor,
                List.of(
                        Steps.update(new AddSlot(), variable, null, List.of(read)),
                        Steps.update(new Fill(), ones(where, 3).as("v"), null, List.of(tiled)),
                        Steps.update(new AddSlot(), far, null, List.of(read))),
                tensors);
        assertThat(tensors.written()).hasSize(2).contains(variable.value()).doesNotContain(read.value(), far.value());
    }

    /** Reads its slot. */
    private record AddSlot() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("slot", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignAdd(slots.variable(), ops.read(slots.slot("slot")));
        }
    }

    // ---- what goes wrong before anything is written

    @Test
    void a_missing_gradient_and_a_closed_variable_leave_all_as_it_was() {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 1);
        TensorVariable<TestTensor> good = ones(Where.BUFFERS, 3).as("good");
        TensorVariable<TestTensor> bad = ones(Where.BUFFERS, 3).as("bad");
        UpdateRule rule = new Steps.AddGradient();
        Update<TestTensor> first = Steps.update(rule, good, ones(Where.BUFFERS, 3));
        Update<TestTensor> second = Steps.update(rule, bad, ones(Where.BUFFERS, 3));
        List<Update<TestTensor>> updates = List.of(first, second);
        second.setGradient(null);
        assertThatThrownBy(() -> TestTensors.run(executor, updates)).hasMessageContaining("bad has none in this step");
        second.setGradient(ones(Where.BUFFERS, 3));
        bad.close();
        assertThatThrownBy(() -> TestTensors.run(executor, updates)).hasMessageContaining("bad is closed");
        TestBits.assertSame("good", Steps.values(good), HostTensor.filled(DType.FLOAT32, Shape.of(3), 1));
        TestTensors.run(executor, List.of(first));
        TestBits.assertSame("good", Steps.values(good), HostTensor.filled(DType.FLOAT32, Shape.of(3), 2));
    }

    /** A number may come of another step, taken by the same executor on the same thread. */
    @Test
    void a_step_within_a_step() {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 2);
        TensorVariable<TestTensor> inner = ones(Where.BUFFERS, 9000).as("inner");
        Update<TestTensor> innerUpdate = Steps.update(new Steps.AddGradient(), inner, ones(Where.BUFFERS, 9000));
        TensorVariable<TestTensor> outer = ones(Where.BUFFERS, 9000).as("outer");
        TensorVariable<TestTensor> slot = ones(Where.BUFFERS, 9000).as("slot");
        Update<TestTensor> outerUpdate = new Update<>(new Fill(), outer, List.of(slot), name -> {
            TestTensors.run(executor, List.of(innerUpdate));
            return inner.value().values().get(0);
        });
        TensorVariable<TestTensor> other = ones(Where.BUFFERS, 9000).as("other");
        TestTensors.run(
                executor,
                List.of(Steps.update(new Steps.AddGradient(), other, ones(Where.BUFFERS, 9000)), outerUpdate));
        TestBits.assertSame("inner", Steps.values(inner), HostTensor.filled(DType.FLOAT32, Shape.of(9000), 2));
        TestBits.assertSame("slot", Steps.values(slot), HostTensor.filled(DType.FLOAT32, Shape.of(9000), 2));
        TestBits.assertSame("outer", Steps.values(outer), HostTensor.filled(DType.FLOAT32, Shape.of(9000), 7));
        TestBits.assertSame("other", Steps.values(other), HostTensor.filled(DType.FLOAT32, Shape.of(9000), 2));
    }

    // ---- what is kept

    @ParameterizedTest
    @EnumSource
    void no_tensor_is_kept_after_a_step(Where where) {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 1);
        Update<TestTensor> update = Steps.rmsprop(where, DType.FLOAT32, Shape.of(2 * Tiles.SIZE), "w");
        WeakReference<TestTensor> gradient = new WeakReference<>(update.gradient());
        TestTensors.run(executor, List.of(update));
        update.setGradient(null);
        System.gc();
        assertThat(gradient.get()).isNull();
        assertThat(update.attachment()).isNotNull();
    }

    @Test
    void no_buffer_and_no_tile_is_kept_after_a_step() {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 1);
        List<WeakReference<Object>> kept = new ArrayList<>();
        stepThatIsForgotten(executor, kept);
        System.gc();
        assertThat(kept)
                .hasSize(3)
                .allSatisfy(reference -> assertThat(reference.get()).isNull());
        assertThat(executor).isNotNull();
    }

    private static void stepThatIsForgotten(HostExecutor<TestTensor> executor, List<WeakReference<Object>> kept) {
        Update<TestTensor> update =
                Steps.rmsprop(Where.BUFFERS_WITH_TILED_STATE, DType.FLOAT32, Shape.of(2 * Tiles.SIZE), "w");
        TestTensors.run(executor, List.of(update));
        kept.add(new WeakReference<>(update.variable().value().memory()));
        kept.add(new WeakReference<>(update.gradient().memory()));
        kept.add(new WeakReference<>(
                ((TiledState<TestTensor>) update.slots().get(0)).memory().tile(Tiles.SIZE)));
    }
}
