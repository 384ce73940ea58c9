package io.gradstep.reference;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.List;
import java.util.function.Function;

/** Host tensors, run eagerly. */
class ReferenceBackend implements Backend<HostTensor> {
    static final String ID = "reference";

    private final Function<Update<HostTensor>, ReferenceOps> arithmetic;

    /** The arithmetic is an argument so that the kit's own tests can hand in a wrong one. */
    ReferenceBackend(Function<Update<HostTensor>, ReferenceOps> arithmetic) {
        this.arithmetic = arithmetic;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Class<HostTensor> tensorType() {
        return HostTensor.class;
    }

    @Override
    public DType dtype(HostTensor tensor) {
        return tensor.dtype();
    }

    @Override
    public Shape shape(HostTensor tensor) {
        return tensor.shape();
    }

    @Override
    public HostTensor tensor(HostTensor values) {
        return values.copy();
    }

    @Override
    public HostTensor read(HostTensor tensor) {
        return tensor.copy();
    }

    @Override
    public TensorVariable<HostTensor> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        return TensorVariable.of(info, HostTensor.filled(dtype, shape, initial), dtype, shape, () -> {});
    }

    @Override
    public TensorVariable<HostTensor> state(TensorVariable<HostTensor> reference, VariableInfo info, double initial) {
        return variable(info, reference.dtype(), reference.shape(), initial);
    }

    @Override
    public void write(TensorVariable<HostTensor> variable, HostTensor values) {
        variable.checkFits(values);
        HostTensor memory = variable.value();
        for (int i = 0; i < memory.length(); i++) {
            memory.set(i, values.get(i));
        }
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
        return updates.stream()
                .mapToDouble(update -> sumOfSquares(expression, update))
                .toArray();
    }

    /** Of one update. */
    double sumOfSquares(Expression expression, Update<HostTensor> update) {
        return PairwiseSum.ofSquares(arithmetic.apply(update).evaluate(expression));
    }

    @Override
    public void run(List<Update<HostTensor>> updates) {
        EagerOps.run(updates, arithmetic);
    }

    @Override
    public void close() {
        // Java's own memory: nothing to free.
    }
}
