package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What was seen while one library trained its model.
 *
 * @param epochs the state of the model after each epoch
 * @param epochNanos how long the gradients and steps of an epoch took: the median over the epochs
 * @param stepNanos how long a step of the optimizer took: the median over all steps
 * @param weights the weights at the end
 */
record TrainingRun(List<Epoch> epochs, double epochNanos, double stepNanos, List<HostTensor> weights) {
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

    /** Trains a contestant's model with the gradients that it computes itself. */
    static <T> TrainingRun of(Contestant<T> contestant, Split split, Batches batches, int epochs, Progress progress) {
        Trainer<T> trainer = contestant.trainer();
        Recorder recorder = new Recorder();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            long start = System.nanoTime();
            for (Batch batch : batches.epoch(epoch)) {
                List<T> gradients = contestant.gradients(batch);
                long beforeStep = System.nanoTime();
                contestant.stepper().step(gradients);
                recorder.step(System.nanoTime() - beforeStep);
                progress.step();
            }
            long nanos = System.nanoTime() - start;
            if (epoch == epochs) {
                contestant.stepper().finish();
            }
            recorder.epoch(nanos, Evaluation.of(trainer, split.training()), Evaluation.of(trainer, split.test()));
        }
        return recorder.result(trainer.weights());
    }

    /** Writes down what happens. */
    private static final class Recorder {
        private final List<Epoch> epochs = new ArrayList<>();
        private final List<Long> epochNanos = new ArrayList<>();
        private final List<Long> stepNanos = new ArrayList<>();

        void step(long nanos) {
            stepNanos.add(nanos);
        }

        void epoch(long nanos, Evaluation training, Evaluation test) {
            epochNanos.add(nanos);
            epochs.add(new Epoch(epochs.size() + 1, training.loss(), test.accuracy()));
        }

        TrainingRun result(List<HostTensor> weights) {
            return new TrainingRun(epochs, median(epochNanos), median(stepNanos), weights);
        }

        /** Not the mean, which the first, still interpreted steps would spoil. */
        private static double median(List<Long> values) {
            List<Long> sorted = values.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
        }
    }
}
