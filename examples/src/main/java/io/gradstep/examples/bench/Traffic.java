package io.gradstep.examples.bench;

/**
 * The memory traffic of a step with next to no arithmetic: each array that the step reads is read once, each that it
 * writes is written once. What no step can be faster than, up to noise.
 *
 * <p>Each loop is one that C2 vectorizes. A sum would not be: its order is fixed, and 16 sums side by side reach less
 * than half of what the memory can deliver to one core. Hence the gradients are added to the weights, and what is only
 * read is copied into a piece of memory that stays in the first-level cache.
 */
final class Traffic {
    private static final int TILE = 2_048;

    private final HostArrays arrays;
    private final Pieces pieces;
    private final boolean norm;
    private final ThreadLocal<float[]> tile = ThreadLocal.withInitial(() -> new float[TILE]);

    Traffic(StepSettings settings, HostArrays arrays, int threads) {
        this.arrays = arrays;
        this.pieces = new Pieces(arrays.lengths(), threads);
        this.norm = settings.accumulates();
    }

    void pass() {
        if (norm) {
            pieces.run((tensor, from, to) -> {
                read(arrays.gradients().get(tensor), from, to);
                read(arrays.state().get(0).get(tensor), from, to);
            });
        }
        pieces.run((tensor, from, to) -> {
            add(arrays.weights().get(tensor), arrays.gradients().get(tensor), from, to);
            arrays.state().forEach(state -> increment(state.get(tensor), from, to));
        });
    }

    private void read(float[] array, int from, int to) {
        float[] scratch = tile.get();
        for (int start = from; start < to; start += TILE) {
            System.arraycopy(array, start, scratch, 0, Math.min(TILE, to - start));
        }
    }

    private static void add(float[] array, float[] other, int from, int to) {
        for (int i = from; i < to; i++) {
            array[i] += other[i];
        }
    }

    private static void increment(float[] array, int from, int to) {
        for (int i = from; i < to; i++) {
            array[i] += 1;
        }
    }
}
