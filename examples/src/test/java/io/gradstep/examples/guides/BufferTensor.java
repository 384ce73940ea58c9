package io.gradstep.examples.guides;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

// guide: your-own-backend/tensor
/** A tensor of the library that has no backend yet: numbers in memory outside of Java's heap, row-major. */
final class BufferTensor {
    private final Shape shape;
    private final DType dtype;
    private final ByteBuffer bytes;

    BufferTensor(Shape shape, DType dtype) {
        this.shape = shape;
        this.dtype = dtype;
        this.bytes = ByteBuffer.allocateDirect(Math.toIntExact(shape.elements() * width(dtype)))
                .order(ByteOrder.nativeOrder());
    }

    private static int width(DType dtype) {
        return dtype == DType.FLOAT64 ? Double.BYTES : Float.BYTES;
    }

    Shape shape() {
        return shape;
    }

    DType dtype() {
        return dtype;
    }

    int length() {
        return bytes.capacity() / width(dtype);
    }

    double get(int index) {
        return switch (dtype) {
            case FLOAT32 -> bytes.getFloat(Float.BYTES * index);
            case FLOAT64 -> bytes.getDouble(Double.BYTES * index);
            case INT32 -> bytes.getInt(Integer.BYTES * index);
        };
    }

    void set(int index, double value) {
        switch (dtype) {
            case FLOAT32 -> bytes.putFloat(Float.BYTES * index, (float) value);
            case FLOAT64 -> bytes.putDouble(Double.BYTES * index, value);
            case INT32 -> bytes.putInt(Integer.BYTES * index, (int) value);
        }
    }
    // end

    static BufferTensor of(HostTensor values) {
        BufferTensor tensor = new BufferTensor(values.shape(), values.dtype());
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, values.get(i));
        }
        return tensor;
    }

    HostTensor toHost() {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, get(i));
        }
        return values;
    }
}
