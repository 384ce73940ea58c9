package io.gradstep.reference;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;

/** The operations as loops over the elements. */
class ReferenceOps extends EagerOps<HostTensor> {
    ReferenceOps(Update<HostTensor> update) {
        super(update);
    }

    @Override
    public HostTensor scalar(double value) {
        return HostTensor.filled(dtype(), Shape.scalar(), value);
    }

    @Override
    public HostTensor unary(Unary op, HostTensor x) {
        HostTensor result = HostTensor.filled(x.dtype(), x.shape(), 0);
        for (int i = 0; i < result.length(); i++) {
            if (x.dtype() == DType.FLOAT32) {
                result.floats()[i] = op.apply(x.floats()[i]);
            } else {
                result.doubles()[i] = op.apply(x.doubles()[i]);
            }
        }
        return result;
    }

    @Override
    public HostTensor binary(Binary op, HostTensor x, HostTensor y) {
        HostTensor result = HostTensor.filled(x.dtype(), commonShape(x.shape(), y.shape()), 0);
        int strideOfX = x.shape().rank() == 0 ? 0 : 1;
        int strideOfY = y.shape().rank() == 0 ? 0 : 1;
        for (int i = 0; i < result.length(); i++) {
            int ofX = i * strideOfX;
            int ofY = i * strideOfY;
            if (x.dtype() == DType.FLOAT32) {
                result.floats()[i] = op.apply(x.floats()[ofX], y.floats()[ofY]);
            } else {
                result.doubles()[i] = op.apply(x.doubles()[ofX], y.doubles()[ofY]);
            }
        }
        return result;
    }

    /** Only scalars broadcast. A tensor of one element is no scalar. */
    private static Shape commonShape(Shape x, Shape y) {
        if (x.rank() == 0) {
            return y;
        }
        if (y.rank() == 0 || x.equals(y)) {
            return x;
        }
        throw new IllegalArgumentException(
                "Both operands must have one shape, or one of them be a scalar. Received: " + x + " and " + y);
    }

    @Override
    protected HostTensor copy(HostTensor value) {
        return value.copy();
    }

    @Override
    protected void store(TensorVariable<HostTensor> variable, HostTensor value) {
        HostTensor memory = variable.value();
        int stride = value.shape().rank() == 0 ? 0 : 1;
        for (int i = 0; i < memory.length(); i++) {
            memory.set(i, value.get(i * stride));
        }
    }
}
