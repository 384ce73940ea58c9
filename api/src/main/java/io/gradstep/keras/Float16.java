package io.gradstep.keras;

/** IEEE 754 binary16, which Java 17 has no functions for. */
final class Float16 {
    private static final int MANTISSA_BITS = 10;
    private static final int EXPONENT_BITS_ALL = 0x1f;
    private static final float SMALLEST = 0x1p-24f;
    private static final float SMALLEST_NORMAL = 0x1p-14f;
    /** Half-way between the largest finite number and the next, had there been one. */
    private static final float ROUNDS_TO_INFINITY = 65520f;

    private Float16() {}

    /** Exact. */
    static float toFloat(short bits) {
        int exponent = bits >> MANTISSA_BITS & EXPONENT_BITS_ALL;
        int mantissa = bits & ((1 << MANTISSA_BITS) - 1);
        float magnitude = exponent == 0
                ? mantissa * SMALLEST
                : Float.intBitsToFloat(
                        (exponent == EXPONENT_BITS_ALL ? 0xff : exponent - 15 + 127) << 23 | mantissa << 13);
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The nearest, ties to even. */
    static short of(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        return (short) (sign | magnitude(Math.abs(value)));
    }

    private static int magnitude(double value) {
        if (Double.isNaN(value)) {
            return 0x7e00;
        }
        if (value >= ROUNDS_TO_INFINITY) {
            return 0x7c00;
        }
        if (value < SMALLEST_NORMAL) {
            // A carry makes the smallest normal number, as it should.
            return (int) Math.rint(value / SMALLEST);
        }
        int exponent = Math.getExponent(value);
        // From 1024 to 2048; a carry goes over into the exponent, as it should.
        int mantissa = (int) Math.rint(Math.scalb(value, MANTISSA_BITS - exponent));
        return ((exponent + 15) << MANTISSA_BITS) + (mantissa - (1 << MANTISSA_BITS));
    }
}
