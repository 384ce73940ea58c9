package io.gradstep.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mark of a moving average that no step has moved yet. It lies in the state, as a state is all that DL4J saves,
 * copies and converts; an iteration count of 0 would not do, because an updater may be put on a network that was trained
 * already.
 */
final class UnsetAverage {
    /**
     * No weight comes near it, float32 and float64 both have it, and means of it are itself. A NaN would not do: DL4J's
     * files turn all of them into one.
     */
    private static final double MARK = -0x1.2b6e56p120;

    private UnsetAverage() {}

    static void mark(INDArray average) {
        average.assign(MARK);
    }

    static boolean is(INDArray average) {
        return average.getDouble(0) == MARK;
    }
}
