package io.gradstep.keras;

import io.gradstep.ops.DType;
import io.gradstep.ops.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes an object header of version 2, message by message. */
final class Hdf5HeaderWriter {
    private static final int FOUR_BYTES_OF_LENGTH = 2;
    private static final int PREFIX_BYTES = 4 + 1 + 1 + 4;
    private static final int LONGEST_MESSAGE = 2048;
    private static final int UTF8 = 1;
    private static final int WITH_CHARACTER_SET = 16;
    private static final int TWO_BYTES_OF_LENGTH = 1;

    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

    private void add(int type, ByteBuffer body) {
        byte[] bytes = new byte[body.flip().remaining()];
        body.get(bytes);
        messages.write(type);
        messages.write(bytes.length & 0xff);
        messages.write(bytes.length >> 8);
        messages.write(0);
        messages.writeBytes(bytes);
    }

    static ByteBuffer littleEndian(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All that says that this is a group, its links being messages too. */
    void group() {
        ByteBuffer info = littleEndian(18);
        info.put((byte) 0).put((byte) 0).putLong(Hdf5Cursor.UNDEFINED).putLong(Hdf5Cursor.UNDEFINED);
        add(Hdf5Header.LINK_INFO, info);
        add(Hdf5Header.GROUP_INFO, littleEndian(2).putShort((short) 0));
    }

    void link(String name, long address) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer link = littleEndian(LONGEST_MESSAGE);
        link.put((byte) 1)
                .put((byte) (WITH_CHARACTER_SET | TWO_BYTES_OF_LENGTH))
                .put((byte) UTF8);
        link.putShort((short) utf8.length).put(utf8).putLong(address);
        add(Hdf5Header.LINK, link);
    }

    void dataSet(Shape shape, DType dtype, long address, long size) {
        add(Hdf5Header.DATA_SPACE, space(shape));
        add(Hdf5Header.DATA_TYPE, type(dtype));
        // Space allocated late, written if set: none is set.
        add(Hdf5Header.FILL_VALUE, littleEndian(2).put((byte) 3).put((byte) 10));
        ByteBuffer layout = littleEndian(18);
        layout.put((byte) 3).put((byte) 1).putLong(address).putLong(size);
        add(Hdf5Header.LAYOUT, layout);
    }

    private static ByteBuffer space(Shape shape) {
        ByteBuffer space = littleEndian(4 + Long.BYTES * shape.rank());
        space.put((byte) 2).put((byte) shape.rank()).put((byte) 0).put((byte) (shape.rank() == 0 ? 0 : 1));
        for (long length : shape.lengths()) {
            space.putLong(length);
        }
        return space;
    }

    private static ByteBuffer type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> floating(Hdf5Type.FloatLayout.ieee(Float.BYTES));
            case FLOAT64 -> floating(Hdf5Type.FloatLayout.ieee(Double.BYTES));
            case INT32 -> integer();
        };
    }

    private static ByteBuffer floating(Hdf5Type.FloatLayout layout) {
        ByteBuffer type = typeOf(Hdf5Type.CLASS_FLOAT, 2 << 4 | layout.sign() << 8, layout.bytes());
        type.put((byte) layout.exponentAt()).put((byte) layout.exponentBits());
        type.put((byte) 0).put((byte) layout.mantissaBits());
        return type.putInt((int) layout.bias());
    }

    private static ByteBuffer integer() {
        return typeOf(Hdf5Type.CLASS_INTEGER, Hdf5Type.SIGNED, Integer.BYTES);
    }

    /** Of version 1; all bits of a number are used, from the first on. */
    private static ByteBuffer typeOf(int typeClass, int bits, int bytes) {
        ByteBuffer type = littleEndian(20);
        type.put((byte) (1 << 4 | typeClass)).put((byte) bits).putShort((short) (bits >> 8));
        return type.putInt(bytes).putShort((short) 0).putShort((short) (8 * bytes));
    }

    /** An attribute that is text, kept in a global heap as Keras keeps it: h5py gives it as a string then. */
    void text(String name, Hdf5Texts.Reference text) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer type = textType();
        ByteBuffer space = space(Shape.scalar());
        ByteBuffer attribute = littleEndian(LONGEST_MESSAGE);
        attribute.put((byte) 3).put((byte) 0).putShort((short) (utf8.length + 1));
        attribute.putShort((short) type.position()).putShort((short) space.position());
        attribute.put((byte) UTF8).put(utf8).put((byte) 0);
        attribute.put(type.flip()).put(space.flip());
        attribute.putInt(text.length()).putLong(text.heap()).putInt(text.index());
        add(Hdf5Header.ATTRIBUTE, attribute);
    }

    /** UTF-8 of variable length, ended by 0; it is made of integers of one byte. */
    private static ByteBuffer textType() {
        ByteBuffer type = littleEndian(20);
        type.put((byte) (1 << 4 | Hdf5Type.CLASS_VARIABLE_LENGTH))
                .put((byte) 1)
                .put((byte) UTF8)
                .put((byte) 0);
        type.putInt(Integer.BYTES + Long.BYTES + Integer.BYTES);
        type.put((byte) (1 << 4 | Hdf5Type.CLASS_INTEGER)).put((byte) 0).putShort((short) 0);
        return type.putInt(1).putShort((short) 0).putShort((short) 8);
    }

    /** The whole header. */
    ByteBuffer bytes() {
        ByteBuffer header = littleEndian(PREFIX_BYTES + messages.size() + Hdf5Header.CHECKSUM_BYTES);
        header.put("OHDR".getBytes(StandardCharsets.US_ASCII)).put((byte) 2).put((byte) FOUR_BYTES_OF_LENGTH);
        header.putInt(messages.size()).put(messages.toByteArray());
        header.putInt(Hdf5Checksum.of(header, header.position()));
        return header.flip();
    }
}
