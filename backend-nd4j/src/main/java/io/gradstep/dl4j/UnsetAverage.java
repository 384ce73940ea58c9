package io.gradstep.dl4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mark of a moving average that no step has moved yet: a NaN that no arithmetic makes. It lies in the state, as a
 * state is all that DL4J saves, copies and converts; an iteration count of 0 would not do, because an updater may be put
 * on a network that was trained already.
 */
final class UnsetAverage {
    private static final int PAYLOAD = 0x2a_6e57;
    private static final float FLOAT = Float.intBitsToFloat(0x7fc0_0000 | PAYLOAD);
    /** What a conversion makes of the float. */
    private static final double DOUBLE = Double.longBitsToDouble(0x7ff8_0000_0000_0000L | (long) PAYLOAD << 29);

    private UnsetAverage() {}

    static void mark(INDArray average) {
        if (average.dataType() == DataType.FLOAT) {
            average.assign(FLOAT);
        } else {
            average.assign(DOUBLE);
        }
    }

    static boolean is(INDArray average) {
        return average.dataType() == DataType.FLOAT
                ? Float.floatToRawIntBits(average.getFloat(0)) == Float.floatToRawIntBits(FLOAT)
                : Double.doubleToRawLongBits(average.getDouble(0)) == Double.doubleToRawLongBits(DOUBLE);
    }
}
