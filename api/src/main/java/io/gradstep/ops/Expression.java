package io.gradstep.ops;

/**
 * A value computed from what a rule is given, without assigning anything. Like {@link UpdateRule} it is a value: a
 * record, of which equal ones compute the same.
 */
public interface Expression {
    /**
     * The formula.
     *
     * @param <T> a value: a tensor, or a node of a recorded program
     * @param ops the operations
     * @param slots the variable, its gradient, its state and the numbers of this step
     * @return the result, of the variable's shape and dtype
     */
    <T> T value(Ops<T> ops, Slots<T> slots);
}
