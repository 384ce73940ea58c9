package io.gradstep.examples.bench;

import ai.djl.Model;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.ops.BackendProvider.Options;

/** What steps a model of DJL. */
public enum DjlOptimizer {
    /** DJL's own Adam: another rule, as its own RmsProp throws on PyTorch. */
    adam,
    /** Ours with Keras's defaults. */
    plain,
    /** Ours with all that Keras has: of each two steps one accumulates and one updates. */
    everything;

    Optimizer of(Model model, int threads) {
        Options options = Options.DEFAULT.withThreads(threads);
        return switch (this) {
            case adam ->
                Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed((float) StepSettings.LEARNING_RATE))
                        .build();
            case plain -> GradstepOptimizer.of(StepSettings.plain.rmsprop(), model, options);
            case everything ->
                GradstepOptimizer.of(StepSettings.everything.rmsprop(), model, options)
                        .excludeFromWeightDecay("bias");
        };
    }
}
