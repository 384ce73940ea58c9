package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Unary#apply} and {@link Binary#apply} are the law, to the bit; only NaNs are all alike. */
final class DjlOperationsTest {
    private static final int A_MILLION = 1_000_003;

    private static final float[] SPECIAL_FLOATS = {
        0f,
        -0f,
        1f,
        -1f,
        0.1f,
        -2.5f,
        3f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Math.nextDown(Float.MIN_NORMAL),
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Math.nextUp(1f),
        16777216f,
        1e-30f,
        -1e30f
    };
    private static final double[] SPECIAL_DOUBLES = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        -2.5,
        3,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Math.nextDown(Double.MIN_NORMAL),
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN,
        Math.nextUp(1.0),
        9007199254740992.0,
        1e-300,
        -1e300
    };

    private final Backend<NDArray> backend =
            new DjlProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));

    @AfterEach
    void close() {
        backend.close();
    }

    static Stream<Arguments> unary() {
        return floating().flatMap(dtype -> Arrays.stream(Unary.values()).map(op -> Arguments.of(op, dtype)));
    }

    static Stream<Arguments> binary() {
        return floating().flatMap(dtype -> Arrays.stream(Binary.values()).map(op -> Arguments.of(op, dtype)));
    }

    static Stream<DType> floating() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64);
    }

    // ---- one operand

    @ParameterizedTest
    @MethodSource("unary")
    void an_operation_on_a_special_number(Unary op, DType dtype) {
        check(op, specials(dtype));
        for (HostTensor scalar : singles(dtype)) {
            check(op, scalar);
        }
    }

    @ParameterizedTest
    @MethodSource("unary")
    void an_operation_on_a_million_numbers(Unary op, DType dtype) {
        check(op, anyBits(dtype, 1));
        check(op, ordinary(dtype, 2));
    }

    private void check(Unary op, HostTensor x) {
        HostTensor expected = x.copy();
        for (int i = 0; i < x.length(); i++) {
            if (x.dtype() == DType.FLOAT32) {
                expected.floats()[i] = op.apply(x.floats()[i]);
            } else {
                expected.doubles()[i] = op.apply(x.doubles()[i]);
            }
        }
        assertBits(expected, run(new ApplyUnary(op), x, x), op + " of " + x);
    }

    // ---- two operands

    @ParameterizedTest
    @MethodSource("binary")
    void an_operation_on_each_pair_of_special_numbers(Binary op, DType dtype) {
        HostTensor specials = specials(dtype);
        int count = specials.length();
        Shape pairs = Shape.of((long) count * count);
        check(
                op,
                filled(dtype, pairs, i -> specials.get(i / count)),
                filled(dtype, pairs, i -> specials.get(i % count)));
    }

    @ParameterizedTest
    @MethodSource("binary")
    void an_operation_with_a_special_scalar_on_either_side(Binary op, DType dtype) {
        for (HostTensor scalar : singles(dtype)) {
            check(op, specials(dtype), scalar);
            check(op, scalar, specials(dtype));
            for (HostTensor other : singles(dtype)) {
                check(op, scalar, other);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("binary")
    void an_operation_on_a_million_pairs(Binary op, DType dtype) {
        check(op, anyBits(dtype, 1), anyBits(dtype, 2));
        check(op, ordinary(dtype, 3), ordinary(dtype, 4));
    }

    @ParameterizedTest
    @MethodSource("binary")
    void an_operation_on_a_million_numbers_and_a_scalar_on_either_side(Binary op, DType dtype) {
        for (double number : new double[] {0.1, -7e20}) {
            HostTensor scalar = HostTensor.filled(dtype, Shape.scalar(), number);
            check(op, ordinary(dtype, 5), scalar);
            check(op, scalar, ordinary(dtype, 6));
        }
    }

    private void check(Binary op, HostTensor x, HostTensor y) {
        HostTensor expected = x.shape().rank() > 0 ? x.copy() : y.copy();
        for (int i = 0; i < expected.length(); i++) {
            int ofX = x.shape().rank() > 0 ? i : 0;
            int ofY = y.shape().rank() > 0 ? i : 0;
            if (x.dtype() == DType.FLOAT32) {
                expected.floats()[i] = op.apply(x.floats()[ofX], y.floats()[ofY]);
            } else {
                expected.doubles()[i] = op.apply(x.doubles()[ofX], y.doubles()[ofY]);
            }
        }
        boolean scalarFirst = x.shape().rank() == 0;
        boolean scalarSecond = y.shape().rank() == 0;
        UpdateRule rule =
                new ApplyBinary(op, scalarFirst ? x.get(0) : 0, scalarFirst, scalarSecond ? y.get(0) : 0, scalarSecond);
        HostTensor actual = run(rule, scalarFirst ? expected : x, scalarSecond ? expected : y);
        assertBits(expected, actual, op + " of " + x + " and " + y);
    }

    private record ApplyUnary(Unary op) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.unary(op, ops.read(slots.variable())));
        }
    }

    private record ApplyBinary(Binary op, double first, boolean scalarFirst, double second, boolean scalarSecond)
            implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T x = scalarFirst ? ops.scalar(first) : ops.read(slots.variable());
            T y = scalarSecond ? ops.scalar(second) : slots.gradient();
            ops.assign(slots.variable(), ops.binary(op, x, y));
        }
    }

    private HostTensor run(UpdateRule rule, HostTensor variable, HostTensor gradient) {
        try (NDArray memory = backend.tensor(variable);
                NDArray other = backend.tensor(gradient)) {
            run(rule, backend.wrap(memory, "x"), other);
            assertBits(gradient, backend.read(other), "the other operand is not written to by " + rule);
            return backend.read(memory);
        }
    }

    private void run(UpdateRule rule, TensorVariable<NDArray> variable, NDArray gradient) {
        Update<NDArray> update = new Update<>(rule, variable, List.of(), input -> 0);
        update.setGradient(gradient);
        backend.run(List.of(update));
    }

    // ---- scalars

    @Test
    void a_scalar_is_rounded_once_to_the_dtype_also_to_infinity() {
        try (NDArray memory = backend.tensor(HostTensor.of(Shape.of(2), 1f, 2f))) {
            TensorVariable<NDArray> variable = backend.wrap(memory, "x");
            for (double number : new double[] {0.1, 1e300, -1e300, 1e-46, Double.NaN, -0.0, Float.MIN_VALUE}) {
                run(new Fill(number), variable, null);
                assertBits(HostTensor.filled(DType.FLOAT32, Shape.of(2), number), backend.read(memory), "" + number);
            }
        }
    }

    private record Fill(double number) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.scalar(number));
        }
    }

    // ---- numbers

    private static HostTensor specials(DType dtype) {
        return dtype == DType.FLOAT32
                ? HostTensor.of(Shape.of(SPECIAL_FLOATS.length), SPECIAL_FLOATS.clone())
                : HostTensor.of(Shape.of(SPECIAL_DOUBLES.length), SPECIAL_DOUBLES.clone());
    }

    private static List<HostTensor> singles(DType dtype) {
        return Arrays.stream(SPECIAL_DOUBLES)
                .mapToObj(number -> HostTensor.filled(dtype, Shape.scalar(), number))
                .toList();
    }

    /** Every kind of number there is, NaNs and subnormals among them. */
    private static HostTensor anyBits(DType dtype, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return filled(
                dtype,
                Shape.of(A_MILLION),
                i -> dtype == DType.FLOAT32
                        ? Float.intBitsToFloat(random.nextInt())
                        : Double.longBitsToDouble(random.nextLong()));
    }

    /** Numbers that meet: sums lose digits, products and quotients stay finite. */
    private static HostTensor ordinary(DType dtype, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return filled(dtype, Shape.of(A_MILLION), i -> (random.nextDouble() - 0.25) * (1 << random.nextInt(12)));
    }

    private static HostTensor filled(DType dtype, Shape shape, IntToDoubleFunction element) {
        HostTensor tensor = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, element.applyAsDouble(i));
        }
        return tensor;
    }

    private static void assertBits(HostTensor expected, HostTensor actual, String description) {
        assertThat(actual.shape()).as(description).isEqualTo(expected.shape());
        for (int i = 0; i < expected.length(); i++) {
            // Not isEqualTo: to AssertJ the two zeros are one.
            if (Double.doubleToLongBits(actual.get(i)) != Double.doubleToLongBits(expected.get(i))) {
                fail("%s: element %d is %s, expected %s", description, i, actual.get(i), expected.get(i));
            }
        }
        assertThat(actual.dtype()).as(description).isEqualTo(expected.dtype());
    }
}
