package io.gradstep.ops;

import java.util.List;

/**
 * What a tensor library supplies: its tensors as variables, values in and out, and the running of rules.
 *
 * <p><b>Assumptions.</b> Callers pass tensors of {@link #tensorType()} that are alive; gradients have the shape and
 * dtype of their variables; no variable stands in two updates of one {@link #run}, nor do two of its variables share
 * memory, though a gradient may share it with any of them; no other thread writes to the tensors of a run meanwhile.
 *
 * <p><b>Guarantees.</b> Every operation of a rule gives the bits of {@link Unary} and {@link Binary}. A method that
 * throws has changed nothing. Wrapped tensors are written in place, so that the model that owns them sees it. Nothing
 * leaks: what {@code run} needs for a while is gone when it returns, what {@code state} made goes with the variable's
 * {@code close}. One backend may serve several threads, each with its own variables.
 *
 * @param <T> the tensor type
 */
public interface Backend<T> extends AutoCloseable {
    /**
     * The name by which users choose this backend.
     *
     * @return {@code reference}, {@code nd4j}, {@code djl}, …
     */
    String id();

    /**
     * The class of this backend's tensors.
     *
     * @return the class
     */
    Class<T> tensorType();

    /**
     * The element type of a tensor. Looks at nothing that an unsupported tensor could not answer.
     *
     * @param tensor a tensor
     * @return its dtype
     * @throws IllegalArgumentException if gradstep does not know the dtype (the message names it and what works), or
     *     if the tensor was closed
     */
    DType dtype(T tensor);

    /**
     * The shape of a tensor.
     *
     * @param tensor a tensor
     * @return its shape
     */
    Shape shape(T tensor);

    /**
     * Makes a tensor.
     *
     * @param values its values; copied
     * @return a new tensor. It belongs to the caller; where the library frees nothing by itself, it lives until the
     *     caller closes it or this backend is closed
     */
    T tensor(HostTensor values);

    /**
     * Copies a tensor to the host.
     *
     * @param tensor a tensor
     * @return its values in row-major order, whatever order the tensor is stored in
     */
    HostTensor read(T tensor);

    /**
     * Copies what a variable holds to the host.
     *
     * @param variable a variable that {@code wrap}, {@link #variable} or {@link #state} made
     * @return its values in row-major order
     * @throws IllegalStateException if the variable is closed
     */
    default HostTensor read(TensorVariable<T> variable) {
        return read(variable.value());
    }

    /**
     * Makes a variable of a tensor, without copying it: steps write into the tensor.
     *
     * @param tensor the tensor, float32 or float64; still the caller's, who keeps it alive
     * @param info its names
     * @return the variable; closing it does not close the tensor
     * @throws IllegalArgumentException if rules cannot be run in the tensor's dtype, or if the tensor was closed
     */
    default TensorVariable<T> wrap(T tensor, VariableInfo info) {
        DType dtype;
        try {
            dtype = dtype(tensor);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The tensor for " + info.path() + " cannot be used. " + e.getMessage(), e);
        }
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("The tensor for " + info.path() + " is " + dtype
                    + ". Rules run in FLOAT32 and FLOAT64: cast it first");
        }
        return TensorVariable.of(info, tensor, dtype, shape(tensor), () -> {});
    }

    /**
     * Makes a variable of a tensor, without copying it: steps write into the tensor.
     *
     * @param tensor the tensor, float32 or float64; still the caller's, who keeps it alive
     * @param path its full name, {@code dense/kernel}; the last part is the short name
     * @return the variable; closing it does not close the tensor
     * @throws IllegalArgumentException if rules cannot be run in the tensor's dtype, or if the tensor was closed
     */
    default TensorVariable<T> wrap(T tensor, String path) {
        return wrap(tensor, VariableInfo.of(path));
    }

    /**
     * Makes a variable of its own, in memory of this backend's choice.
     *
     * @param info its names
     * @param dtype its dtype
     * @param shape its shape
     * @param initial the number in every place, rounded once to the dtype
     * @return the variable; closing it frees its memory
     */
    TensorVariable<T> variable(VariableInfo info, DType dtype, Shape shape, double initial);

    /**
     * Makes state for a variable: of its dtype and shape, where steps on the variable find it fastest.
     *
     * @param reference the variable it belongs to
     * @param info its names
     * @param initial the number in every place, rounded once to the dtype
     * @return the state; closing it frees its memory
     */
    TensorVariable<T> state(TensorVariable<T> reference, VariableInfo info, double initial);

    /**
     * Writes values into a variable.
     *
     * @param variable a variable that {@code wrap}, {@link #variable} or {@link #state} made. The counter and the
     *     learning rate of an optimizer live elsewhere and are set by {@code Optimizer.assign}
     * @param values the values, of the variable's dtype and shape
     * @throws IllegalArgumentException if dtype or shape differ: {@link TensorVariable#checkFits}
     */
    void write(TensorVariable<T> variable, HostTensor values);

    /**
     * For each update the sum of the squares of what an expression gives for it, in the order of {@link PairwiseSum}
     * over the logical row-major elements, each operation rounded to the variable's dtype.
     *
     * @param expression what to square: the gradient, or what unscaling and accumulation make of it
     * @param updates the updates that it is computed for; nothing is written
     * @return the sums, numbers of the variables' dtypes
     */
    double[] sumsOfSquares(Expression expression, List<Update<T>> updates);

    /**
     * Whether tensors hold finite numbers only.
     *
     * @param tensors the tensors
     * @return false if there is a NaN or an infinity in any of them; true for none
     */
    default boolean allFinite(List<T> tensors) {
        return tensors.stream().allMatch(tensor -> read(tensor).isFinite());
    }

    /**
     * Runs a step: the rule of each update on its variable. When it returns, all is written; if a rule throws,
     * nothing is.
     *
     * @param updates the updates, of several rules and dtypes
     * @throws IllegalStateException if the machine fails while the step is being written, out of memory perhaps; the
     *     message says which variables are in doubt
     */
    void run(List<Update<T>> updates);

    /**
     * How steps on a variable are run.
     *
     * @param variable a variable that {@code wrap}, {@link #variable} or {@link #state} made
     * @return the mode, and why it is this one
     * @throws IllegalStateException if the variable is closed
     */
    default Execution execution(TensorVariable<T> variable) {
        return new Execution(ExecutionMode.EAGER, "the backend " + id() + " runs each operation by itself");
    }

    /** Frees what this backend holds, tensors made by {@link #tensor} included. Twice is once. */
    @Override
    void close();
}
