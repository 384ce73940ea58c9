package io.gradstep.examples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.util.List;

/** Arrays of DJL, made of ours. */
final class DjlArrays {
    private DjlArrays() {}

    /** The data type of a model with these weights. */
    static DataType dataType(List<HostTensor> weights) {
        return weights.get(0).dtype() == DType.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    }

    /** The same numbers in the same shape. */
    static NDArray array(NDManager owner, HostTensor values) {
        Shape shape = new Shape(values.shape().lengths());
        return values.dtype() == DType.FLOAT64
                ? owner.create(values.doubles(), shape)
                : owner.create(values.floats(), shape);
    }
}
