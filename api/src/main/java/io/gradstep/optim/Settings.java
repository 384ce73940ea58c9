package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.UpdateRule;

/**
 * Everything that says how an optimizer works, and nothing that changes while it does: immutable, equal by value.
 * Settings are what one passes around and writes down; {@link #on} makes a live optimizer of them.
 */
public sealed interface Settings permits RMSprop, RuleSettings {
    /**
     * The optimizer's name, which begins the path of each of its variables.
     *
     * @return the name, without {@code /}
     */
    String name();

    /**
     * The learning rate to begin with.
     *
     * @return the number as it was given
     */
    double learningRate();

    /**
     * The formula.
     *
     * @return the rule
     */
    UpdateRule rule();

    /**
     * Makes an optimizer.
     *
     * @param <T> the tensor type
     * @param backend where its tensors lie; stays the caller's to close, after the optimizer
     * @return a new optimizer, not yet built
     */
    default <T> Optimizer<T> on(Backend<T> backend) {
        return new RuleOptimizer<>(this, backend);
    }
}
