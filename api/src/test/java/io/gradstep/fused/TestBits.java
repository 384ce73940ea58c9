package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;

/** Compares by bits; all NaNs are one. */
final class TestBits {
    private TestBits() {}

    static void assertSame(String what, HostTensor actual, HostTensor expected) {
        assertThat(actual.dtype()).as(what).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        for (int i = 0; i < expected.length(); i++) {
            if (bits(actual, i) != bits(expected, i)) {
                assertThat(actual.get(i)).as("%s, element %d", what, i).isEqualTo(expected.get(i));
            }
        }
    }

    private static long bits(HostTensor tensor, int i) {
        return tensor.dtype() == DType.FLOAT32
                ? Float.floatToIntBits(tensor.floats()[i])
                : Double.doubleToLongBits(tensor.get(i));
    }
}
