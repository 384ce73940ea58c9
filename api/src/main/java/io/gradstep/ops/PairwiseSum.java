package io.gradstep.ops;

import java.util.function.IntToDoubleFunction;

/**
 * NumPy 2.4.6's order of addition, on which the last bits of a norm depend: up to 7 numbers from left to right; up to
 * 128 in eight running sums; more in two halves, the first of a multiple of 8.
 *
 * @see <a href="https://github.com/numpy/numpy/blob/v2.4.6/numpy/_core/src/umath/loops_utils.h.src">pairwise_sum</a>
 */
public final class PairwiseSum {
    private static final int LANES = 8;
    private static final int BLOCK = 128;

    private PairwiseSum() {}

    /**
     * The sum of a row of numbers, each addition rounded to a dtype.
     *
     * @param dtype the dtype
     * @param length how many numbers there are
     * @param number the number at an index, of that dtype
     * @return the sum; 0 of none
     */
    public static double of(DType dtype, int length, IntToDoubleFunction number) {
        // Also of nothing but negative zeros NumPy makes a positive one.
        return 0.0 + sum(dtype, 0, length, number);
    }

    /**
     * The sum of the squares of all elements in row-major order, in the tensor's dtype.
     *
     * @param tensor float32 or float64
     * @return the sum; 0 of an empty tensor
     */
    public static double ofSquares(HostTensor tensor) {
        DType dtype = tensor.dtype();
        return of(dtype, tensor.length(), i -> dtype.round(tensor.get(i) * tensor.get(i)));
    }

    private static double sum(DType dtype, int from, int length, IntToDoubleFunction number) {
        if (length < LANES) {
            return leftToRight(dtype, 0, from, from + length, number);
        }
        if (length <= BLOCK) {
            return inLanes(dtype, from, length, number);
        }
        int half = length / 2;
        half -= half % LANES;
        return dtype.round(sum(dtype, from, half, number) + sum(dtype, from + half, length - half, number));
    }

    private static double leftToRight(DType dtype, double start, int from, int to, IntToDoubleFunction number) {
        double sum = start;
        for (int i = from; i < to; i++) {
            sum = dtype.round(sum + number.applyAsDouble(i));
        }
        return sum;
    }

    private static double inLanes(DType dtype, int from, int length, IntToDoubleFunction number) {
        double[] lanes = new double[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = number.applyAsDouble(from + lane);
        }
        int whole = length - length % LANES;
        for (int i = LANES; i < whole; i++) {
            lanes[i % LANES] = dtype.round(lanes[i % LANES] + number.applyAsDouble(from + i));
        }
        double firstHalf = dtype.round(dtype.round(lanes[0] + lanes[1]) + dtype.round(lanes[2] + lanes[3]));
        double secondHalf = dtype.round(dtype.round(lanes[4] + lanes[5]) + dtype.round(lanes[6] + lanes[7]));
        double sum = dtype.round(firstHalf + secondHalf);
        return leftToRight(dtype, sum, from + whole, from + length, number);
    }
}
