package io.gradstep.fused;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;

/** A tensor of a library that exists for tests: its elements may lie anywhere, in any order. */
final class TestTensor {
    private final DType dtype;
    private final Shape shape;
    /** Null for row-major order. */
    private final int[] strides;
    /** A Java array to be worked on in place; or null. */
    private final Object array;

    /** Null if it cannot be reached. */
    private final HostMemory memory;
    /** The values of a tensor that cannot be reached; else null. */
    private final HostTensor hidden;

    private TestTensor(HostTensor values, int[] strides, Object array, HostMemory memory) {
        this.dtype = values.dtype();
        this.shape = values.shape();
        this.strides = strides;
        this.array = array;
        this.memory = memory;
        this.hidden = memory == null ? values.copy() : null;
        if (hidden == null) {
            set(values);
        }
    }

    // ---- making one; the values are copied

    static TestTensor inPlace(HostTensor values) {
        Object array = newArray(values.dtype(), values.length());
        return new TestTensor(values, null, array, HostMemory.ofArray(array));
    }

    /** An array that is reached by {@link HostTensors#memory} only. */
    static TestTensor inArray(HostTensor values) {
        return inArray(values, null);
    }

    static TestTensor inArray(HostTensor values, int[] strides) {
        return new TestTensor(values, strides, null, HostMemory.ofArray(newArray(values.dtype(), values.length())));
    }

    static TestTensor inBuffer(HostTensor values) {
        return inBuffer(values, null);
    }

    static TestTensor inBuffer(HostTensor values, int[] strides) {
        return inSlab(new Slab(Double.BYTES * values.length()), 0, values, strides);
    }

    static TestTensor inSlab(Slab slab, int offset, HostTensor values) {
        return inSlab(slab, offset, values, null);
    }

    private static TestTensor inSlab(Slab slab, int offset, HostTensor values, int[] strides) {
        HostMemory memory = values.dtype() == DType.FLOAT32
                ? HostMemory.of(slab.floats(offset, values.length()), Slab.address(offset))
                : HostMemory.of(slab.doubles(offset, values.length()), Slab.address(offset));
        return new TestTensor(values, strides, null, memory);
    }

    static TestTensor elsewhere(HostTensor values) {
        return new TestTensor(values, null, null, null);
    }

    private static Object newArray(DType dtype, int length) {
        return dtype == DType.FLOAT32 ? new float[length] : new double[length];
    }

    // ---- what it is

    DType dtype() {
        return dtype;
    }

    Shape shape() {
        return shape;
    }

    int[] strides() {
        return strides;
    }

    Object array() {
        return array;
    }

    HostMemory memory() {
        return memory;
    }

    TensorVariable<TestTensor> as(String path) {
        return TensorVariable.of(VariableInfo.of(path), this, dtype, shape, () -> {});
    }

    // ---- its values, row-major

    HostTensor values() {
        if (hidden != null) {
            return hidden.copy();
        }
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        Object elements = elements(values);
        if (strides == null) {
            memory.get(0, elements, values.length());
        } else {
            memory.gather(positions(), elements, values.length());
        }
        return values;
    }

    void set(HostTensor values) {
        if (hidden != null) {
            copy(values, hidden);
        } else if (strides == null) {
            memory.put(0, elements(values), values.length());
        } else {
            HostTensor inOrder = HostTensor.filled(dtype, shape, 0);
            int[] positions = positions();
            for (int i = 0; i < positions.length; i++) {
                inOrder.set(positions[i], values.get(i));
            }
            memory.put(0, elements(inOrder), positions.length);
        }
    }

    private static void copy(HostTensor from, HostTensor to) {
        for (int i = 0; i < to.length(); i++) {
            to.set(i, from.get(i));
        }
    }

    private static Object elements(HostTensor values) {
        return values.dtype() == DType.FLOAT32 ? values.floats() : values.doubles();
    }

    private int[] positions() {
        int[] positions = new int[(int) shape.elements()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = position(i);
        }
        return positions;
    }

    private int position(int index) {
        int position = 0;
        int rest = index;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            position += rest % (int) shape.length(axis) * strides[axis];
            rest /= (int) shape.length(axis);
        }
        return position;
    }

    /** The strides of column-major order. */
    static int[] columnMajor(Shape shape) {
        int[] strides = new int[shape.rank()];
        int stride = 1;
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = stride;
            stride *= (int) shape.length(axis);
        }
        return strides;
    }
}
