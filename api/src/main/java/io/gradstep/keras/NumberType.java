package io.gradstep.keras;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.nio.ByteOrder;

/**
 * Numbers as an HDF5 file stores them: IEEE 754 of 2, 4 or 8 bytes, or integers of 1, 2, 4 or 8.
 *
 * @param bytes of one number
 */
record NumberType(Kind kind, int bytes, ByteOrder order) {
    enum Kind {
        FLOAT('f'),
        SIGNED('i'),
        UNSIGNED('u');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static NumberType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> new NumberType(Kind.FLOAT, Float.BYTES, ByteOrder.LITTLE_ENDIAN);
            case FLOAT64 -> new NumberType(Kind.FLOAT, Double.BYTES, ByteOrder.LITTLE_ENDIAN);
            case INT32 -> new NumberType(Kind.SIGNED, Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
        };
    }

    /** The dtype that they are read as; not all integers fit. */
    DType dtype() {
        if (kind != Kind.FLOAT) {
            return DType.INT32;
        }
        return bytes == Double.BYTES ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** Whether any tensor of this dtype can be stored: floats are rounded once. */
    boolean takes(DType dtype) {
        return dtype.isFloating() == (kind == Kind.FLOAT);
    }

    /** The first number that cannot be stored, -1 if there is none. */
    int firstThatDoesNotFit(HostTensor tensor) {
        if (kind == Kind.FLOAT || (kind == Kind.SIGNED && bytes >= Integer.BYTES)) {
            return -1;
        }
        int[] values = tensor.ints();
        for (int i = 0; i < values.length; i++) {
            if (!fits(values[i])) {
                return i;
            }
        }
        return -1;
    }

    private boolean fits(long value) {
        int bits = 8 * bytes;
        if (kind == Kind.UNSIGNED) {
            return value >= 0 && (bytes >= Integer.BYTES || value < 1L << bits);
        }
        return value >= -1L << (bits - 1) && value < 1L << (bits - 1);
    }

    /** As NumPy writes it: {@code <f4}. */
    @Override
    public String toString() {
        char begin = order == ByteOrder.LITTLE_ENDIAN ? '<' : '>';
        return (bytes == 1 ? '|' : begin) + String.valueOf(kind.letter) + bytes;
    }
}
