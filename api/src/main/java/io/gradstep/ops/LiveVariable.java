package io.gradstep.ops;

import java.util.Objects;

/** The variable that {@link TensorVariable#of} makes. */
final class LiveVariable<T> extends DescribedVariable<T> {
    private final Runnable release;
    private T tensor;

    LiveVariable(VariableInfo info, T tensor, DType dtype, Shape shape, Runnable release) {
        super(info, dtype, shape);
        this.tensor = Objects.requireNonNull(tensor, "tensor");
        this.release = Objects.requireNonNull(release, "release");
    }

    @Override
    protected boolean isClosed() {
        return tensor == null;
    }

    @Override
    public T value() {
        ensureOpen();
        return tensor;
    }

    @Override
    public void close() {
        if (tensor != null) {
            tensor = null;
            release.run();
        }
    }
}
