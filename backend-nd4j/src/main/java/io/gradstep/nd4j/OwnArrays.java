package io.gradstep.nd4j;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Assign;
import org.nd4j.linalg.factory.Nd4j;

/** Makes, fills and reads arrays that belong to gradstep. Those who ask for one close it. */
final class OwnArrays {
    private OwnArrays() {}

    /**
     * A scope outside every workspace of this thread; all that stands here is to be called inside one. DL4J runs its
     * code inside workspaces: an array made there loses its memory when the workspace ends.
     */
    static MemoryWorkspace outsideWorkspaces() {
        return Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
    }

    /** An array of undefined values. Its order is only a matter of speed: elements are paired by logical index. */
    static INDArray uninitialized(DataType type, long[] shape, char order) {
        return Nd4j.createUninitialized(type, shape, order);
    }

    static INDArray scalar(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT32 -> Nd4j.scalar((float) value);
            case FLOAT64 -> Nd4j.scalar(value);
            case INT32 -> Nd4j.scalar((int) value);
        };
    }

    static INDArray filled(DType dtype, Shape shape, char order, double value) {
        INDArray array = uninitialized(type(dtype), shape.lengths(), order);
        try (INDArray number = scalar(dtype, value)) {
            write(number, array);
        }
        return array;
    }

    static INDArray copyOf(HostTensor values) {
        long[] shape = values.shape().lengths();
        long[] strides = Nd4j.getStrides(shape, 'c');
        DataType type = type(values.dtype());
        return switch (values.dtype()) {
            case FLOAT32 -> Nd4j.create(values.floats(), shape, strides, 'c', type);
            case FLOAT64 -> Nd4j.create(values.doubles(), shape, strides, 'c', type);
            case INT32 -> Nd4j.create(values.ints(), shape, strides, 'c', type);
        };
    }

    /**
     * Writes values into an array, element by logical index; a scalar fills it.
     *
     * <p>{@code memory.assign(values)} will not do: of a scalar {@link INDArray} it writes the first element only.
     */
    static void write(INDArray values, INDArray memory) {
        Nd4j.exec(new Assign(new INDArray[] {memory, values}, new INDArray[] {memory}));
    }

    static HostTensor read(INDArray array, DType dtype) {
        Shape shape = Shape.of(array.shape());
        if (array.isEmpty()) {
            return HostTensor.filled(dtype, shape, 0);
        }
        // The buffer of a view is that of its base, and may be in column-major order: only a copy is row-major.
        try (INDArray rowMajor = array.dup('c')) {
            return switch (dtype) {
                case FLOAT32 -> HostTensor.of(shape, rowMajor.data().asFloat());
                case FLOAT64 -> HostTensor.of(shape, rowMajor.data().asDouble());
                case INT32 -> HostTensor.of(shape, rowMajor.data().asInt());
            };
        }
    }

    private static DataType type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT32 -> DataType.INT32;
        };
    }
}
