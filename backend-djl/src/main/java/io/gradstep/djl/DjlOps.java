package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.gradstep.fused.TiledState;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;

/** The operations as calls of PyTorch, mended where its bits are not those of {@link Unary} and {@link Binary}. */
final class DjlOps extends EagerOps<NDArray> {
    private final Temporaries temporaries;
    private final Device device;

    DjlOps(Update<NDArray> update, Temporaries temporaries) {
        super(update);
        this.temporaries = temporaries;
        this.device = update.variable().value().getDevice();
    }

    /** On the variable's device: on a GPU, PyTorch divides by a scalar of the host by multiplying with its inverse. */
    @Override
    public NDArray scalar(double value) {
        return temporaries.scalar(value, dtype(), device);
    }

    @Override
    public NDArray unary(Unary op, NDArray operand) {
        NDArray x = temporaries.borrow(operand);
        return switch (op) {
            case NEGATE -> x.neg();
            case ABS -> x.abs();
            case SIGN -> signOrNan(x);
            case SQRT -> dtype() == DType.FLOAT32 ? squareRootOfFloats(x) : squareRootOfDoubles(x);
        };
    }

    /** PyTorch's sign of NaN is 0. Only NaN is not equal to itself. */
    private static NDArray signOrNan(NDArray x) {
        return Torch.where(x.eq(x), x.sign(), x);
    }

    /**
     * PyTorch's roots on a CPU are up to 1 ULP off. In float64 that is too little to show once rounded to float32: no
     * root of a float is nearer than 4 ULP of float64 to the middle between two floats.
     */
    private static NDArray squareRootOfFloats(NDArray x) {
        return x.toType(DataType.FLOAT64, false).sqrt().toType(DataType.FLOAT32, false);
    }

    /** PyTorch has no wider type to go through; Java's root is correctly rounded. */
    private NDArray squareRootOfDoubles(NDArray x) {
        HostTensor values = Torch.read(x, DType.FLOAT64, Torch.shape(x));
        double[] elements = values.doubles();
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Unary.SQRT.apply(elements[i]);
        }
        return temporaries.tensor(values, device);
    }

    @Override
    public NDArray binary(Binary op, NDArray first, NDArray second) {
        NDArray x = temporaries.borrow(first);
        NDArray y = temporaries.borrow(second);
        return switch (op) {
            case ADD -> x.add(y);
            case SUBTRACT -> x.sub(y);
            case MULTIPLY -> x.mul(y);
            case DIVIDE -> x.div(y);
            case MINIMUM -> secondIfEqual(x, y, x.minimum(y));
            case MAXIMUM -> secondIfEqual(x, y, x.maximum(y));
        };
    }

    /** Of two zeros PyTorch takes either, depending on where they stand in the array. */
    private static NDArray secondIfEqual(NDArray x, NDArray y, NDArray otherwise) {
        return Torch.where(x.eq(y), y, otherwise);
    }

    @Override
    protected NDArray copy(NDArray value) {
        return temporaries.borrow(value).duplicate();
    }

    @Override
    protected void store(TensorVariable<NDArray> variable, NDArray value) {
        if (variable instanceof TiledState<NDArray> tiled) {
            tiled.write(twin -> Torch.write(twin.value(), value));
        } else {
            Torch.write(variable.value(), value);
        }
    }
}
