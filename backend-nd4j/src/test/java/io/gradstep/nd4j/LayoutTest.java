package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Elements are paired by logical index, however the arrays lie in memory; and what lies around them is left alone. */
class LayoutTest {
    private static final List<Shape> SHAPES = List.of(
            Shape.of(1),
            Shape.of(7),
            Shape.of(1, 1),
            Shape.of(1, 7),
            Shape.of(7, 1),
            Shape.of(3, 5),
            Shape.of(2, 3, 4),
            Shape.of(2, 3, 2, 4),
            // Large enough for ND4J to share the work among threads.
            Shape.of(31, 37));

    private static final List<DataType> FLOATING = List.of(DataType.FLOAT, DataType.DOUBLE);

    private final Backend<INDArray> backend = open();

    Backend<INDArray> open() {
        return new Nd4jProvider().open();
    }

    static Stream<Arguments> pairs() {
        return Arrays.stream(Layout.values())
                .flatMap(first -> Arrays.stream(Layout.values()).map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @EnumSource
    void is_read_in_row_major_order(Layout layout) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT32)) {
            for (Shape shape : SHAPES) {
                INDArray array = layout.in(type, shape.lengths());
                fill(array, i -> 100 + i);
                HostTensor values = backend.read(array);
                assertThat(values.shape()).isEqualTo(shape);
                assertHolds(values, i -> 100 + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void is_written_in_row_major_order(Layout layout) {
        for (DataType type : FLOATING) {
            for (Shape shape : SHAPES) {
                INDArray array = layout.in(type, shape.lengths());
                TensorVariable<INDArray> variable = backend.wrap(array, "w");
                backend.write(variable, host(variable.dtype(), shape, i -> 100 + i));
                assertHolds(array, i -> 100 + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void is_filled_by_a_scalar(Layout layout) {
        for (DataType type : FLOATING) {
            for (Shape shape : SHAPES) {
                INDArray array = layout.in(type, shape.lengths());
                OneAssignment.run(backend, array, array, (ops, variable, gradient) -> ops.scalar(-0.5));
                assertHolds(array, i -> -0.5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void takes_the_values_of_a_gradient(Layout first, Layout second) {
        for (DataType type : FLOATING) {
            for (Shape shape : SHAPES) {
                INDArray array = first.in(type, shape.lengths());
                INDArray gradient = second.in(type, shape.lengths());
                fill(gradient, i -> 100 + i);
                OneAssignment.run(backend, array, gradient, (ops, variable, value) -> value);
                assertHolds(array, i -> 100 + i);
                assertHolds(gradient, i -> 100 + i);
            }
        }
    }

    /** The gradient, and the sum of an accumulator with it. */
    private record Sum(boolean accumulates) implements Expression, UpdateRule {
        @Override
        public <T> T value(Ops<T> ops, Slots<T> slots) {
            return accumulates ? ops.add(slots.gradient(), ops.read(slots.slot("sum"))) : slots.gradient();
        }

        @Override
        public List<Slot> slots() {
            return List.of(new Slot("sum", 0.1));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            throw new UnsupportedOperationException("only its value is asked for");
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void is_squared_and_summed_in_row_major_order(Layout ofVariable, Layout ofGradient) {
        for (Shape shape : SHAPES) {
            INDArray array = ofVariable.in(DataType.FLOAT, shape.lengths());
            INDArray gradient = ofGradient.in(DataType.FLOAT, shape.lengths());
            fill(gradient, i -> Math.sin(i) * (1 + i % 3));
            for (boolean accumulates : new boolean[] {false, true}) {
                TensorVariable<INDArray> variable = backend.wrap(array, "w");
                TensorVariable<INDArray> sum = backend.state(variable, VariableInfo.of("sum"), 0.1);
                Sum expression = new Sum(accumulates);
                Update<INDArray> update = new Update<>(expression, variable, List.of(sum), name -> 0);
                update.setGradient(gradient);
                HostTensor expected = host(DType.FLOAT32, shape, i -> Math.sin(i) * (1 + i % 3));
                for (int i = 0; i < expected.length(); i++) {
                    expected.set(i, expected.floats()[i] + (accumulates ? 0.1f : 0f));
                }
                assertThat(backend.sumsOfSquares(expression, List.of(update)))
                        .containsExactly(PairwiseSum.ofSquares(expected));
                sum.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void is_computed_with(Layout first, Layout second) {
        for (DataType type : FLOATING) {
            for (Shape shape : SHAPES) {
                for (Binary op : Binary.values()) {
                    INDArray array = first.in(type, shape.lengths());
                    INDArray gradient = second.in(type, shape.lengths());
                    fill(array, LayoutTest::x);
                    fill(gradient, LayoutTest::y);
                    OneAssignment.run(
                            backend, array, gradient, (ops, variable, value) -> ops.binary(op, variable, value));
                    assertHolds(array, i -> op.apply(x(i), y(i)));
                    assertHolds(gradient, LayoutTest::y);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void is_computed_with_alone(Layout layout) {
        for (DataType type : FLOATING) {
            for (Shape shape : SHAPES) {
                for (Unary op : Unary.values()) {
                    INDArray array = layout.in(type, shape.lengths());
                    fill(array, i -> op == Unary.SQRT ? squareRoot(i) * squareRoot(i) : x(i));
                    OneAssignment.run(backend, array, (ops, variable) -> ops.unary(op, variable));
                    assertHolds(array, i -> op == Unary.SQRT ? squareRoot(i) : op.apply(x(i)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void meets_scalars(Layout layout) {
        for (Shape shape : SHAPES) {
            for (Binary op : Binary.values()) {
                INDArray array = layout.in(DataType.DOUBLE, shape.lengths());
                fill(array, LayoutTest::x);
                OneAssignment.run(backend, array, (ops, variable) -> ops.binary(op, ops.scalar(3), variable));
                assertHolds(array, i -> op.apply(3, x(i)));
                fill(array, LayoutTest::x);
                OneAssignment.run(backend, array, (ops, variable) -> ops.binary(op, variable, ops.scalar(3)));
                assertHolds(array, i -> op.apply(x(i), 3));
            }
        }
    }

    /** Multiples of a quarter, so that no operation needs to round in either dtype; but for divisions by 2, 4 or 8. */
    private static double x(int i) {
        return (i % 101 - 50) / 4.0;
    }

    private static double y(int i) {
        return i % 3 == 0 ? -2 : i % 3 == 1 ? 4 : 8;
    }

    private static double squareRoot(int i) {
        return i % 64;
    }

    private static HostTensor host(DType dtype, Shape shape, IntToDoubleFunction element) {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, element.applyAsDouble(i));
        }
        return values;
    }

    /** One element after the other, so that nothing depends on what ND4J does with whole arrays. */
    private static void fill(INDArray array, IntToDoubleFunction element) {
        for (int i = 0; i < array.length(); i++) {
            array.putScalar(index(array, i), element.applyAsDouble(i));
        }
    }

    private static void assertHolds(HostTensor values, IntToDoubleFunction element) {
        double[] found =
                IntStream.range(0, values.length()).mapToDouble(values::get).toArray();
        assertThat(found).isEqualTo(expected(values.length(), element));
    }

    private static void assertHolds(INDArray array, IntToDoubleFunction element) {
        int length = Math.toIntExact(array.length());
        double[] found = IntStream.range(0, length)
                .mapToDouble(i -> array.getDouble(index(array, i)))
                .toArray();
        assertThat(found).isEqualTo(expected(length, element));
        assertSurroundingsAreUntouched(array);
    }

    private static double[] expected(int length, IntToDoubleFunction element) {
        return IntStream.range(0, length).mapToDouble(element).toArray();
    }

    private static void assertSurroundingsAreUntouched(INDArray array) {
        DataBuffer whole = array.data().originalDataBuffer();
        if (whole != null) {
            long untouched = Arrays.stream(whole.asDouble())
                    .filter(value -> value == Layout.BACKGROUND)
                    .count();
            assertThat(untouched).as("elements around the array").isEqualTo(whole.length() - array.length());
        }
    }

    private static long[] index(INDArray array, int rowMajor) {
        long[] index = new long[array.rank()];
        long rest = rowMajor;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            index[axis] = rest % array.size(axis);
            rest /= array.size(axis);
        }
        return index;
    }
}
