package io.gradstep.ops;

/**
 * The operations on two tensors, element by element. {@code apply} is their definition: every backend gives its bits.
 * A NaN in either operand gives NaN, in {@link #MINIMUM} and {@link #MAXIMUM} too.
 */
public enum Binary {
    /** {@code x + y}. */
    ADD,
    /** {@code x - y}. */
    SUBTRACT,
    /** {@code x · y}. */
    MULTIPLY,
    /** {@code x / y}. */
    DIVIDE,
    /** {@code x} where {@code x < y} or {@code x} is NaN, else {@code y}: of two zeros the second, as NumPy. */
    MINIMUM,
    /** {@code x} where {@code x > y} or {@code x} is NaN, else {@code y}: of two zeros the second, as NumPy. */
    MAXIMUM;

    /**
     * The operation on two float32 numbers.
     *
     * @param x the first
     * @param y the second
     * @return the result, rounded once
     */
    public float apply(float x, float y) {
        return switch (this) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> x / y;
            case MINIMUM -> x < y || Float.isNaN(x) ? x : y;
            case MAXIMUM -> x > y || Float.isNaN(x) ? x : y;
        };
    }

    /**
     * The operation on two float64 numbers.
     *
     * @param x the first
     * @param y the second
     * @return the result, rounded once
     */
    public double apply(double x, double y) {
        return switch (this) {
            case ADD -> x + y;
            case SUBTRACT -> x - y;
            case MULTIPLY -> x * y;
            case DIVIDE -> x / y;
            case MINIMUM -> x < y || Double.isNaN(x) ? x : y;
            case MAXIMUM -> x > y || Double.isNaN(x) ? x : y;
        };
    }
}
