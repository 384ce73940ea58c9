package io.gradstep.ops;

import java.util.Objects;
import java.util.Optional;

/** The variable that {@link TensorVariable#of} makes. */
final class LiveVariable<T> implements TensorVariable<T> {
    private final VariableInfo info;
    private final DType dtype;
    private final Shape shape;
    private final Runnable release;
    private T tensor;

    LiveVariable(VariableInfo info, T tensor, DType dtype, Shape shape, Runnable release) {
        this.info = Objects.requireNonNull(info, "info");
        this.tensor = Objects.requireNonNull(tensor, "tensor");
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        this.shape = Objects.requireNonNull(shape, "shape");
        this.release = Objects.requireNonNull(release, "release");
    }

    @Override
    public String name() {
        return info.name();
    }

    @Override
    public String path() {
        return info.path();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public boolean overwriteWithGradient() {
        return info.overwriteWithGradient();
    }

    @Override
    public Optional<Constraint> constraint() {
        return info.constraint();
    }

    @Override
    public T value() {
        if (tensor == null) {
            throw new IllegalStateException("The variable " + path() + " is closed: its memory was given back");
        }
        return tensor;
    }

    @Override
    public void close() {
        if (tensor != null) {
            tensor = null;
            release.run();
        }
    }

    @Override
    public String toString() {
        return path() + " " + dtype + " " + shape + (tensor == null ? " (closed)" : "");
    }
}
