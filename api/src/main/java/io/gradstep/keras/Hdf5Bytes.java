package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of an HDF5 file, each of which belongs to one structure only. So every structure is read once, whatever the
 * addresses in the file say: cycles, trees that are shared by many, and data that lie upon other data are refused, and
 * nothing is read, or memory taken, beyond the size of the file.
 */
final class Hdf5Bytes {
    /** No structure of a sane file is as long: that of 100,000 links, say. */
    private static final long LONGEST = 16 << 20;

    /** Twice as many as there may be objects, a data set being a header and its data, and some for what leads there. */
    private static final int MOST_CLAIMS = 500_000;

    private record Claim(long end, String what) {}

    private final FileStretch stretch;
    private final long base;
    private final long size;
    private final TreeMap<Long, Claim> claims = new TreeMap<>();

    /** Addresses count from the base. */
    Hdf5Bytes(FileStretch stretch, long base) {
        this.stretch = stretch;
        this.base = base;
        this.size = stretch.size() - base;
    }

    /** How many bytes there are from the base on. */
    long size() {
        return size;
    }

    /** Where in the file an address is. */
    long position(long address) {
        return base + address;
    }

    /** Reads bytes which may belong to another structure still: to find out how many belong to this one. */
    Hdf5Cursor peek(long address, long length, String what) throws IOException {
        ensureInside(address, length, what);
        if (length > LONGEST) {
            throw new KerasFileException("The " + what + " at address " + address + " is said to be " + length
                    + " bytes long. Structures of more than " + LONGEST + " are not read here");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        stretch.readFully(bytes, position(address));
        return new Hdf5Cursor(bytes.flip(), what);
    }

    /** Reads a structure. */
    Hdf5Cursor take(long address, long length, String what) throws IOException {
        Hdf5Cursor bytes = peek(address, length, what);
        claim(address, length, what);
        return bytes;
    }

    /** Says to whom bytes belong, without reading them. */
    void claim(long address, long length, String what) throws KerasFileException {
        ensureInside(address, length, what);
        if (length == 0) {
            return;
        }
        Map.Entry<Long, Claim> before = claims.floorEntry(address);
        Map.Entry<Long, Claim> after = claims.ceilingEntry(address);
        if (before != null && before.getValue().end > address) {
            throw overlap(address, what, before);
        }
        if (after != null && after.getKey() < address + length) {
            throw overlap(address, what, after);
        }
        if (claims.size() == MOST_CLAIMS) {
            throw new KerasFileException("The file has more than " + MOST_CLAIMS + " structures, no model's file");
        }
        claims.put(address, new Claim(address + length, what));
    }

    private static KerasFileException overlap(long address, String what, Map.Entry<Long, Claim> other) {
        return new KerasFileException("The " + what + " at address " + address + " lies upon the "
                + other.getValue().what + " at address " + other.getKey());
    }

    private void ensureInside(long address, long length, String what) throws KerasFileException {
        if (address < 0 || length < 0 || address > size || length > size - address) {
            throw new KerasFileException("The " + what + " should have " + Long.toUnsignedString(length)
                    + " bytes from address " + Long.toUnsignedString(address) + ", but the file ends at " + size);
        }
    }
}
