package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The optimizer that every library gets.
 *
 * @param settings how it works
 * @param spared regular expressions for the names of weights without weight decay, which Keras sets on a live optimizer
 */
record OptimizerChoice(Settings settings, List<String> spared) {
    OptimizerChoice {
        spared = List.copyOf(spared);
    }

    /** A new optimizer, built for some weights, that steps them. */
    <T> Stepper<T> on(Backend<T> backend, List<TensorVariable<T>> weights) {
        Optimizer<T> optimizer = settings.on(backend);
        optimizer.build(weights);
        optimizer.excludeFromWeightDecay(List.of(), spared);
        return Stepper.of(optimizer, weights);
    }

    /** Whether weights of this name have no weight decay. */
    boolean spares(String name) {
        return spared.stream()
                .anyMatch(pattern -> Pattern.compile(pattern).matcher(name).find());
    }

    /** The learning rate of the first step. */
    double firstLearningRate() {
        LearningRate rate = settings.base().learningRate();
        if (rate instanceof LearningRate.Scheduled scheduled) {
            return scheduled.schedule().at(0);
        }
        return ((LearningRate.Fixed) rate).value();
    }

    /** Whether the weights are set to their moving averages at the end. */
    boolean averages() {
        Settings inner = settings instanceof LossScale scale ? scale.inner() : settings;
        return Boolean.TRUE.equals(inner.config().get("use_ema"));
    }
}
