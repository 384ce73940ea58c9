package io.gradstep.ops;

import java.util.Optional;

/**
 * A variable that has values: a weight of a model, or a piece of an optimizer's state. Compared by identity.
 *
 * @param <T> the tensor type of the backend
 */
public interface TensorVariable<T> extends Variable<T>, AutoCloseable {
    /**
     * A variable whose values lie in one tensor: what a backend returns for tensors that it wraps or makes.
     *
     * @param <T> the tensor type of the backend
     * @param info its names
     * @param tensor the live tensor
     * @param dtype the tensor's dtype
     * @param shape the tensor's shape
     * @param release frees the tensor when the variable is closed; does nothing for a tensor of somebody else
     * @return the variable
     */
    static <T> TensorVariable<T> of(VariableInfo info, T tensor, DType dtype, Shape shape, Runnable release) {
        return new LiveVariable<>(info, tensor, dtype, shape, release);
    }

    /**
     * The full name: {@code dense/kernel}, {@code rmsprop/dense_kernel_velocity}.
     *
     * @return the path, not null
     */
    String path();

    /**
     * The element type, which never changes.
     *
     * @return the dtype
     */
    DType dtype();

    /**
     * The shape, which never changes.
     *
     * @return the shape
     */
    Shape shape();

    /**
     * The tensor that holds the values: not a copy, later steps write to it.
     *
     * @return the live tensor; of values that live elsewhere (counters, and state that a backend keeps where steps are
     *     fastest) a tensor of this variable's that shows them as of this call: read it, do not write to it
     * @throws IllegalStateException if the variable is closed
     */
    T value();

    /**
     * Whether a step sets this variable to its gradient: {@link VariableInfo#overwriteWithGradient()}.
     *
     * @return false unless its model says so
     */
    default boolean overwriteWithGradient() {
        return false;
    }

    /**
     * What the values must satisfy after each step.
     *
     * @return none unless its model says so
     */
    default Optional<Constraint> constraint() {
        return Optional.empty();
    }

    /**
     * Refuses values that this variable could only take by broadcasting or rounding them.
     *
     * @param values the values to be written
     * @throws IllegalArgumentException if their dtype or shape is not this variable's
     */
    default void checkFits(HostTensor values) {
        if (values.dtype() != dtype() || !values.shape().equals(shape())) {
            throw new IllegalArgumentException("The values for " + path() + " must be " + dtype() + " of shape "
                    + shape() + ". Received: " + values.dtype() + " of shape " + values.shape());
        }
    }

    /** Frees what this variable owns; a tensor it merely wraps stays as it is. Twice is once. */
    @Override
    void close();
}
