package io.gradstep.examples;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;

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

    /** The batches of an epoch; each is made when it is asked for, so that a large file is not copied as a whole. */
    List<Batch> epoch(int epoch) {
        int[] order = RandomStream.of(seed, "epoch " + epoch).permutation(training.rows());
        return new AbstractList<>() {
            @Override
            public Batch get(int index) {
                int from = Objects.checkIndex(index, size()) * size;
                return training.rows(order, from, Math.min(from + size, order.length));
            }

            @Override
            public int size() {
                return perEpoch();
            }
        };
    }
}
