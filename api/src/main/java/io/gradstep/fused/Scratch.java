package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.util.Arrays;

/** What one worker of a step needs, kept by the thread that calls: some tiles. */
final class Scratch {
    private Object[] arrays = new Object[0];
    private float[][] floats = new float[0][];
    private double[][] doubles = new double[0][];
    private float[][] floatUnits = new float[0][];
    private double[][] doubleUnits = new double[0][];
    private int[] positions;

    /** Places for the arrays of a kernel. */
    Object[] arrays(int count) {
        if (arrays.length < count) {
            arrays = new Object[count];
        }
        return arrays;
    }

    /** Lets go of the arrays of kernels. */
    void clear() {
        Arrays.fill(arrays, null);
    }

    /** A tile of this worker's. */
    Object tile(DType dtype, int which) {
        return dtype == DType.FLOAT32 ? floats(which) : doubles(which);
    }

    private float[] floats(int which) {
        if (floats.length <= which) {
            floats = Arrays.copyOf(floats, which + 1);
        }
        if (floats[which] == null) {
            floats[which] = new float[Tiles.SIZE];
        }
        return floats[which];
    }

    private double[] doubles(int which) {
        if (doubles.length <= which) {
            doubles = Arrays.copyOf(doubles, which + 1);
        }
        if (doubles[which] == null) {
            doubles[which] = new double[Tiles.SIZE];
        }
        return doubles[which];
    }

    /** An array of this worker's for a whole unit of work. */
    Object unit(DType dtype, int which) {
        if (dtype == DType.FLOAT32) {
            floatUnits = floatUnits.length > which ? floatUnits : Arrays.copyOf(floatUnits, which + 1);
            floatUnits[which] = floatUnits[which] == null ? new float[Work.UNIT] : floatUnits[which];
            return floatUnits[which];
        }
        doubleUnits = doubleUnits.length > which ? doubleUnits : Arrays.copyOf(doubleUnits, which + 1);
        doubleUnits[which] = doubleUnits[which] == null ? new double[Work.UNIT] : doubleUnits[which];
        return doubleUnits[which];
    }

    /** Places for a tile's positions in memory of another order. */
    int[] positions() {
        if (positions == null) {
            positions = new int[Tiles.SIZE];
        }
        return positions;
    }
}
