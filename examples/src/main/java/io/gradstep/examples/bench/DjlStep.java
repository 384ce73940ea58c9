package io.gradstep.examples.bench;

/** How a program asks for a step of a model of DJL. */
public enum DjlStep {
    /** By the optimizer alone: {@code step()} of ours, {@code update} of DJL's for each parameter. */
    optimizer,
    /** By DJL's trainer, which duplicates each gradient first. */
    trainer
}
