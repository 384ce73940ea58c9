package io.gradstep.keras;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one structure of an HDF5 file one after the other, and never beyond its end. */
final class Hdf5Cursor {
    /** The address of what is nowhere. */
    static final long UNDEFINED = -1;

    private final ByteBuffer bytes;
    private final String what;

    Hdf5Cursor(ByteBuffer bytes, String what) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.what = what;
    }

    int left() {
        return bytes.remaining();
    }

    int position() {
        return bytes.position();
    }

    int u8() throws KerasFileException {
        return need(1).get() & 0xff;
    }

    int u16() throws KerasFileException {
        return need(2).getShort() & 0xffff;
    }

    long u32() throws KerasFileException {
        return need(4).getInt() & 0xffffffffL;
    }

    /** An address or a length. Above 2⁶³ − 1 it is negative, and no file is that long. */
    long u64() throws KerasFileException {
        return need(8).getLong();
    }

    /** A number of 1, 2, 4 or 8 bytes: of {@code 1 << log2} of them. */
    long unsigned(int log2) throws KerasFileException {
        return switch (log2) {
            case 0 -> u8();
            case 1 -> u16();
            case 2 -> u32();
            default -> u64();
        };
    }

    /** An offset or a count as an int: what is larger is beyond every structure, and so is what it becomes. */
    static int clamped(long unsigned) {
        return unsigned < 0 ? Integer.MAX_VALUE : (int) Math.min(unsigned, Integer.MAX_VALUE);
    }

    Hdf5Cursor skip(int count) throws KerasFileException {
        bytes.position(need(count).position() + count);
        return this;
    }

    /** Of this structure; what was read is left behind. */
    Hdf5Cursor from(int position) throws KerasFileException {
        if (position > bytes.limit()) {
            throw ends();
        }
        return new Hdf5Cursor(bytes.slice(position, bytes.limit() - position), what);
    }

    /** The next bytes as a structure of their own. */
    Hdf5Cursor next(int count, String name) throws KerasFileException {
        ByteBuffer part = need(count).slice(bytes.position(), count);
        skip(count);
        return new Hdf5Cursor(part, name);
    }

    String utf8(int count) throws KerasFileException {
        return new String(take(count), StandardCharsets.UTF_8);
    }

    private byte[] take(int count) throws KerasFileException {
        need(count);
        byte[] taken = new byte[count];
        bytes.get(taken);
        return taken;
    }

    /** Text that ends with a byte of 0, which has to come early enough. */
    String utf8AtZero(int from, int longest) throws KerasFileException {
        for (int end = from; end < bytes.limit(); end++) {
            if (bytes.get(end) == 0) {
                return from(from).utf8(end - from);
            }
            if (end - from == longest) {
                throw new KerasFileException("The " + what + " has a name of more than " + longest + " bytes");
            }
        }
        throw ends();
    }

    /** All that is left, as text that a byte of 0 may end early. */
    String utf8UpToZero() throws KerasFileException {
        String text = utf8(left());
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** The name by which structures begin. */
    void expect(String signature) throws KerasFileException {
        if (!new String(take(signature.length()), StandardCharsets.ISO_8859_1).equals(signature)) {
            throw new KerasFileException(
                    "There is no " + what + " where one should be: it does not begin with " + signature);
        }
    }

    void expect(int received, int expected, String field) throws KerasFileException {
        if (received != expected) {
            throw new KerasFileException("The " + what + " has the " + field + " " + received + ", which is not read "
                    + "here. Keras writes " + expected);
        }
    }

    /** Its last four bytes are the checksum of all before them. */
    void verifyChecksum() throws KerasFileException {
        int length = bytes.limit() - Integer.BYTES;
        if (length < 0 || bytes.getInt(length) != Hdf5Checksum.of(bytes, length)) {
            throw new KerasFileException("The checksum of the " + what + " is wrong: the file is damaged");
        }
    }

    private ByteBuffer need(int count) throws KerasFileException {
        if (count < 0 || count > bytes.remaining()) {
            throw ends();
        }
        return bytes;
    }

    private KerasFileException ends() {
        return new KerasFileException("The " + what + " ends before its last field");
    }
}
