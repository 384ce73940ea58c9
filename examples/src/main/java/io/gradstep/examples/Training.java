package io.gradstep.examples;

import io.gradstep.examples.bench.Spread;
import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One contestant's training, epoch after epoch, with the gradients that it computes itself.
 *
 * @param <T> the tensor type
 */
final class Training<T> {
    private final Contestant<T> contestant;
    private final Split split;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final List<TrainingRun.Epoch> epochs = new ArrayList<>();
    private final Times epochTimes = new Times();
    private final Times stepTimes = new Times();

    /**
     * A training, not yet begun.
     *
     * @param contestant whose
     * @param split what is learned, and what it is tested with
     * @param progress is told of each step
     * @param stop asked after each step whether to end now
     */
    Training(Contestant<T> contestant, Split split, Progress progress, BooleanSupplier stop) {
        this.contestant = contestant;
        this.split = split;
        this.progress = progress;
        this.stop = stop;
    }

    /** Somebody who looks at the weights while they are trained. The time that this takes is not counted. */
    interface Watcher {
        /**
         * A step was taken.
         *
         * @param index which one of the epoch, from 0 on
         * @param trainer has the weights
         */
        void afterStep(int index, Trainer<?> trainer);
    }

    /**
     * Trains for an epoch.
     *
     * @param batches those of the epoch
     * @param isLast whether weights are to be set to their averages now, if there are any
     * @return whether it came to its end
     */
    boolean epoch(List<Batch> batches, boolean isLast, Watcher watcher) {
        Times steps = new Times();
        long nanos = 0;
        for (int i = 0; i < batches.size(); i++) {
            long start = System.nanoTime();
            List<T> gradients = contestant.gradients(batches.get(i));
            long beforeStep = System.nanoTime();
            contestant.stepper().step(gradients);
            long end = System.nanoTime();
            nanos += end - start;
            steps.add(end - beforeStep);
            watcher.afterStep(i, contestant.trainer());
            progress.step();
            if (stop.getAsBoolean()) {
                return false;
            }
        }
        if (isLast) {
            contestant.stepper().finish();
        }
        epochTimes.add(nanos);
        stepTimes.addAll(steps);
        epochs.add(new TrainingRun.Epoch(
                epochs.size() + 1,
                Evaluation.of(contestant.trainer(), split.training()).loss(),
                Evaluation.of(contestant.trainer(), split.test()).accuracy()));
        return true;
    }

    /** How many epochs came to their end. */
    int epochs() {
        return epochs.size();
    }

    /** What was seen in the first epochs, of which there must be one at least. */
    TrainingRun result(int count) {
        List<HostTensor> weights = contestant.trainer().weights();
        return new TrainingRun(epochs.subList(0, count), epochTimes.spread(), stepTimes.spread(), weights);
    }

    /** Numbers of nanoseconds. */
    private static final class Times {
        private final List<Long> nanos = new ArrayList<>();

        void add(long time) {
            nanos.add(time);
        }

        void addAll(Times others) {
            nanos.addAll(others.nanos);
        }

        Spread spread() {
            return Spread.of(nanos.stream().mapToDouble(Long::doubleValue).toArray());
        }
    }
}
