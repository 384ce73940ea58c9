package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.List;

/** How many numbers of a dtype lie between two: 0 means the same bits. */
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

    /** The same among float64 numbers. What exceeds a long is infinitely far away, as from -2 to 2. */
    static long distance(double x, double y) {
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return Double.isNaN(x) && Double.isNaN(y) ? 0 : Long.MAX_VALUE;
        }
        long from = Math.min(position(x), position(y));
        long to = Math.max(position(x), position(y));
        return from < 0 && to > Long.MAX_VALUE + from ? Long.MAX_VALUE : to - from;
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
        if (!tensor.shape().equals(other.shape()) || tensor.dtype() != other.dtype()) {
            throw new IllegalArgumentException("Both tensors must have one shape and one dtype. Received: "
                    + tensor.shape() + " " + tensor.dtype() + " and " + other.shape() + " " + other.dtype());
        }
        long largest = 0;
        for (int i = 0; i < tensor.length(); i++) {
            largest = Math.max(largest, distance(tensor, other, i));
        }
        return largest;
    }

    private static long distance(HostTensor tensor, HostTensor other, int index) {
        return switch (tensor.dtype()) {
            case FLOAT32 -> distance(tensor.floats()[index], other.floats()[index]);
            case FLOAT64 -> distance(tensor.doubles()[index], other.doubles()[index]);
            case INT32 -> throw new IllegalArgumentException("Weights are no integers. Received: " + tensor);
        };
    }

    /** Where a number stands among all numbers, from the smallest up. Negative ones have their bits in falling order. */
    private static int position(float x) {
        int bits = Float.floatToIntBits(x);
        return bits < 0 ? Integer.MIN_VALUE - bits - 1 : bits;
    }

    private static long position(double x) {
        long bits = Double.doubleToLongBits(x);
        return bits < 0 ? Long.MIN_VALUE - bits - 1 : bits;
    }
}
