package io.gradstep.ops;

/**
 * What a model demands of a variable's values: {@code keras.constraints.Constraint}, Keras 3.15.1. The optimizer
 * imposes it at the end of each step.
 *
 * <p><b>Assumes</b> nothing of the values but that they are finished: whatever the step did to them is done.
 * <b>Guarantees</b> to depend on them alone, and to keep nothing between calls.
 */
public interface Constraint {
    /**
     * Imposes the constraint.
     *
     * <p>If it throws, the whole step is undone. For this an optimizer copies all that the step may write, unless the
     * constraint is one of {@code io.gradstep.constraint}, which do not throw.
     *
     * @param values the variable's values in row-major order, float32 or float64; changed in place
     */
    void constrain(HostTensor values);

    /**
     * Refuses variables that this constraint makes no sense for, before any step is taken.
     *
     * @param shape the shape of a variable
     * @throws IllegalArgumentException if it cannot be imposed on variables of this shape
     */
    default void checkFits(Shape shape) {}
}
