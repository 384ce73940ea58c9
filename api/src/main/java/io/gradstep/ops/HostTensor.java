package io.gradstep.ops;

import java.util.Arrays;

/**
 * A tensor as a plain Java array, row-major: how values enter and leave a backend, and the tensor of the reference
 * backend itself.
 *
 * <p>It does not copy: {@link #of(Shape, float[])} keeps the array it is given, {@link #floats()} returns it.
 * Mutable, and not safe for use by several threads while one of them writes.
 */
public final class HostTensor {
    private final Shape shape;
    private final DType dtype;
    private final Object values;
    private final int length;

    private HostTensor(Shape shape, DType dtype, Object values, int length) {
        if (shape.elements() != length) {
            throw new IllegalArgumentException("A tensor of shape " + shape + " has " + shape.elements()
                    + " elements. Received an array of length " + length);
        }
        this.shape = shape;
        this.dtype = dtype;
        this.values = values;
        this.length = length;
    }

    /**
     * A float32 tensor.
     *
     * @param shape its shape
     * @param values its elements, row-major; kept, not copied
     * @return the tensor
     * @throws IllegalArgumentException if the array's length is not the shape's number of elements
     */
    public static HostTensor of(Shape shape, float... values) {
        return new HostTensor(shape, DType.FLOAT32, values, values.length);
    }

    /**
     * A float64 tensor.
     *
     * @param shape its shape
     * @param values its elements, row-major; kept, not copied
     * @return the tensor
     * @throws IllegalArgumentException if the array's length is not the shape's number of elements
     */
    public static HostTensor of(Shape shape, double... values) {
        return new HostTensor(shape, DType.FLOAT64, values, values.length);
    }

    /**
     * An int32 tensor.
     *
     * @param shape its shape
     * @param values its elements, row-major; kept, not copied
     * @return the tensor
     * @throws IllegalArgumentException if the array's length is not the shape's number of elements
     */
    public static HostTensor of(Shape shape, int... values) {
        return new HostTensor(shape, DType.INT32, values, values.length);
    }

    /**
     * A new tensor with one number in every place.
     *
     * @param dtype its dtype
     * @param shape its shape
     * @param value the number; rounded once to the dtype
     * @return the tensor
     * @throws IllegalArgumentException if the shape has more elements than a Java array can have
     */
    public static HostTensor filled(DType dtype, Shape shape, double value) {
        HostTensor tensor = allocate(dtype, shape);
        switch (dtype) {
            case FLOAT32 -> Arrays.fill(tensor.floats(), (float) value);
            case FLOAT64 -> Arrays.fill(tensor.doubles(), value);
            case INT32 -> Arrays.fill(tensor.ints(), (int) value);
        }
        return tensor;
    }

    private static HostTensor allocate(DType dtype, Shape shape) {
        if (!fitsInAnArray(shape)) {
            throw new IllegalArgumentException("A host tensor has at most " + Integer.MAX_VALUE
                    + " elements, as a Java array has. Received the shape " + shape + ". Split it");
        }
        int length = (int) shape.elements();
        return switch (dtype) {
            case FLOAT32 -> of(shape, new float[length]);
            case FLOAT64 -> of(shape, new double[length]);
            case INT32 -> of(shape, new int[length]);
        };
    }

    private static boolean fitsInAnArray(Shape shape) {
        try {
            return shape.elements() <= Integer.MAX_VALUE;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /**
     * The shape.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * The element type.
     *
     * @return the dtype
     */
    public DType dtype() {
        return dtype;
    }

    /**
     * How many elements there are.
     *
     * @return 1 for a scalar
     */
    public int length() {
        return length;
    }

    /**
     * The elements of a float32 tensor, row-major.
     *
     * @return the array itself: writing to it writes to the tensor
     * @throws IllegalStateException if the dtype is another
     */
    public float[] floats() {
        return elements(DType.FLOAT32, float[].class);
    }

    /**
     * The elements of a float64 tensor, row-major.
     *
     * @return the array itself: writing to it writes to the tensor
     * @throws IllegalStateException if the dtype is another
     */
    public double[] doubles() {
        return elements(DType.FLOAT64, double[].class);
    }

    /**
     * The elements of an int32 tensor, row-major.
     *
     * @return the array itself: writing to it writes to the tensor
     * @throws IllegalStateException if the dtype is another
     */
    public int[] ints() {
        return elements(DType.INT32, int[].class);
    }

    private <A> A elements(DType wanted, Class<A> type) {
        if (dtype != wanted) {
            throw new IllegalStateException("This tensor is " + dtype + ", not " + wanted + ". Use cast(" + wanted
                    + ") first, or read it with get(index)");
        }
        return type.cast(values);
    }

    /**
     * One element, widened to double.
     *
     * @param index its row-major index
     * @return its value
     */
    public double get(int index) {
        return switch (dtype) {
            case FLOAT32 -> floats()[index];
            case FLOAT64 -> doubles()[index];
            case INT32 -> ints()[index];
        };
    }

    /**
     * Sets one element.
     *
     * @param index its row-major index
     * @param value its new value; rounded once to the dtype
     */
    public void set(int index, double value) {
        switch (dtype) {
            case FLOAT32 -> floats()[index] = (float) value;
            case FLOAT64 -> doubles()[index] = value;
            case INT32 -> ints()[index] = (int) value;
        }
    }

    /**
     * Whether every element is a finite number.
     *
     * @return false if there is a NaN or an infinity
     */
    public boolean isFinite() {
        for (int i = 0; i < length(); i++) {
            if (!Double.isFinite(get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * A copy of this tensor.
     *
     * @return a new tensor with an array of its own
     */
    public HostTensor copy() {
        return switch (dtype) {
            case FLOAT32 -> of(shape, floats().clone());
            case FLOAT64 -> of(shape, doubles().clone());
            case INT32 -> of(shape, ints().clone());
        };
    }

    /**
     * This tensor in another dtype; each element is rounded once, integers are cut towards zero.
     *
     * @param target the dtype
     * @return this tensor if it has the dtype, else a new one
     */
    public HostTensor cast(DType target) {
        if (target == dtype) {
            return this;
        }
        HostTensor result = allocate(target, shape);
        for (int i = 0; i < length(); i++) {
            result.set(i, get(i));
        }
        return result;
    }

    private String text(int index) {
        return switch (dtype) {
            case FLOAT32 -> Float.toString(floats()[index]);
            case FLOAT64 -> Double.toString(doubles()[index]);
            case INT32 -> Integer.toString(ints()[index]);
        };
    }

    /** Shape, dtype and, of a long tensor, the first elements. */
    @Override
    public String toString() {
        int shown = Math.min(length(), 8);
        StringBuilder text = new StringBuilder(dtype + " " + shape + " [");
        for (int i = 0; i < shown; i++) {
            text.append(i == 0 ? "" : ", ").append(text(i));
        }
        return text.append(shown < length() ? ", …]" : "]").toString();
    }
}
