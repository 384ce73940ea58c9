package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.List;

/** How many float32 numbers lie between two: 0 means the same bits. */
final class Ulp {
    private Ulp() {}

    /**
     * The distance of two numbers: 1 for neighbours. The two zeros are neighbours too, so that a lost sign shows. All
     * NaNs are one number; from any other number a NaN is infinitely far away.
     */
    static long distance(float x, float y) {
        if (Float.isNaN(x) || Float.isNaN(y)) {
            return Float.isNaN(x) && Float.isNaN(y) ? 0 : Long.MAX_VALUE;
        }
        return Math.abs((long) position(x) - position(y));
    }

    /** The largest distance between corresponding numbers of two lists of tensors. */
    static long largestDistance(List<HostTensor> tensors, List<HostTensor> others) {
        if (tensors.size() != others.size()) {
            throw new IllegalArgumentException("Both lists must be equally long. Received: " + tensors.size() + " and "
                    + others.size() + " tensors");
        }
        long largest = 0;
        for (int i = 0; i < tensors.size(); i++) {
            largest = Math.max(largest, largestDistance(tensors.get(i), others.get(i)));
        }
        return largest;
    }

    private static long largestDistance(HostTensor tensor, HostTensor other) {
        if (!tensor.shape().equals(other.shape())) {
            throw new IllegalArgumentException(
                    "Both tensors must have one shape. Received: " + tensor.shape() + " and " + other.shape());
        }
        long largest = 0;
        for (int i = 0; i < tensor.length(); i++) {
            largest = Math.max(largest, distance(tensor.floats()[i], other.floats()[i]));
        }
        return largest;
    }

    /** Where a number stands among all numbers, from the smallest up. Negative ones have their bits in falling order. */
    private static int position(float x) {
        int bits = Float.floatToIntBits(x);
        return bits < 0 ? Integer.MIN_VALUE - bits - 1 : bits;
    }
}
