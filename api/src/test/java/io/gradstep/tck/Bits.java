package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.OptimizerState;
import java.util.LinkedHashMap;
import java.util.Map;

/** Compares tensors by their bits. All NaNs are equal; zeros of two signs are not. */
public final class Bits {
    private Bits() {}

    /**
     * Fails unless both have the same dtype, shape and bits.
     *
     * @param what what they are, for the failure's text
     * @param expected what there should be
     * @param actual what there is
     */
    public static void assertEqual(String what, HostTensor expected, HostTensor actual) {
        assertEqual(what, expected, actual, Allowance.NONE);
    }

    /**
     * Fails unless both have the same names, in the same order, with the same tensors.
     *
     * @param when when or where they should be equal, for the failure's text
     * @param expected what there should be, by name
     * @param actual what there is
     */
    public static void assertEqual(String when, Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, values) -> assertEqual(name + " " + when, values, actual.get(name)));
    }

    /**
     * Fails unless both have the same names, in the same order, with the same arrays.
     *
     * @param when when or where they should be equal, for the failure's text
     * @param expected what there should be
     * @param actual what there is
     */
    public static void assertEqual(String when, OptimizerState expected, OptimizerState actual) {
        assertEqual(when, byName(expected), byName(actual));
    }

    private static Map<String, HostTensor> byName(OptimizerState state) {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        state.arrays().forEach(array -> arrays.put(array.name(), array.values()));
        return arrays;
    }

    static void assertEqual(String what, HostTensor expected, HostTensor actual, Allowance allowance) {
        assertThat(actual.dtype()).as("dtype of %s", what).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as("shape of %s", what).isEqualTo(expected.shape());
        for (int i = 0; i < expected.length(); i++) {
            long distance = distance(expected, actual, i);
            if (distance > allowance.ulp()) {
                fail(
                        "%s: element %d is %s, expected %s: %d ULP off, allowed %d",
                        what, i, text(actual, i), text(expected, i), distance, allowance.ulp());
            }
        }
    }

    private static long distance(HostTensor expected, HostTensor actual, int i) {
        return switch (expected.dtype()) {
            case FLOAT32 -> distance(expected.floats()[i], actual.floats()[i]);
            case FLOAT64 -> distance(expected.doubles()[i], actual.doubles()[i]);
            case INT32 -> Math.abs((long) expected.ints()[i] - actual.ints()[i]);
        };
    }

    private static long distance(float x, float y) {
        if (Float.isNaN(x) || Float.isNaN(y)) {
            return Float.isNaN(x) && Float.isNaN(y) ? 0 : Long.MAX_VALUE;
        }
        return Math.abs((long) ordered(Float.floatToIntBits(x)) - ordered(Float.floatToIntBits(y)));
    }

    private static long distance(double x, double y) {
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return Double.isNaN(x) && Double.isNaN(y) ? 0 : Long.MAX_VALUE;
        }
        long difference = ordered(Double.doubleToLongBits(x)) - ordered(Double.doubleToLongBits(y));
        return difference == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(difference);
    }

    /** Maps the bits so that neighbours differ by 1; the two zeros are neighbours. */
    private static int ordered(int bits) {
        return bits < 0 ? Integer.MIN_VALUE - bits - 1 : bits;
    }

    private static long ordered(long bits) {
        return bits < 0 ? Long.MIN_VALUE - bits - 1 : bits;
    }

    private static String text(HostTensor tensor, int i) {
        return tensor.dtype() == DType.FLOAT32 ? Float.toString(tensor.floats()[i]) : String.valueOf(tensor.get(i));
    }
}
