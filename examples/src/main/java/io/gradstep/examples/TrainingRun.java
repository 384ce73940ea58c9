package io.gradstep.examples;

import io.gradstep.examples.bench.Spread;
import io.gradstep.ops.HostTensor;
import java.util.List;

/**
 * What was seen while one library trained its model.
 *
 * @param epochs the state of the model after each epoch
 * @param epochNanos how long the gradients and steps of an epoch took
 * @param stepNanos how long a step of the optimizer took
 * @param weights the weights at the end
 */
record TrainingRun(List<Epoch> epochs, Spread epochNanos, Spread stepNanos, List<HostTensor> weights) {
    /** The model after an epoch: its loss on the training part, its accuracy on the test part. */
    record Epoch(int number, double trainingLoss, double testAccuracy) {}

    TrainingRun {
        epochs = List.copyOf(epochs);
        weights = List.copyOf(weights);
    }

    Epoch first() {
        return epochs.get(0);
    }

    Epoch last() {
        return epochs.get(epochs.size() - 1);
    }
}
