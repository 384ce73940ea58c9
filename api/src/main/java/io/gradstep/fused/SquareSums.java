package io.gradstep.fused;

import io.gradstep.ops.PairwiseSum;

/** Sums of squares in the order of {@link PairwiseSum}, fast: over arrays, and in the dtype itself. */
final class SquareSums {
    private static final int LANES = 8;
    private static final int BLOCK = 128;

    private SquareSums() {}

    /** Where a stretch that is longer than a block is halved. */
    static int half(int length) {
        int half = length / 2;
        return half - half % LANES;
    }

    /** The sum over a stretch of a {@code float[]} or {@code double[]}. */
    static double of(Object array, int from, int length) {
        return array instanceof float[] floats
                ? ofFloats(floats, from, length)
                : ofDoubles((double[]) array, from, length);
    }

    private static float ofFloats(float[] x, int from, int length) {
        if (length > BLOCK) {
            int half = half(length);
            return ofFloats(x, from, half) + ofFloats(x, from + half, length - half);
        }
        int whole = from + length - length % LANES;
        float sum = 0;
        if (length >= LANES) {
            float sum0 = x[from] * x[from];
            float sum1 = x[from + 1] * x[from + 1];
            float sum2 = x[from + 2] * x[from + 2];
            float sum3 = x[from + 3] * x[from + 3];
            float sum4 = x[from + 4] * x[from + 4];
            float sum5 = x[from + 5] * x[from + 5];
            float sum6 = x[from + 6] * x[from + 6];
            float sum7 = x[from + 7] * x[from + 7];
            for (int i = from + LANES; i < whole; i += LANES) {
                sum0 += x[i] * x[i];
                sum1 += x[i + 1] * x[i + 1];
                sum2 += x[i + 2] * x[i + 2];
                sum3 += x[i + 3] * x[i + 3];
                sum4 += x[i + 4] * x[i + 4];
                sum5 += x[i + 5] * x[i + 5];
                sum6 += x[i + 6] * x[i + 6];
                sum7 += x[i + 7] * x[i + 7];
            }
            sum = ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7));
        }
        for (int i = whole; i < from + length; i++) {
            sum += x[i] * x[i];
        }
        return sum;
    }

    private static double ofDoubles(double[] x, int from, int length) {
        if (length > BLOCK) {
            int half = half(length);
            return ofDoubles(x, from, half) + ofDoubles(x, from + half, length - half);
        }
        int whole = from + length - length % LANES;
        double sum = 0;
        if (length >= LANES) {
            double sum0 = x[from] * x[from];
            double sum1 = x[from + 1] * x[from + 1];
            double sum2 = x[from + 2] * x[from + 2];
            double sum3 = x[from + 3] * x[from + 3];
            double sum4 = x[from + 4] * x[from + 4];
            double sum5 = x[from + 5] * x[from + 5];
            double sum6 = x[from + 6] * x[from + 6];
            double sum7 = x[from + 7] * x[from + 7];
            for (int i = from + LANES; i < whole; i += LANES) {
                sum0 += x[i] * x[i];
                sum1 += x[i + 1] * x[i + 1];
                sum2 += x[i + 2] * x[i + 2];
                sum3 += x[i + 3] * x[i + 3];
                sum4 += x[i + 4] * x[i + 4];
                sum5 += x[i + 5] * x[i + 5];
                sum6 += x[i + 6] * x[i + 6];
                sum7 += x[i + 7] * x[i + 7];
            }
            sum = ((sum0 + sum1) + (sum2 + sum3)) + ((sum4 + sum5) + (sum6 + sum7));
        }
        for (int i = whole; i < from + length; i++) {
            sum += x[i] * x[i];
        }
        return sum;
    }
}
