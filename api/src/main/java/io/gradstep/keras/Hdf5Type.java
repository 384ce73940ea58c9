package io.gradstep.keras;

import java.nio.ByteOrder;

/**
 * A data type message of an HDF5 file.
 *
 * @param kind what of the elements is read here
 * @param size of one element, in bytes
 * @param number null if the elements are no numbers that are read here
 * @param name as NumPy has it, or what the elements are
 */
record Hdf5Type(Kind kind, int size, NumberType number, String name) {
    enum Kind {
        NUMBER,
        TEXT,
        TEXT_IN_HEAP,
        OPAQUE,
        OTHER
    }

    static final int CLASS_INTEGER = 0;
    static final int CLASS_FLOAT = 1;
    private static final int CLASS_STRING = 3;
    private static final int CLASS_OPAQUE = 5;
    private static final int CLASS_REFERENCE = 7;
    static final int CLASS_VARIABLE_LENGTH = 9;
    private static final int LAST_VERSION = 5;

    private static final int VARIABLE_LENGTH_TEXT = 1;

    static final int BIG_ENDIAN = 1;
    static final int SIGNED = 8;

    /** Says where sign, exponent and mantissa of a floating-point number are, and the exponent's bias. */
    record FloatLayout(int bytes, int sign, int exponentAt, int exponentBits, int mantissaBits, long bias) {
        static FloatLayout ieee(int bytes) {
            return switch (bytes) {
                case 2 -> new FloatLayout(2, 15, 10, 5, 10, 15);
                case 4 -> new FloatLayout(4, 31, 23, 8, 23, 127);
                default -> new FloatLayout(8, 63, 52, 11, 52, 1023);
            };
        }

        static final FloatLayout BFLOAT16 = new FloatLayout(2, 15, 7, 8, 7, 127);
    }

    static Hdf5Type read(Hdf5Cursor message) throws KerasFileException {
        int classAndVersion = message.u8();
        int version = classAndVersion >> 4;
        if (version < 1 || version > LAST_VERSION) {
            throw new KerasFileException("A data type has the version " + version + ". Known are 1 to " + LAST_VERSION);
        }
        int bits = message.u16() | message.u8() << 16;
        long size = message.u32();
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw new KerasFileException("A data type has elements of " + size + " bytes");
        }
        return of(classAndVersion & 15, bits, (int) size, message);
    }

    private static Hdf5Type of(int typeClass, int bits, int size, Hdf5Cursor properties) throws KerasFileException {
        return switch (typeClass) {
            case CLASS_INTEGER -> integer(bits, size, properties);
            case CLASS_FLOAT -> floating(bits, size, properties);
            case CLASS_STRING -> new Hdf5Type(Kind.TEXT, size, null, "text of " + size + " bytes");
            case CLASS_OPAQUE -> new Hdf5Type(Kind.OPAQUE, size, null, "opaque of " + size + " bytes");
            case CLASS_REFERENCE ->
                throw new KerasFileException("Its data are references to other objects, which are not followed here. "
                        + "Keras writes none");
            case CLASS_VARIABLE_LENGTH ->
                (bits & 15) == VARIABLE_LENGTH_TEXT
                        ? new Hdf5Type(Kind.TEXT_IN_HEAP, size, null, "text")
                        : other(size, "lists of variable length");
            default -> other(size, "of the HDF5 type class " + typeClass);
        };
    }

    private static Hdf5Type integer(int bits, int size, Hdf5Cursor properties) throws KerasFileException {
        boolean isWhole = properties.u16() == 0 && properties.u16() == 8 * size;
        boolean isOfKnownSize = Integer.bitCount(size) == 1 && size <= Long.BYTES;
        if (!isWhole || !isOfKnownSize) {
            return other(size, "an unusual integer of " + size + " bytes");
        }
        return ofNumber((bits & SIGNED) != 0 ? NumberType.Kind.SIGNED : NumberType.Kind.UNSIGNED, size, bits);
    }

    private static Hdf5Type floating(int bits, int size, Hdf5Cursor properties) throws KerasFileException {
        boolean isWhole = properties.u16() == 0 && properties.u16() == 8 * size;
        int exponentAt = properties.u8();
        int exponentBits = properties.u8();
        boolean isMantissaLast = properties.u8() == 0;
        int mantissaBits = properties.u8();
        FloatLayout layout =
                new FloatLayout(size, bits >> 8 & 255, exponentAt, exponentBits, mantissaBits, properties.u32());
        boolean hasImpliedBit = (bits >> 4 & 3) == 2;
        boolean isVax = (bits & 64) != 0;
        if (isWhole && isMantissaLast && hasImpliedBit && !isVax) {
            if (layout.equals(FloatLayout.BFLOAT16)) {
                return bfloat16();
            }
            if (layout.equals(FloatLayout.ieee(size))) {
                return ofNumber(NumberType.Kind.FLOAT, size, bits);
            }
        }
        return other(size, "an unusual floating-point number of " + size + " bytes");
    }

    private static Hdf5Type ofNumber(NumberType.Kind kind, int size, int bits) {
        boolean isBigEndian = (bits & BIG_ENDIAN) != 0 && size > 1;
        NumberType number = new NumberType(kind, size, isBigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return new Hdf5Type(Kind.NUMBER, size, number, number.toString());
    }

    /** Keras keeps them as opaque data and says in an attribute what they are. */
    static Hdf5Type bfloat16() {
        return other(2, "bfloat16");
    }

    private static Hdf5Type other(int size, String name) {
        return new Hdf5Type(Kind.OTHER, size, null, name);
    }
}
