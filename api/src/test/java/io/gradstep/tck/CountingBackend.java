package io.gradstep.tck;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A backend that counts the variables it has made and that are still open, refuses to make too many, and minds that no
 * variable stands in two updates of one run.
 */
final class CountingBackend<T> implements Backend<T> {
    private final Backend<T> backend;
    private final int limit;
    private final List<TensorVariable<T>> made = new ArrayList<>();

    CountingBackend(Backend<T> backend, int limit) {
        this.backend = backend;
        this.limit = limit;
    }

    int open() {
        return (int) made.stream().filter(CountingBackend::isOpen).count();
    }

    private static boolean isOpen(TensorVariable<?> variable) {
        try {
            Objects.requireNonNull(variable.value());
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The very variable: a backend may know those that it made again. */
    private TensorVariable<T> counted(TensorVariable<T> variable) {
        made.add(variable);
        return variable;
    }

    private void checkLimit() {
        if (open() >= limit) {
            throw new OutOfMemoryError("no memory for more than " + limit);
        }
    }

    @Override
    public TensorVariable<T> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        checkLimit();
        return counted(backend.variable(info, dtype, shape, initial));
    }

    @Override
    public TensorVariable<T> state(TensorVariable<T> reference, VariableInfo info, double initial) {
        checkLimit();
        return counted(backend.state(reference, info, initial));
    }

    @Override
    public String id() {
        return backend.id();
    }

    @Override
    public Class<T> tensorType() {
        return backend.tensorType();
    }

    @Override
    public DType dtype(T tensor) {
        return backend.dtype(tensor);
    }

    @Override
    public Shape shape(T tensor) {
        return backend.shape(tensor);
    }

    @Override
    public T tensor(HostTensor values) {
        return backend.tensor(values);
    }

    @Override
    public HostTensor read(T tensor) {
        return backend.read(tensor);
    }

    @Override
    public HostTensor read(TensorVariable<T> variable) {
        return backend.read(variable);
    }

    @Override
    public TensorVariable<T> wrap(T tensor, VariableInfo info) {
        return backend.wrap(tensor, info);
    }

    @Override
    public void write(TensorVariable<T> variable, HostTensor values) {
        backend.write(variable, values);
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<T>> updates) {
        return backend.sumsOfSquares(expression, updates);
    }

    @Override
    public boolean allFinite(List<T> tensors) {
        return backend.allFinite(tensors);
    }

    @Override
    public Execution execution(TensorVariable<T> variable) {
        return backend.execution(variable);
    }

    @Override
    public void run(List<Update<T>> updates) {
        Set<TensorVariable<T>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Update<T> update : updates) {
            if (!seen.add(update.variable())) {
                throw new AssertionError(update.variable().path() + " stands in two updates of one run");
            }
        }
        backend.run(updates);
    }

    @Override
    public void close() {
        // The kit closes the backend behind it.
    }
}
