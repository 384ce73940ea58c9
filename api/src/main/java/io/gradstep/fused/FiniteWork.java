package io.gradstep.fused;

/** Whether all elements of a tensor are finite. */
final class FiniteWork extends Work {
    private final HostMemory memory;
    private volatile boolean isFinite = true;

    FiniteWork(HostMemory memory) {
        this.memory = memory;
    }

    @Override
    int elements() {
        return memory.length();
    }

    boolean isFinite() {
        return isFinite;
    }

    @Override
    void run(int unit, Scratch scratch) {
        int to = end(unit);
        Object tile = scratch.tile(memory.dtype(), 0);
        for (int next = begin(unit); next < to && isFinite; next += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, to - next);
            memory.get(next, tile, count);
            if (!(tile instanceof float[] floats ? areFinite(floats, count) : areFinite((double[]) tile, count))) {
                isFinite = false;
            }
        }
    }

    /** What is infinite or NaN becomes NaN when it is multiplied by 0, and stays so when it is added to. */
    private static boolean areFinite(float[] x, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += x[i] * 0;
        }
        return sum == 0;
    }

    private static boolean areFinite(double[] x, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += x[i] * 0;
        }
        return sum == 0;
    }
}
