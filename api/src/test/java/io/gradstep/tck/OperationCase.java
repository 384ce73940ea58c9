package io.gradstep.tck;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Unary;

/**
 * One operation on given numbers. What is expected was computed by NumPy 2.4.6, on which Keras's NumPy backend runs:
 * {@code np.add(np.float32(0.1), np.float32(0.2))}.
 */
enum OperationCase {
    NEGATE_OF_A_NUMBER(Unary.NEGATE, 1.5, -1.5),
    NEGATE_OF_ZERO_IS_MINUS_ZERO(Unary.NEGATE, 0.0, -0.0),
    NEGATE_OF_MINUS_ZERO_IS_ZERO(Unary.NEGATE, -0.0, 0.0),
    NEGATE_OF_INFINITY(Unary.NEGATE, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
    NEGATE_OF_NAN(Unary.NEGATE, Double.NaN, Double.NaN),

    ABS_OF_A_NEGATIVE_NUMBER(Unary.ABS, -1.5, 1.5),
    ABS_OF_MINUS_ZERO_IS_ZERO(Unary.ABS, -0.0, 0.0),
    ABS_OF_MINUS_INFINITY(Unary.ABS, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
    ABS_OF_NAN(Unary.ABS, Double.NaN, Double.NaN),

    SIGN_OF_A_POSITIVE_NUMBER(Unary.SIGN, 1e-30, 1.0),
    SIGN_OF_A_NEGATIVE_NUMBER(Unary.SIGN, -1e30, -1.0),
    SIGN_OF_ZERO(Unary.SIGN, 0.0, 0.0),
    SIGN_OF_MINUS_ZERO_IS_ZERO(Unary.SIGN, -0.0, 0.0),
    SIGN_OF_MINUS_INFINITY(Unary.SIGN, Double.NEGATIVE_INFINITY, -1.0),
    SIGN_OF_NAN_IS_NAN(Unary.SIGN, Double.NaN, Double.NaN),

    SQRT_OF_TWO(Unary.SQRT, 2.0, 1.4142135, 1.4142135623730951),
    SQRT_OF_A_TENTH(Unary.SQRT, 0.1, 0.31622776, 0.31622776601683794),
    SQRT_OF_SEVEN_TENTHS(Unary.SQRT, 0.7, 0.83666, 0.8366600265340756),
    SQRT_OF_A_SUBNORMAL(Unary.SQRT, 1e-40, 9.999973e-21, 1e-20),
    SQRT_OF_A_HUGE_NUMBER(Unary.SQRT, 1e38, 1e19),
    SQRT_OF_MINUS_ZERO(Unary.SQRT, -0.0, -0.0),
    SQRT_OF_A_NEGATIVE_NUMBER_IS_NAN(Unary.SQRT, -1.0, Double.NaN),
    SQRT_OF_INFINITY(Unary.SQRT, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY),
    SQRT_OF_NAN(Unary.SQRT, Double.NaN, Double.NaN),

    ADD_ROUNDS(Binary.ADD, 0.1, 0.2, 0.3, 0.30000000000000004),
    ADD_ROUNDS_HALF_TO_EVEN_DOWN(Binary.ADD, 16777216, 1, 16777216, 16777217),
    ADD_ROUNDS_HALF_TO_EVEN_UP(Binary.ADD, 16777218, 1, 16777220, 16777219),
    ADD_OF_ZEROS_OF_TWO_SIGNS_IS_ZERO(Binary.ADD, -0.0, 0.0, 0.0),
    ADD_OF_MINUS_ZEROS_IS_MINUS_ZERO(Binary.ADD, -0.0, -0.0, -0.0),
    ADD_OF_OPPOSITE_INFINITIES_IS_NAN(Binary.ADD, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN),

    SUBTRACT_ROUNDS(Binary.SUBTRACT, 0.3, 0.1, 0.20000002, 0.19999999999999998),
    SUBTRACT_IS_NOT_TURNED_ROUND(Binary.SUBTRACT, 1.0, 3.0, -2.0),
    SUBTRACT_OF_EQUAL_NUMBERS_IS_ZERO(Binary.SUBTRACT, 1.5, 1.5, 0.0),
    SUBTRACT_OF_ZERO_FROM_MINUS_ZERO_IS_MINUS_ZERO(Binary.SUBTRACT, -0.0, 0.0, -0.0),

    MULTIPLY_ROUNDS(Binary.MULTIPLY, 0.1, 0.1, 0.010000001, 0.010000000000000002),
    MULTIPLY_ROUNDS_TO_THE_SMALLEST_SUBNORMAL(Binary.MULTIPLY, 1e-23, 1e-22, 1.4e-45, 1e-45),
    MULTIPLY_OVERFLOWS(Binary.MULTIPLY, 1e38, 10, Double.POSITIVE_INFINITY, 1e39),
    MULTIPLY_KEEPS_THE_SIGN_OF_ZERO(Binary.MULTIPLY, -1.0, 0.0, -0.0),
    MULTIPLY_OF_INFINITY_BY_ZERO_IS_NAN(Binary.MULTIPLY, Double.POSITIVE_INFINITY, 0.0, Double.NaN),

    DIVIDE_ROUNDS(Binary.DIVIDE, 0.1, 0.7, 0.14285715, 0.14285714285714288),
    DIVIDE_IS_NO_MULTIPLICATION_BY_THE_RECIPROCAL(Binary.DIVIDE, 5, 3, 1.6666666, 1.6666666666666667),
    DIVIDE_GIVES_SUBNORMALS(Binary.DIVIDE, 1e-38, 7, 1.428572e-39, 1.4285714285714284e-39),
    DIVIDE_BY_ZERO_IS_INFINITE(Binary.DIVIDE, -1.0, 0.0, Double.NEGATIVE_INFINITY),
    DIVIDE_OF_ZERO_BY_ZERO_IS_NAN(Binary.DIVIDE, 0.0, 0.0, Double.NaN),

    MINIMUM_OF_TWO_NUMBERS(Binary.MINIMUM, 1.0, -2.0, -2.0),
    MINIMUM_TAKES_THE_SECOND_ZERO(Binary.MINIMUM, -0.0, 0.0, 0.0),
    MINIMUM_TAKES_THE_SECOND_ZERO_WHEN_NEGATIVE(Binary.MINIMUM, 0.0, -0.0, -0.0),
    MINIMUM_PASSES_NAN_ON_THE_LEFT(Binary.MINIMUM, Double.NaN, 0.5, Double.NaN),
    MINIMUM_PASSES_NAN_ON_THE_RIGHT(Binary.MINIMUM, 0.5, Double.NaN, Double.NaN),

    MAXIMUM_OF_TWO_NUMBERS(Binary.MAXIMUM, 1.0, -2.0, 1.0),
    MAXIMUM_TAKES_THE_SECOND_ZERO(Binary.MAXIMUM, -0.0, 0.0, 0.0),
    MAXIMUM_TAKES_THE_SECOND_ZERO_WHEN_NEGATIVE(Binary.MAXIMUM, 0.0, -0.0, -0.0),
    MAXIMUM_PASSES_NAN_ON_THE_LEFT(Binary.MAXIMUM, Double.NaN, 0.5, Double.NaN),
    MAXIMUM_PASSES_NAN_ON_THE_RIGHT(Binary.MAXIMUM, 0.5, Double.NaN, Double.NaN);

    private final Unary unary;
    private final Binary binary;
    private final double x;
    private final double y;
    private final double expectedFloat32;
    private final double expectedFloat64;

    OperationCase(Unary unary, double x, double expected) {
        this(unary, x, expected, expected);
    }

    OperationCase(Unary unary, double x, double expectedFloat32, double expectedFloat64) {
        this(unary, null, x, 0, expectedFloat32, expectedFloat64);
    }

    OperationCase(Binary binary, double x, double y, double expected) {
        this(binary, x, y, expected, expected);
    }

    OperationCase(Binary binary, double x, double y, double expectedFloat32, double expectedFloat64) {
        this(null, binary, x, y, expectedFloat32, expectedFloat64);
    }

    OperationCase(Unary unary, Binary binary, double x, double y, double expectedFloat32, double expectedFloat64) {
        this.unary = unary;
        this.binary = binary;
        this.x = x;
        this.y = y;
        this.expectedFloat32 = expectedFloat32;
        this.expectedFloat64 = expectedFloat64;
    }

    boolean isBinary() {
        return binary != null;
    }

    Unary unary() {
        return unary;
    }

    Binary binary() {
        return binary;
    }

    double x() {
        return x;
    }

    double y() {
        return y;
    }

    double expected(DType dtype) {
        return dtype == DType.FLOAT32 ? expectedFloat32 : expectedFloat64;
    }
}
