package io.gradstep.examples.guides;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;

// guide: your-own-backend/ops
/** The arithmetic: five methods. What a rule's assignments mean stands in {@link EagerOps}. */
final class BufferOps extends EagerOps<BufferTensor> {
    BufferOps(Update<BufferTensor> update) {
        super(update);
    }

    @Override
    public BufferTensor scalar(double value) {
        BufferTensor scalar = new BufferTensor(Shape.scalar(), dtype());
        scalar.set(0, value);
        return scalar;
    }

    @Override
    public BufferTensor unary(Unary op, BufferTensor x) {
        BufferTensor result = new BufferTensor(x.shape(), dtype());
        for (int i = 0; i < result.length(); i++) {
            result.set(i, dtype() == DType.FLOAT32 ? op.apply((float) x.get(i)) : op.apply(x.get(i)));
        }
        return result;
    }

    /** Only scalars broadcast. */
    @Override
    public BufferTensor binary(Binary op, BufferTensor x, BufferTensor y) {
        int stepOfX = x.shape().rank() == 0 ? 0 : 1;
        int stepOfY = y.shape().rank() == 0 ? 0 : 1;
        BufferTensor result = new BufferTensor(stepOfX == 0 ? y.shape() : x.shape(), dtype());
        for (int i = 0; i < result.length(); i++) {
            double a = x.get(i * stepOfX);
            double b = y.get(i * stepOfY);
            // Rounded once to the dtype: in double, then to float, would be twice.
            result.set(i, dtype() == DType.FLOAT32 ? op.apply((float) a, (float) b) : op.apply(a, b));
        }
        return result;
    }

    @Override
    protected BufferTensor copy(BufferTensor value) {
        return BufferTensor.of(value.toHost());
    }

    @Override
    protected void store(TensorVariable<BufferTensor> variable, BufferTensor value) {
        BufferTensor memory = variable.value();
        int step = value.shape().rank() == 0 ? 0 : 1;
        for (int i = 0; i < memory.length(); i++) {
            memory.set(i, value.get(i * step));
        }
    }
}
// end
