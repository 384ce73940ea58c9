package io.gradstep.examples;

import java.util.Optional;

/**
 * What one library did with one seed.
 *
 * @param seed decided the split, the weights at the start and the order of the batches
 * @param run its own training; empty if it failed
 * @param sameGradients how far its weights were from the reference's, fed with the reference's gradients
 * @param ownGradients the same, with gradients that it computed itself
 * @param failure what it said when it failed, as a library's own optimizer may
 */
record Outcome(
        long seed,
        Optional<TrainingRun> run,
        StepDifferences sameGradients,
        StepDifferences ownGradients,
        Optional<String> failure) {}
