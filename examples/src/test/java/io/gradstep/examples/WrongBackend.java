package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import io.gradstep.reference.ReferenceProvider;
import java.util.List;

/** The reference backend, but for one number in each step, which it rounds up. */
final class WrongBackend implements Backend<HostTensor> {
    private final Backend<HostTensor> right = new ReferenceProvider().open();

    @Override
    public String id() {
        return "wrong";
    }

    @Override
    public Class<HostTensor> tensorType() {
        return right.tensorType();
    }

    @Override
    public DType dtype(HostTensor tensor) {
        return right.dtype(tensor);
    }

    @Override
    public Shape shape(HostTensor tensor) {
        return right.shape(tensor);
    }

    @Override
    public HostTensor tensor(HostTensor values) {
        return right.tensor(values);
    }

    @Override
    public HostTensor read(HostTensor tensor) {
        return right.read(tensor);
    }

    @Override
    public TensorVariable<HostTensor> wrap(HostTensor tensor, VariableInfo info) {
        return right.wrap(tensor, info);
    }

    @Override
    public TensorVariable<HostTensor> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        return right.variable(info, dtype, shape, initial);
    }

    @Override
    public TensorVariable<HostTensor> state(TensorVariable<HostTensor> reference, VariableInfo info, double initial) {
        return right.state(reference, info, initial);
    }

    @Override
    public void write(TensorVariable<HostTensor> variable, HostTensor values) {
        right.write(variable, values);
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
        return right.sumsOfSquares(expression, updates);
    }

    @Override
    public void run(List<Update<HostTensor>> updates) {
        right.run(updates);
        float[] weights = updates.get(0).variable().value().floats();
        weights[0] = Math.nextUp(weights[0]);
    }

    @Override
    public void close() {
        right.close();
    }
}
