package io.gradstep.examples;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which a model sees the training part: another one in each epoch, the same one for each library.
 *
 * @param training the training part
 * @param size the rows of a batch; the last one of an epoch has what is left
 * @param seed decides the order
 */
record Batches(Batch training, int size, long seed) {
    int perEpoch() {
        return (training.rows() + size - 1) / size;
    }

    List<Batch> epoch(int epoch) {
        int[] order = RandomStream.of(seed, "epoch " + epoch).permutation(training.rows());
        List<Batch> batches = new ArrayList<>(perEpoch());
        for (int from = 0; from < order.length; from += size) {
            batches.add(training.rows(order, from, Math.min(from + size, order.length)));
        }
        return batches;
    }
}
