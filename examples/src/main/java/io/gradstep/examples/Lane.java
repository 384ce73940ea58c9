package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * One library in a comparison: its own training, its weights that follow the reference's gradients, and how far either
 * is from the reference.
 *
 * @param <T> the tensor type
 */
final class Lane<T> implements AutoCloseable {
    private final Contestant<T> contestant;
    private final Training<T> training;
    private final Optional<Follower> follower;
    private final StepDifferences sameGradients = new StepDifferences();
    private final StepDifferences ownGradients = new StepDifferences();
    private Optional<String> failure = Optional.empty();

    /** Takes over the contestant, and closes it. */
    Lane(Contestant<T> contestant, Training<T> training, Optional<Follower> follower) {
        this.contestant = contestant;
        this.training = training;
        this.follower = follower;
    }

    private Contender contender() {
        return contestant.library().contender();
    }

    /** What somebody else's weights are compared with. */
    List<HostTensor> weights() {
        return contestant.trainer().weights();
    }

    /**
     * Trains for an epoch.
     *
     * @param epoch the batches, and the reference's weights, which the reference itself leaves there
     * @return whether it came to its end; also where there is nothing to do any more after a failure
     */
    boolean train(EpochOfSteps epoch) {
        if (failure.isPresent()) {
            return true;
        }
        try {
            return training.epoch(epoch.batches(), epoch.isLast(), (step, trainer) -> watch(epoch, step, trainer));
        } catch (RuntimeException e) {
            if (!contender().isPeer()) {
                throw e;
            }
            failure = Optional.of(e.toString());
            return true;
        }
    }

    private void watch(EpochOfSteps epoch, int step, Trainer<?> trainer) {
        switch (contender().role()) {
            case REFERENCE -> epoch.trail().record(step, trainer);
            case BACKEND -> {
                if (epoch.trail().has(step)) {
                    ownGradients.add(
                            epoch.number(step),
                            Ulp.largestDistance(epoch.trail().at(step), trainer.weights()));
                }
            }
            case PEER -> {
                // Another rule: how far it is from ours says nothing.
            }
        }
    }

    /** Takes a step with the reference's gradients. */
    void follow(List<HostTensor> gradients) {
        follower.ifPresent(one -> one.step(gradients));
    }

    /** Compares what {@link #follow} made of the weights with what the reference has. */
    void compareFollower(long step, List<HostTensor> reference) {
        follower.ifPresent(one -> sameGradients.add(step, Ulp.largestDistance(reference, one.weights())));
    }

    /** Sets what {@link #follow} steps to its averages, if any: after the last step. */
    void finishFollower() {
        follower.ifPresent(Follower::finish);
    }

    /** Compares the weights at the end, which may be averages, with the reference's. */
    void compareAtEnd(long step, List<HostTensor> reference) {
        if (!contender().isPeer()) {
            ownGradients.add(step, Ulp.largestDistance(reference, weights()));
        }
    }

    /** How many epochs came to their end, or all that there are if it failed and nobody has to wait for it. */
    int epochs() {
        return failure.isPresent() ? Integer.MAX_VALUE : training.epochs();
    }

    /** What was found in the first epochs, of which there must be one at least. */
    Outcome outcome(long seed, int epochs) {
        Optional<TrainingRun> run = failure.isPresent() ? Optional.empty() : Optional.of(training.result(epochs));
        return new Outcome(seed, run, sameGradients, ownGradients, failure);
    }

    @Override
    public void close() {
        follower.ifPresent(Follower::close);
        contestant.close();
    }
}
