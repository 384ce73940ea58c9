package io.gradstep.ops;

/** The element types that gradstep knows. */
public enum DType {
    /** IEEE 754 binary32. */
    FLOAT32,
    /** IEEE 754 binary64. */
    FLOAT64,
    /** 32-bit signed integers: counters only. No rule is ever run in it. */
    INT32;

    /**
     * Whether update rules can be run in this dtype.
     *
     * @return true for {@link #FLOAT32} and {@link #FLOAT64}
     */
    public boolean isFloating() {
        return this != INT32;
    }

    /**
     * Rounds a number to this dtype, once, half to even; integers are cut towards zero.
     *
     * @param value any number
     * @return the nearest number of this dtype, widened again
     */
    public double round(double value) {
        return switch (this) {
            case FLOAT32 -> (float) value;
            case FLOAT64 -> value;
            case INT32 -> (int) value;
        };
    }
}
