package io.gradstep.ops;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The lengths of a tensor's axes; a scalar has none. Immutable, equal by value. */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] lengths;

    private Shape(long[] lengths) {
        this.lengths = lengths;
    }

    /**
     * A shape.
     *
     * @param lengths the length of each axis, 0 or more; none for a scalar; copied
     * @return the shape
     * @throws IllegalArgumentException if a length is negative
     */
    public static Shape of(long... lengths) {
        for (long length : lengths) {
            if (length < 0) {
                throw new IllegalArgumentException(
                        "The lengths of a shape must be 0 or more. Received: " + Arrays.toString(lengths));
            }
        }
        return lengths.length == 0 ? SCALAR : new Shape(lengths.clone());
    }

    /**
     * The shape of a scalar.
     *
     * @return the shape without axes
     */
    public static Shape scalar() {
        return SCALAR;
    }

    /**
     * How many axes there are.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return lengths.length;
    }

    /**
     * The length of one axis.
     *
     * @param axis from 0 to {@code rank() - 1}
     * @return its length
     */
    public long length(int axis) {
        return lengths[axis];
    }

    /**
     * The lengths of all axes.
     *
     * @return a new array
     */
    public long[] lengths() {
        return lengths.clone();
    }

    /**
     * How many elements a tensor of this shape has.
     *
     * @return the product of the lengths: 1 for a scalar, 0 if any axis has length 0
     * @throws ArithmeticException if there are more than a long can count
     */
    public long elements() {
        if (Arrays.stream(lengths).anyMatch(length -> length == 0)) {
            return 0;
        }
        long elements = 1;
        for (long length : lengths) {
            elements = Math.multiplyExact(elements, length);
        }
        return elements;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(lengths, shape.lengths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lengths);
    }

    /** The shape as in Keras: {@code ()}, {@code (3,)}, {@code (2, 3)}. */
    @Override
    public String toString() {
        String inner = Arrays.stream(lengths).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return lengths.length == 1 ? "(" + inner + ",)" : "(" + inner + ")";
    }
}
