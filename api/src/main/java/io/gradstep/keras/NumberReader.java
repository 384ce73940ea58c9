package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the numbers of a data set through a buffer. */
final class NumberReader {
    private final NumberType type;
    private final ByteBuffer buffer;

    private NumberReader(NumberType type, ByteBuffer buffer) {
        this.type = type;
        this.buffer = buffer.order(type.order());
    }

    /** A new tensor. */
    static HostTensor read(FileStretch stretch, long position, NumberType type, Shape shape, DirectBuffer buffer)
            throws IOException {
        HostTensor tensor = allocate(type, shape);
        NumberReader reader = new NumberReader(type, buffer.roomFor((long) tensor.length() * type.bytes()));
        long next = position;
        for (int done = 0; done < tensor.length(); ) {
            int count = Math.min(reader.buffer.capacity() / type.bytes(), tensor.length() - done);
            reader.buffer.clear().limit(count * type.bytes());
            stretch.readFully(reader.buffer, next);
            reader.buffer.flip();
            reader.decode(tensor, done, count);
            next += reader.buffer.limit();
            done += count;
        }
        return tensor;
    }

    private static HostTensor allocate(NumberType type, Shape shape) throws KerasFileException {
        if (shape.elements() > Integer.MAX_VALUE - 8) {
            throw new KerasFileException(
                    "Its shape " + shape + " has " + shape.elements() + " elements, more than a Java array can have");
        }
        int length = (int) shape.elements();
        return switch (type.dtype()) {
            case FLOAT32 -> HostTensor.of(shape, new float[length]);
            case FLOAT64 -> HostTensor.of(shape, new double[length]);
            case INT32 -> HostTensor.of(shape, new int[length]);
        };
    }

    private void decode(HostTensor tensor, int from, int count) throws KerasFileException {
        switch (type.kind()) {
            case FLOAT -> decodeFloats(tensor, from, count);
            case SIGNED, UNSIGNED -> decodeIntegers(tensor.ints(), from, count);
        }
    }

    private void decodeFloats(HostTensor tensor, int from, int count) {
        switch (type.bytes()) {
            case Float.BYTES -> buffer.asFloatBuffer().get(tensor.floats(), from, count);
            case Double.BYTES -> buffer.asDoubleBuffer().get(tensor.doubles(), from, count);
            default -> {
                for (int i = 0; i < count; i++) {
                    tensor.floats()[from + i] = Float16.toFloat(buffer.getShort());
                }
            }
        }
    }

    private void decodeIntegers(int[] values, int from, int count) throws KerasFileException {
        for (int i = 0; i < count; i++) {
            long value = integer();
            if (value != (int) value) {
                throw new KerasFileException("Its element " + (from + i) + " is " + text(value)
                        + ", which is no int32: integers are read as int32 here");
            }
            values[from + i] = (int) value;
        }
    }

    private long integer() {
        boolean isSigned = type.kind() == NumberType.Kind.SIGNED;
        return switch (type.bytes()) {
            case 1 -> isSigned ? buffer.get() : buffer.get() & 0xff;
            case 2 -> isSigned ? buffer.getShort() : buffer.getShort() & 0xffff;
            case 4 -> isSigned ? buffer.getInt() : buffer.getInt() & 0xffffffffL;
            // Unsigned ones above 2⁶³ − 1 are negative here, and above every int.
            default -> {
                long value = buffer.getLong();
                yield !isSigned && value < 0 ? Long.MAX_VALUE : value;
            }
        };
    }

    private String text(long value) {
        return type.kind() == NumberType.Kind.UNSIGNED && value == Long.MAX_VALUE ? "above 2⁶³ − 2" : "" + value;
    }
}
