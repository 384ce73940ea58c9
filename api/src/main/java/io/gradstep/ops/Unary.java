package io.gradstep.ops;

/**
 * The operations on one tensor, element by element. {@code apply} is their definition: every backend gives its bits.
 */
public enum Unary {
    /** {@code -x}: the sign is turned, of zeros too. */
    NEGATE,
    /** {@code |x|}. */
    ABS,
    /** 1, -1, or +0 for both zeros; NaN stays NaN. As {@code numpy.sign}. */
    SIGN,
    /** The square root, correctly rounded; NaN for negative numbers, -0 for -0. */
    SQRT;

    /**
     * The operation on one float32 number.
     *
     * @param x the number
     * @return the result, rounded once
     */
    public float apply(float x) {
        return switch (this) {
            case NEGATE -> -x;
            case ABS -> Math.abs(x);
            case SIGN -> x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
            case SQRT -> (float) Math.sqrt(x);
        };
    }

    /**
     * The operation on one float64 number.
     *
     * @param x the number
     * @return the result, rounded once
     */
    public double apply(double x) {
        return switch (this) {
            case NEGATE -> -x;
            case ABS -> Math.abs(x);
            case SIGN -> x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
            case SQRT -> Math.sqrt(x);
        };
    }
}
