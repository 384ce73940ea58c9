package io.gradstep.examples.bench;

/**
 * The memory traffic of a step with next to no arithmetic, in place: each array that the step reads is summed, each
 * that it writes gets 1 added to each element, one array after the other.
 */
final class Traffic {
    /** So many sums stand side by side that the additions of one do not wait for each other. */
    private static final int SUMS = 16;

    private final HostArrays arrays;
    private final Pieces pieces;
    private final boolean norm;
    private volatile float sum;

    Traffic(StepSettings settings, HostArrays arrays, int threads) {
        this.arrays = arrays;
        this.pieces = new Pieces(arrays.lengths(), threads);
        this.norm = settings.accumulates();
    }

    /** Returns a sum, that none is left out. */
    float pass() {
        if (norm) {
            pieces.run((tensor, from, to) -> {
                sum(arrays.gradients().get(tensor), from, to);
                sum(arrays.state().get(0).get(tensor), from, to);
            });
        }
        pieces.run((tensor, from, to) -> {
            sum(arrays.gradients().get(tensor), from, to);
            increment(arrays.weights().get(tensor), from, to);
            arrays.state().forEach(state -> increment(state.get(tensor), from, to));
        });
        return sum;
    }

    private void sum(float[] x, int from, int to) {
        float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0, sum5 = 0, sum6 = 0, sum7 = 0;
        float sum8 = 0, sum9 = 0, sum10 = 0, sum11 = 0, sum12 = 0, sum13 = 0, sum14 = 0, sum15 = 0;
        int i = from;
        for (; i <= to - SUMS; i += SUMS) {
            sum0 += x[i];
            sum1 += x[i + 1];
            sum2 += x[i + 2];
            sum3 += x[i + 3];
            sum4 += x[i + 4];
            sum5 += x[i + 5];
            sum6 += x[i + 6];
            sum7 += x[i + 7];
            sum8 += x[i + 8];
            sum9 += x[i + 9];
            sum10 += x[i + 10];
            sum11 += x[i + 11];
            sum12 += x[i + 12];
            sum13 += x[i + 13];
            sum14 += x[i + 14];
            sum15 += x[i + 15];
        }
        for (; i < to; i++) {
            sum0 += x[i];
        }
        sum = sum0 + sum1 + sum2 + sum3 + sum4 + sum5 + sum6 + sum7 + sum8 + sum9 + sum10 + sum11 + sum12 + sum13
                + sum14 + sum15;
    }

    private static void increment(float[] array, int from, int to) {
        for (int i = from; i < to; i++) {
            array[i] += 1;
        }
    }
}
