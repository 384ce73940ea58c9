package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import java.util.function.IntToDoubleFunction;

/** Eager operations on {@link TestTensor}s, one element after the other. */
final class TestOps extends EagerOps<TestTensor> {
    TestOps(Update<TestTensor> update) {
        super(update);
    }

    private static TestTensor result(DType dtype, Shape shape, IntToDoubleFunction element) {
        HostTensor result = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < result.length(); i++) {
            result.set(i, element.applyAsDouble(i));
        }
        return TestTensor.inPlace(result);
    }

    @Override
    public TestTensor scalar(double value) {
        return result(dtype(), Shape.scalar(), i -> value);
    }

    @Override
    public TestTensor unary(Unary op, TestTensor x) {
        HostTensor values = x.values();
        return result(x.dtype(), x.shape(), i -> apply(op, x.dtype(), values.get(i)));
    }

    @Override
    public TestTensor binary(Binary op, TestTensor x, TestTensor y) {
        HostTensor first = x.values();
        HostTensor second = y.values();
        int strideOfFirst = x.shape().rank() == 0 ? 0 : 1;
        int strideOfSecond = y.shape().rank() == 0 ? 0 : 1;
        return result(
                x.dtype(),
                strideOfFirst == 0 ? y.shape() : x.shape(),
                i -> apply(op, x.dtype(), first.get(i * strideOfFirst), second.get(i * strideOfSecond)));
    }

    static double apply(Unary op, DType dtype, double x) {
        return dtype == DType.FLOAT32 ? (double) op.apply((float) x) : op.apply(x);
    }

    static double apply(Binary op, DType dtype, double x, double y) {
        return dtype == DType.FLOAT32 ? (double) op.apply((float) x, (float) y) : op.apply(x, y);
    }

    @Override
    protected TestTensor copy(TestTensor value) {
        return TestTensor.inPlace(value.values());
    }

    @Override
    protected void store(TensorVariable<TestTensor> variable, TestTensor value) {
        HostTensor values = value.values();
        int stride = value.shape().rank() == 0 ? 0 : 1;
        HostTensor filled = HostTensor.filled(variable.dtype(), variable.shape(), 0);
        for (int i = 0; i < filled.length(); i++) {
            filled.set(i, values.get(i * stride));
        }
        if (variable instanceof TiledState<TestTensor> tiled) {
            tiled.write(twin -> twin.value().set(filled));
        } else {
            variable.value().set(filled);
        }
    }
}
