package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Unary;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every operation gives the bits of {@link Unary} and {@link Binary}: no rounding twice, no lost NaN, no lost sign. */
class OperationsTest {
    private static final int RANDOM_NUMBERS = 20_000;

    private final Backend<INDArray> backend =
            new Nd4jProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));

    static Stream<Arguments> unaries() {
        return Arrays.stream(Unary.values()).flatMap(op -> floating().map(dtype -> Arguments.of(op, dtype)));
    }

    static Stream<Arguments> binaries() {
        return Arrays.stream(Binary.values()).flatMap(op -> floating().map(dtype -> Arguments.of(op, dtype)));
    }

    private static Stream<DType> floating() {
        return Arrays.stream(DType.values()).filter(DType::isFloating);
    }

    @ParameterizedTest
    @MethodSource("unaries")
    void of_a_tensor(Unary op, DType dtype) {
        HostTensor x = vector(dtype, DoubleStream.concat(specials(dtype), randoms(dtype, 1)));
        INDArray result = backend.tensor(x);
        OneAssignment.run(backend, result, (ops, variable) -> ops.unary(op, variable));
        assertBits(expected(op, x), backend.read(result));
    }

    @ParameterizedTest
    @MethodSource("unaries")
    void of_a_scalar(Unary op, DType dtype) {
        specials(dtype).forEach(number -> {
            HostTensor x = scalar(dtype, number);
            INDArray result = backend.tensor(scalar(dtype, 0));
            OneAssignment.run(backend, result, (ops, variable) -> ops.unary(op, ops.scalar(number)));
            assertBits(expected(op, x), backend.read(result));
        });
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void of_two_tensors(Binary op, DType dtype) {
        double[] specials = specials(dtype).toArray();
        // Every special number with every other one.
        DoubleStream first =
                DoubleStream.of(specials).flatMap(x -> DoubleStream.of(specials).map(y -> x));
        DoubleStream second = DoubleStream.of(specials).flatMap(x -> DoubleStream.of(specials));
        HostTensor x = vector(dtype, DoubleStream.concat(first, randoms(dtype, 1)));
        HostTensor y = vector(dtype, DoubleStream.concat(second, randoms(dtype, 2)));
        INDArray result = backend.tensor(x);
        INDArray other = backend.tensor(y);
        OneAssignment.run(backend, result, other, (ops, variable, gradient) -> ops.binary(op, variable, gradient));
        assertBits(expected(op, x, y), backend.read(result));
        assertBits(y, backend.read(other));
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void of_a_tensor_and_a_scalar(Binary op, DType dtype) {
        HostTensor x = vector(
                dtype, DoubleStream.concat(specials(dtype), randoms(dtype, 1).limit(500)));
        DoubleStream.concat(specials(dtype), randoms(dtype, 2).limit(20)).forEach(number -> {
            INDArray result = backend.tensor(x);
            OneAssignment.run(backend, result, (ops, variable) -> ops.binary(op, variable, ops.scalar(number)));
            assertBits(expected(op, x, scalar(dtype, number)), backend.read(result));
        });
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void of_a_scalar_and_a_tensor(Binary op, DType dtype) {
        HostTensor y = vector(
                dtype, DoubleStream.concat(specials(dtype), randoms(dtype, 1).limit(500)));
        DoubleStream.concat(specials(dtype), randoms(dtype, 2).limit(20)).forEach(number -> {
            INDArray result = backend.tensor(y);
            OneAssignment.run(backend, result, (ops, variable) -> ops.binary(op, ops.scalar(number), variable));
            assertBits(expected(op, scalar(dtype, number), y), backend.read(result));
        });
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void of_two_scalars_and_of_arrays_of_one_element(Binary op, DType dtype) {
        for (Shape shape : List.of(Shape.scalar(), Shape.of(1), Shape.of(1, 1))) {
            specials(dtype)
                    .forEach(x -> specials(dtype).forEach(y -> {
                        INDArray result = backend.tensor(HostTensor.filled(dtype, shape, x));
                        INDArray other = backend.tensor(HostTensor.filled(dtype, shape, y));
                        OneAssignment.run(
                                backend,
                                result,
                                other,
                                (ops, variable, gradient) -> ops.binary(op, variable, gradient));
                        HostTensor expected = expected(op, scalar(dtype, x), scalar(dtype, y));
                        assertBits(HostTensor.filled(dtype, shape, expected.get(0)), backend.read(result));
                    }));
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void of_empty_tensors(Binary op, DType dtype) {
        for (Shape shape : List.of(Shape.of(0), Shape.of(2, 0), Shape.of(0, 3))) {
            HostTensor empty = HostTensor.filled(dtype, shape, 0);
            OneAssignment.run(backend, backend.tensor(empty), backend.tensor(empty), (ops, variable, gradient) -> {
                for (Object result : List.of(
                        ops.binary(op, variable, gradient),
                        ops.binary(op, variable, ops.scalar(1)),
                        ops.binary(op, ops.scalar(1), variable))) {
                    assertBits(empty, backend.read((INDArray) result));
                }
                return variable;
            });
        }
    }

    private static HostTensor expected(Unary op, HostTensor x) {
        HostTensor result = HostTensor.filled(x.dtype(), x.shape(), 0);
        for (int i = 0; i < result.length(); i++) {
            result.set(i, x.dtype() == DType.FLOAT32 ? op.apply(x.floats()[i]) : op.apply(x.doubles()[i]));
        }
        return result;
    }

    private static HostTensor expected(Binary op, HostTensor x, HostTensor y) {
        Shape shape = x.shape().rank() == 0 ? y.shape() : x.shape();
        HostTensor result = HostTensor.filled(x.dtype(), shape, 0);
        for (int i = 0; i < result.length(); i++) {
            double left = x.get(x.shape().rank() == 0 ? 0 : i);
            double right = y.get(y.shape().rank() == 0 ? 0 : i);
            result.set(i, x.dtype() == DType.FLOAT32 ? op.apply((float) left, (float) right) : op.apply(left, right));
        }
        return result;
    }

    /** All NaNs are equal, the two zeros are not. */
    private static void assertBits(HostTensor expected, HostTensor actual) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.dtype()).isEqualTo(expected.dtype());
        if (expected.dtype() == DType.FLOAT32) {
            assertThat(bits(actual.floats())).isEqualTo(bits(expected.floats()));
        } else {
            assertThat(bits(actual.doubles())).isEqualTo(bits(expected.doubles()));
        }
    }

    private static int[] bits(float... numbers) {
        return IntStream.range(0, numbers.length)
                .map(i -> Float.floatToIntBits(numbers[i]))
                .toArray();
    }

    private static long[] bits(double... numbers) {
        return DoubleStream.of(numbers).mapToLong(Double::doubleToLongBits).toArray();
    }

    private static HostTensor scalar(DType dtype, double number) {
        return HostTensor.filled(dtype, Shape.scalar(), number);
    }

    private static HostTensor vector(DType dtype, DoubleStream numbers) {
        double[] array = numbers.toArray();
        return HostTensor.of(Shape.of(array.length), array).cast(dtype);
    }

    private static DoubleStream specials(DType dtype) {
        DoubleStream positive = dtype == DType.FLOAT32
                ? DoubleStream.of(
                        Float.MIN_VALUE,
                        1e-40f,
                        Math.nextDown(Float.MIN_NORMAL),
                        Float.MIN_NORMAL,
                        1e-20f,
                        0.1f,
                        1,
                        3,
                        16_777_216f,
                        Float.MAX_VALUE)
                : DoubleStream.of(
                        Double.MIN_VALUE,
                        1e-310,
                        Math.nextDown(Double.MIN_NORMAL),
                        Double.MIN_NORMAL,
                        1e-160,
                        0.1,
                        1,
                        3,
                        9_007_199_254_740_992d,
                        Double.MAX_VALUE);
        DoubleStream all = DoubleStream.concat(DoubleStream.of(0, Double.POSITIVE_INFINITY), positive);
        return DoubleStream.concat(DoubleStream.of(Double.NaN), all.flatMap(x -> DoubleStream.of(x, -x)));
    }

    /** Of all magnitudes: random bits. Half of them lie near each other, where sums and quotients are of like size. */
    private static DoubleStream randoms(DType dtype, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, RANDOM_NUMBERS)
                .mapToDouble(i -> i % 2 == 0
                        ? random.nextGaussian()
                        : dtype == DType.FLOAT32
                                ? Float.intBitsToFloat(random.nextInt())
                                : Double.longBitsToDouble(random.nextLong()))
                .map(dtype::round);
    }
}
