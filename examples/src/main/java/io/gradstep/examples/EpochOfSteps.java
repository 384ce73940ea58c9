package io.gradstep.examples;

import java.util.List;

/**
 * One epoch of a comparison.
 *
 * @param batches what all train on
 * @param stepsBefore how many steps were taken in the epochs before
 * @param isLast whether none comes after it
 * @param trail the reference's weights after its steps
 */
record EpochOfSteps(List<Batch> batches, long stepsBefore, boolean isLast, WeightTrail trail) {
    /** How many steps have been taken since the beginning, after one of this epoch. */
    long number(int step) {
        return stepsBefore + step + 1;
    }
}
