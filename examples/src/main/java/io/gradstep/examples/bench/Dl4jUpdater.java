package io.gradstep.examples.bench;

import io.gradstep.dl4j.GradstepUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;

/** Who updates a network of DL4J. */
public enum Dl4jUpdater {
    /** DL4J's own RmsProp. */
    dl4j,
    /** Ours with Keras's defaults, in DL4J's place. */
    plain,
    /** Ours with all that Keras has, attached: of each two steps one accumulates and one updates. */
    everything;

    IUpdater updater() {
        return switch (this) {
            case dl4j -> new RmsProp(StepSettings.LEARNING_RATE, StepSettings.RHO, StepSettings.EPSILON);
            case plain -> new GradstepUpdater(StepSettings.plain.rmsprop());
            case everything -> new GradstepUpdater(StepSettings.everything.rmsprop());
        };
    }

    boolean isAttached() {
        return this == everything;
    }
}
