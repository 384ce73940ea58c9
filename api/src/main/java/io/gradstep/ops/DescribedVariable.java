package io.gradstep.ops;

import java.util.Objects;
import java.util.Optional;

/**
 * A variable that knows its names, dtype and shape. Where its values lie is its subclass's business.
 *
 * @param <T> the tensor type of the backend
 */
public abstract class DescribedVariable<T> implements TensorVariable<T> {
    private final VariableInfo info;
    private final DType dtype;
    private final Shape shape;

    /**
     * Names what is to be held.
     *
     * @param info its names, not null
     * @param dtype its dtype, not null
     * @param shape its shape, not null
     */
    protected DescribedVariable(VariableInfo info, DType dtype, Shape shape) {
        this.info = Objects.requireNonNull(info, "info");
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        this.shape = Objects.requireNonNull(shape, "shape");
    }

    @Override
    public final String name() {
        return info.name();
    }

    @Override
    public final String path() {
        return info.path();
    }

    @Override
    public final DType dtype() {
        return dtype;
    }

    @Override
    public final Shape shape() {
        return shape;
    }

    @Override
    public final boolean overwriteWithGradient() {
        return info.overwriteWithGradient();
    }

    @Override
    public final Optional<Constraint> constraint() {
        return info.constraint();
    }

    /**
     * Whether the memory was given back.
     *
     * @return true once the variable is closed
     */
    protected abstract boolean isClosed();

    /**
     * Refuses to go on without memory.
     *
     * @throws IllegalStateException if the variable is closed
     */
    protected final void ensureOpen() {
        if (isClosed()) {
            throw new IllegalStateException("The variable " + path() + " is closed: its memory was given back");
        }
    }

    @Override
    public String toString() {
        return path() + " " + dtype + " " + shape + (isClosed() ? " (closed)" : "");
    }
}
