package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.DescribedVariable;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;

/**
 * A number of the optimizer's own, the counter or the learning rate: kept as a Java number, because every step reads
 * it, and shown as a tensor to who asks for one.
 */
final class HostScalar<T> extends DescribedVariable<T> {
    private final Backend<T> backend;
    private final VariableInfo info;
    private double number;
    /** Made when somebody first asks for the tensor, and then the same one: a new one each time could leak. */
    private TensorVariable<T> shown;

    private boolean closed;

    HostScalar(Backend<T> backend, VariableInfo info, DType dtype, double number) {
        super(info, dtype, Shape.scalar());
        this.backend = backend;
        this.info = info;
        this.number = dtype.round(number);
    }

    double number() {
        return number;
    }

    void set(double value) {
        number = dtype().round(value);
    }

    @Override
    protected boolean isClosed() {
        return closed;
    }

    @Override
    public T value() {
        if (closed) {
            throw new IllegalStateException("The variable " + path() + " is closed, with its optimizer");
        }
        if (shown == null) {
            shown = backend.variable(info, dtype(), shape(), number);
        } else {
            backend.write(shown, HostTensor.filled(dtype(), shape(), number));
        }
        return shown.value();
    }

    @Override
    public void close() {
        closed = true;
        if (shown != null) {
            shown.close();
        }
    }

    @Override
    public String toString() {
        return path() + " = "
                + (dtype() == DType.INT32 ? Long.toString((long) number) : Float.toString((float) number));
    }
}
