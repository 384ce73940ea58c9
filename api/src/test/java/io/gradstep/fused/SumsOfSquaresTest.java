package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.tck.HardNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums of squares have the bits of {@link PairwiseSum}, wherever the elements lie and in whatever order. */
class SumsOfSquaresTest {
    private static final double SCALE = 3;

    private record Gradient() implements Expression {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            return slots.gradient();
        }
    }

    private record Accumulator() implements Expression {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            return ops.read(slots.slot("accumulator"));
        }
    }

    /** What unscaling and accumulation make of a gradient. */
    private record Mean() implements Expression {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            T unscaled = ops.divide(slots.gradient(), slots.input("scale"));
            return ops.divide(ops.add(unscaled, ops.read(slots.slot("accumulator"))), ops.scalar(5));
        }
    }

    private record Accumulate() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("accumulator", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignAdd(slots.slot("accumulator"), slots.gradient());
        }
    }

    private static final List<Expression> EXPRESSIONS = List.of(new Gradient(), new Accumulator(), new Mean());

    private static double input(String name) {
        assertThat(name).isEqualTo("scale");
        return SCALE;
    }

    private static void assertSums(HostExecutor<TestTensor> executor, List<Update<TestTensor>> updates) {
        for (Expression expression : EXPRESSIONS) {
            double[] expected = updates.stream()
                    .mapToDouble(update -> eagerSum(expression, update))
                    .toArray();
            assertThat(executor.sumsOfSquares(
                            expression, updates, TestTensors.ALL, update -> eagerSum(expression, update)))
                    .as("%s", expression)
                    .containsExactly(expected);
        }
    }

    private static double eagerSum(Expression expression, Update<TestTensor> update) {
        return PairwiseSum.ofSquares(new TestOps(update).evaluate(expression).values());
    }

    private static Update<TestTensor> update(Where where, DType dtype, Shape shape) {
        TensorVariable<TestTensor> variable =
                where.tensor(HostTensor.filled(dtype, shape, 7)).as("w");
        HostTensor accumulated = HardNumbers.ORDINARY.tensor(dtype, shape, 1);
        return with(
                where.tensor(HardNumbers.ORDINARY.tensor(dtype, shape, 2)),
                variable,
                where.state(variable, "accumulator", accumulated));
    }

    private static Update<TestTensor> with(
            TestTensor gradient, TensorVariable<TestTensor> variable, TensorVariable<TestTensor> accumulator) {
        Update<TestTensor> update =
                new Update<>(new Accumulate(), variable, List.of(accumulator), SumsOfSquaresTest::input);
        update.setGradient(gradient);
        return update;
    }

    static Stream<Arguments> dtypesAndPlaces() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(Where.values()).map(where -> Arguments.of(dtype, where)));
    }

    @ParameterizedTest
    @MethodSource("dtypesAndPlaces")
    void of_all_lengths_up_to_300_and_around_a_tile(DType dtype, Where where) {
        List<Update<TestTensor>> updates = new ArrayList<>();
        IntStream.concat(
                        IntStream.rangeClosed(0, 300),
                        IntStream.of(-8, -1, 0, 1, 7, 8, Tiles.SIZE - 1, Tiles.SIZE, Tiles.SIZE + 1, 2 * Tiles.SIZE)
                                .map(more -> Tiles.SIZE + more))
                .forEach(length -> updates.add(update(where, dtype, Shape.of(length))));
        updates.add(update(where, dtype, Shape.scalar()));
        for (ExecutionMode mode : List.of(ExecutionMode.COMPILED, ExecutionMode.INTERPRETED)) {
            assertSums(TestTensors.executor(mode, 2), updates);
        }
    }

    @ParameterizedTest
    @MethodSource("dtypesAndPlaces")
    void of_several_units(DType dtype, Where where) {
        for (int length : new int[] {65_535, 65_536, 65_537, 131_072, 150_001, 1_000_003}) {
            List<Update<TestTensor>> updates = List.of(update(where, dtype, Shape.of(length)));
            for (int threads : new int[] {1, 3}) {
                assertSums(TestTensors.executor(ExecutionMode.COMPILED, threads), updates);
            }
        }
    }

    static List<Shape> shapesWithAnOrder() {
        return List.of(
                Shape.of(3, 5),
                Shape.of(0),
                Shape.of(2, 0, 3),
                Shape.of(64, 33),
                Shape.of(128, 65),
                Shape.of(1, 9, 1),
                Shape.of(37, 30, 19),
                Shape.of(70, 50, 30),
                Shape.of(3, 14, 5, 140));
    }

    /** The order of addition is that of the logical elements, whatever their order in memory. */
    @ParameterizedTest
    @MethodSource("shapesWithAnOrder")
    void in_column_major_order(Shape shape) {
        int[] order = TestTensor.columnMajor(shape);
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            HostTensor values = HardNumbers.ORDINARY.tensor(dtype, shape, 1);
            HostTensor gradient = HardNumbers.ORDINARY.tensor(dtype, shape, 2);
            TensorVariable<TestTensor> variable =
                    TestTensor.inBuffer(values, order).as("w");
            TiledState<TestTensor> tiled = (TiledState<TestTensor>) TestTensors.tiled(variable, "accumulator", 0);
            tiled.write(twin -> twin.value().set(values));
            TensorVariable<TestTensor> inArray =
                    TestTensor.inArray(values, order).as("accumulator");
            assertSums(
                    TestTensors.executor(ExecutionMode.COMPILED, 2),
                    List.of(
                            with(TestTensor.inBuffer(gradient, order), variable, tiled),
                            with(TestTensor.inArray(gradient, order), variable, inArray),
                            // Of another order than the variable.
                            with(TestTensor.inBuffer(gradient), variable, tiled)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void of_hard_numbers(DType dtype) {
        for (HardNumbers kind : HardNumbers.values()) {
            Update<TestTensor> update = update(Where.BUFFERS, dtype, Shape.of(20_000));
            update.setGradient(TestTensor.inBuffer(kind.tensor(dtype, Shape.of(20_000), 3)));
            assertSums(TestTensors.executor(ExecutionMode.COMPILED, 2), List.of(update));
        }
    }
}
