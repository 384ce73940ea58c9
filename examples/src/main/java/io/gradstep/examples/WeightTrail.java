package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The reference's weights within an epoch, for others to be compared with that train after it. After each step, or, where
 * these would be too many to keep, after every so many.
 */
final class WeightTrail {
    private static final long MOST_BYTES = 64L << 20;

    private final int stride;
    private final List<List<HostTensor>> weights = new ArrayList<>();

    /**
     * A trail without weights.
     *
     * @param steps how many an epoch has
     * @param like weights as they will be
     */
    WeightTrail(int steps, List<HostTensor> like) {
        long bytes = like.stream()
                .mapToLong(weight -> (long) weight.length() * Double.BYTES)
                .sum();
        long most = Math.max(1, MOST_BYTES / bytes);
        this.stride = Math.toIntExact((steps + most - 1) / most);
    }

    /** Whether the weights after a step, counted from 0 on, are in it. */
    boolean has(int step) {
        return (step + 1) % stride == 0;
    }

    /** To be called after each step in turn; keeps what is to be kept. */
    void record(int step, Trainer<?> reference) {
        if (has(step)) {
            weights.add(reference.weights());
        }
    }

    /** The weights after a step that it {@link #has}. */
    List<HostTensor> at(int step) {
        return weights.get((step + 1) / stride - 1);
    }
}
