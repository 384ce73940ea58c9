package io.gradstep.ops;

/**
 * What a rule is given to work on: one variable, its gradient, its state, and the numbers of this step.
 *
 * @param <T> a value: a tensor, or a node of a recorded program
 */
public interface Slots<T> {
    /**
     * The variable to update.
     *
     * @return the variable
     */
    Variable<T> variable();

    /**
     * The gradient, of the variable's shape and dtype.
     *
     * @return the gradient
     * @throws IllegalStateException if this run has none
     */
    T gradient();

    /**
     * A piece of the rule's own state.
     *
     * @param name a name among the rule's {@link UpdateRule#slots()}
     * @return the variable that holds it
     * @throws IllegalArgumentException if the rule declares no such slot
     */
    Variable<T> slot(String name);

    /**
     * A number that changes from step to step.
     *
     * @param name {@code learning_rate}, or a name that the rule's {@link UpdateRule#input} knows
     * @return the number, rounded once to the rule's dtype, as a scalar
     */
    T input(String name);

    /**
     * The learning rate of this step.
     *
     * @return it as a scalar
     */
    default T learningRate() {
        return input(UpdateRule.LEARNING_RATE);
    }
}
