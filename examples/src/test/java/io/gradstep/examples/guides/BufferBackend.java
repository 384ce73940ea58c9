package io.gradstep.examples.guides;

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

// guide: your-own-backend/backend
final class BufferBackend implements Backend<BufferTensor> {
    @Override
    public String id() {
        return "buffer";
    }

    @Override
    public Class<BufferTensor> tensorType() {
        return BufferTensor.class;
    }

    @Override
    public DType dtype(BufferTensor tensor) {
        return tensor.dtype();
    }

    @Override
    public Shape shape(BufferTensor tensor) {
        return tensor.shape();
    }

    @Override
    public BufferTensor tensor(HostTensor values) {
        return BufferTensor.of(values);
    }

    @Override
    public HostTensor read(BufferTensor tensor) {
        return tensor.toHost();
    }

    @Override
    public TensorVariable<BufferTensor> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        BufferTensor memory = BufferTensor.of(HostTensor.filled(dtype, shape, initial));
        return TensorVariable.of(info, memory, dtype, shape, () -> {});
    }

    @Override
    public TensorVariable<BufferTensor> state(
            TensorVariable<BufferTensor> reference, VariableInfo info, double initial) {
        return variable(info, reference.dtype(), reference.shape(), initial);
    }

    @Override
    public void write(TensorVariable<BufferTensor> variable, HostTensor values) {
        variable.checkFits(values);
        BufferTensor memory = variable.value();
        for (int i = 0; i < memory.length(); i++) {
            memory.set(i, values.get(i));
        }
    }

    /** In NumPy's order of addition, on which the last bits of a norm depend. */
    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<BufferTensor>> updates) {
        return updates.stream()
                .map(update -> new BufferOps(update).evaluate(expression))
                .mapToDouble(value -> PairwiseSum.ofSquares(value.toHost()))
                .toArray();
    }

    @Override
    public void run(List<Update<BufferTensor>> updates) {
        EagerOps.run(updates, BufferOps::new);
    }

    @Override
    public void close() {
        // The memory of buffers goes with them.
    }
}
// end
