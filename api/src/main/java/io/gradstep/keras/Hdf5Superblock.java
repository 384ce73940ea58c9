package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where an HDF5 file begins.
 *
 * @param base the position of address 0
 * @param root the address of the root group's header
 * @param mostChildren how many a node of a group's b-tree has room for
 */
record Hdf5Superblock(int version, long base, long root, int mostChildren) {
    /** {@code \211HDF\r\n\032\n} as a big-endian number. */
    static final long SIGNATURE = 0x894844460d0a1a0aL;

    private static final int SMALLEST_BASE = 512;
    private static final int ADDRESS_BYTES = 8;
    /** Of the versions 2 and 3. */
    static final int NEWER_BYTES = 12 + 4 * ADDRESS_BYTES + Hdf5Header.CHECKSUM_BYTES;
    /** Where the superblock does not say it. */
    private static final int USUAL_MOST_CHILDREN = 32;

    /** Finds it: at the start of the file, or behind a block of the user's. */
    static Hdf5Superblock read(FileStretch stretch) throws IOException {
        for (long base = 0; base <= stretch.size() - Long.BYTES; base = Math.max(SMALLEST_BASE, 2 * base)) {
            ByteBuffer signature = ByteBuffer.allocate(Long.BYTES);
            stretch.readFully(signature, base);
            if (signature.getLong(0) == SIGNATURE) {
                return read(new Hdf5Bytes(stretch, base), base);
            }
        }
        throw new KerasFileException("There is no HDF5 signature: this is no .weights.h5 file");
    }

    private static Hdf5Superblock read(Hdf5Bytes file, long base) throws IOException {
        int version = file.peek(Long.BYTES, 1, "superblock").u8();
        return switch (version) {
            case 0 -> older(file, 0, base);
            case 1 -> older(file, 1, base);
            case 2, 3 -> newer(file, version, base);
            default -> throw new KerasFileException("The superblock has the version " + version + ". Known are 0 to 3");
        };
    }

    private static Hdf5Superblock older(Hdf5Bytes file, int version, long base) throws IOException {
        int beforeAddresses = version == 0 ? 24 : 28;
        Hdf5Cursor block = file.peek(0, beforeAddresses + 4 * ADDRESS_BYTES + 2 * ADDRESS_BYTES, "superblock");
        ensureSizes(block.skip(13));
        int mostChildren = 2 * block.skip(1 + 2).u16();
        block = block.from(beforeAddresses).skip(ADDRESS_BYTES + ADDRESS_BYTES);
        ensureComplete(file, block.u64(), base);
        if (block.u64() != Hdf5Cursor.UNDEFINED) {
            throw new KerasFileException("The superblock names a driver: the file is one of several. Keras writes one");
        }
        return new Hdf5Superblock(version, base, block.skip(ADDRESS_BYTES).u64(), mostChildren);
    }

    private static Hdf5Superblock newer(Hdf5Bytes file, int version, long base) throws IOException {
        Hdf5Cursor block = file.peek(0, NEWER_BYTES, "superblock");
        block.verifyChecksum();
        ensureSizes(block.skip(9));
        block.skip(1 + 2 * ADDRESS_BYTES);
        ensureComplete(file, block.u64(), base);
        return new Hdf5Superblock(version, base, block.u64(), USUAL_MOST_CHILDREN);
    }

    private static void ensureSizes(Hdf5Cursor block) throws KerasFileException {
        block.expect(block.u8(), ADDRESS_BYTES, "size of addresses");
        block.expect(block.u8(), ADDRESS_BYTES, "size of lengths");
    }

    /** This alone finds every file that was cut off. */
    private static void ensureComplete(Hdf5Bytes file, long end, long base) throws KerasFileException {
        if (end < 0 || end > file.size() + base) {
            throw new KerasFileException("The file should have " + Long.toUnsignedString(end) + " bytes and has "
                    + (file.size() + base) + ": it was cut off");
        }
    }

    /** How many bytes it has. */
    int bytes() {
        return switch (version) {
            case 0 -> 24 + 4 * ADDRESS_BYTES + 40;
            case 1 -> 28 + 4 * ADDRESS_BYTES + 40;
            default -> NEWER_BYTES;
        };
    }
}
