package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.util.Arrays;

/**
 * Memory of our own: pieces of {@link #SIZE} elements, each an array, the last one as long as the rest. A kernel that
 * works on pieces finds the element i of each at the same index in all of them, and in the pieces that were copied out
 * of other memory; at different ones C2 would not vectorise.
 */
final class Tiles {
    /** So many elements are in a tile. All tiles of a large step stay in the second-level cache. */
    static final int SIZE = 8192;

    private Tiles() {}

    /** New tiles, {@code float[]} or {@code double[]}, with one number in every place. */
    static Object[] filled(DType dtype, int elements, double number) {
        Object[] tiles = new Object[(int) (((long) elements + SIZE - 1) / SIZE)];
        for (int i = 0; i < tiles.length; i++) {
            int length = Math.min(SIZE, elements - i * SIZE);
            tiles[i] = dtype == DType.FLOAT32 ? filled(new float[length], number) : filled(new double[length], number);
        }
        return tiles;
    }

    private static float[] filled(float[] tile, double number) {
        Arrays.fill(tile, (float) number);
        return tile;
    }

    private static double[] filled(double[] tile, double number) {
        Arrays.fill(tile, number);
        return tile;
    }
}
