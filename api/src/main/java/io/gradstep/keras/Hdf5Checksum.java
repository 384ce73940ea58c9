package io.gradstep.keras;

import java.nio.ByteBuffer;

/**
 * The checksum of HDF5's newer structures: {@code hashlittle} of Bob Jenkins's {@code lookup3.c} (2006, public domain),
 * begun with 0.
 */
final class Hdf5Checksum {
    private static final int BLOCK = 12;

    private int a;
    private int b;
    private int c;

    private Hdf5Checksum(int length) {
        a = 0xdeadbeef + length;
        b = a;
        c = a;
    }

    /** Of the first bytes of a little-endian buffer, whatever its position. */
    static int of(ByteBuffer bytes, int length) {
        Hdf5Checksum sum = new Hdf5Checksum(length);
        if (length == 0) {
            return sum.c;
        }
        int done = 0;
        for (; length - done > BLOCK; done += BLOCK) {
            sum.add(bytes, done, done + BLOCK);
            sum.mix();
        }
        sum.add(bytes, done, length);
        return sum.last();
    }

    private void add(ByteBuffer bytes, int from, int to) {
        a += word(bytes, from, to);
        b += word(bytes, from + 4, to);
        c += word(bytes, from + 8, to);
    }

    /** Four bytes; those beyond the end are 0. */
    private static int word(ByteBuffer bytes, int from, int to) {
        int word = 0;
        for (int i = 0; i < 4 && from + i < to; i++) {
            word |= (bytes.get(from + i) & 0xff) << (8 * i);
        }
        return word;
    }

    private void mix() {
        a -= c;
        a ^= Integer.rotateLeft(c, 4);
        c += b;
        b -= a;
        b ^= Integer.rotateLeft(a, 6);
        a += c;
        c -= b;
        c ^= Integer.rotateLeft(b, 8);
        b += a;
        a -= c;
        a ^= Integer.rotateLeft(c, 16);
        c += b;
        b -= a;
        b ^= Integer.rotateLeft(a, 19);
        a += c;
        c -= b;
        c ^= Integer.rotateLeft(b, 4);
        b += a;
    }

    private int last() {
        c ^= b;
        c -= Integer.rotateLeft(b, 14);
        a ^= c;
        a -= Integer.rotateLeft(c, 11);
        b ^= a;
        b -= Integer.rotateLeft(a, 25);
        c ^= b;
        c -= Integer.rotateLeft(b, 16);
        a ^= c;
        a -= Integer.rotateLeft(c, 4);
        b ^= a;
        b -= Integer.rotateLeft(a, 14);
        c ^= b;
        c -= Integer.rotateLeft(b, 24);
        return c;
    }
}
