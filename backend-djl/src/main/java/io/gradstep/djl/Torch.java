package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.nio.ByteBuffer;

/** What {@code NDArray} does not offer, or does otherwise: the one class that uses DJL's PyTorch engine directly. */
final class Torch {
    private static final int STRIDED = 0;

    private Torch() {}

    /** Whether autograd records what this thread does. */
    static boolean gradMode() {
        return JniUtils.isGradMode();
    }

    static void setGradMode(boolean recording) {
        JniUtils.setGradMode(recording);
    }

    /** Whether backward leaves a gradient with this very array: not so inside a graph, even if it requires one. */
    static boolean requiresGradient(NDArray array) {
        return JniUtils.requiresGrad((PtNDArray) array);
    }

    /**
     * A new handle on the gradient itself, attached to the manager of the array; null if there never was one.
     * {@code NDArray.getGradient()} would make zeros up, in float32.
     */
    static NDArray gradient(NDArray array) {
        return JniUtils.getGradient((PtNDArray) array);
    }

    /** {@link #gradient}, or a dense copy of a sparse one. */
    static NDArray denseGradient(NDArray array) {
        NDArray gradient = gradient(array);
        return gradient == null ? null : dense(gradient);
    }

    /** The array itself, or a dense copy of a sparse one. */
    static NDArray dense(NDArray array) {
        return array.isSparse() ? array.toDense() : array;
    }

    /** Sets the gradient, if there is one, to 0: NaN as well. */
    static void zeroGradient(NDArray array) {
        JniUtils.zeroGrad((PtNDArray) array);
    }

    /** Refuses arrays of other engines and those whose elements do not simply lie in memory. */
    static void checkIsPlain(NDArray array) {
        if (!(array instanceof PtNDArray torchArray)) {
            throw new IllegalArgumentException("This backend works on arrays of DJL's PyTorch engine. Received: "
                    + array.getClass().getName());
        }
        if (JniUtils.getLayout(torchArray) != STRIDED) {
            throw new IllegalArgumentException(
                    "Received a sparse array, or one in a layout of MKL-DNN. Make it dense first: toDense()");
        }
    }

    /**
     * Another handle on the same memory, attached to the manager given. {@code stopGradient()} would attach it to the
     * manager of the array.
     */
    static NDArray alias(NDArray array, NDManager manager) {
        return JniUtils.indexAdv((PtNDArray) array, everything(), (PtNDManager) manager);
    }

    /**
     * Has PyTorch believe that it wrote to an array: a graph that needs the former values then refuses to go back. A
     * write to a view without any element is a write to the array.
     *
     * @param manager gets what is made for it
     */
    static void touch(NDArray array, NDManager manager) {
        if (array.getShape().dimension() == 0) {
            write(array, alias(array, manager));
        } else {
            JniUtils.indexAdv((PtNDArray) array, new NDIndex().addSliceDim(0, 0), (PtNDManager) manager)
                    .negi();
        }
    }

    /**
     * The memory of an array on the host, in the native byte order; of an array that is not contiguous the memory of a
     * copy, which is left in the array's manager.
     */
    static ByteBuffer buffer(NDArray array) {
        return array.toByteBuffer(true);
    }

    /** {@code NDManager.full} takes a float. */
    static NDArray filled(NDManager manager, Device device, DType dtype, Shape shape, double value) {
        // PyTorch refuses to round a number to infinity.
        double rounded = dtype.round(value);
        return JniUtils.full(
                (PtNDManager) manager, torchShape(shape), rounded, type(dtype), device, SparseFormat.DENSE);
    }

    /**
     * Copies values to a new array on the manager's device. {@code NDManager.create} would leave them in a buffer of
     * Java's, which counts towards the limit of direct memory and is given back at some garbage collection, not when
     * the array is closed.
     */
    static NDArray tensor(NDManager manager, HostTensor values) {
        checkSize(values.shape(), values.dtype());
        NDArray onHost = JniUtils.createEmptyNdArray(
                (PtNDManager) manager,
                torchShape(values.shape()),
                type(values.dtype()),
                Device.cpu(),
                SparseFormat.DENSE);
        put(values, onHost.toByteBuffer(true));
        if (manager.getDevice().equals(onHost.getDevice())) {
            return onHost;
        }
        try (onHost) {
            return onHost.toDevice(manager.getDevice(), false);
        }
    }

    private static void put(HostTensor values, ByteBuffer memory) {
        switch (values.dtype()) {
            case FLOAT32 -> memory.asFloatBuffer().put(values.floats());
            case FLOAT64 -> memory.asDoubleBuffer().put(values.doubles());
            case INT32 -> memory.asIntBuffer().put(values.ints());
        }
    }

    /** The elements in row-major order. Leaves a contiguous copy behind in the array's manager if it is not. */
    static HostTensor read(NDArray array, DType dtype, Shape shape) {
        checkSize(shape, dtype);
        return switch (dtype) {
            case FLOAT32 -> HostTensor.of(shape, array.toFloatArray());
            case FLOAT64 -> HostTensor.of(shape, array.toDoubleArray());
            case INT32 -> HostTensor.of(shape, array.toIntArray());
        };
    }

    private static void checkSize(Shape shape, DType dtype) {
        long bytes = Math.multiplyExact(shape.elements(), type(dtype).getNumOfBytes());
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("DJL copies at most " + Integer.MAX_VALUE
                    + " bytes between Java and PyTorch. Received: " + dtype + " of shape " + shape + ", " + bytes
                    + " bytes. Split the array");
        }
    }

    /**
     * Writes into memory, element by element, a scalar into every place. It goes through PyTorch, so that a graph
     * which still needs the old values notices; {@code NDArray.set(float[])} would give the array other memory.
     */
    static void write(NDArray memory, NDArray value) {
        memory.set(everything(), value);
    }

    /** {@code NDArrays.where} does not broadcast. */
    static NDArray where(NDArray condition, NDArray x, NDArray y) {
        return JniUtils.where((PtNDArray) condition, (PtNDArray) x, (PtNDArray) y);
    }

    /** A new one each time: DJL's methods may change the index they are given. */
    private static NDIndex everything() {
        return new NDIndex().addEllipseDim();
    }

    static Shape shape(NDArray array) {
        return Shape.of(array.getShape().getShape());
    }

    private static ai.djl.ndarray.types.Shape torchShape(Shape shape) {
        return new ai.djl.ndarray.types.Shape(shape.lengths());
    }

    static DataType type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT32;
            case FLOAT64 -> DataType.FLOAT64;
            case INT32 -> DataType.INT32;
        };
    }
}
