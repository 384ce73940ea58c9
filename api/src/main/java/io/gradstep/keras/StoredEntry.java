package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.ZipEntry;

/**
 * Finds where in a zip the bytes of an entry lie that are stored as they are. Only what Keras writes is found, or Java in
 * its place: whatever is unusual, {@link java.util.zip.ZipFile} is to judge, and to read.
 */
final class StoredEntry {
    private static final int LISTED = 0x02014b50;
    private static final int LISTED_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int ZIP64_FIELD = 1;

    private static final int DESCRIPTOR = 1 << 3;
    /** The sizes follow the data; the name is UTF-8. */
    private static final int USUAL_FLAGS = DESCRIPTOR | 1 << 11;

    private final FileChannel channel;
    private final ByteBuffer directory;
    /** Up to where entries may reach. */
    private final long end;

    private final ZipEntry entry;
    private final ByteBuffer name;

    private StoredEntry(FileChannel channel, ByteBuffer directory, long end, ZipEntry entry) {
        this.channel = channel;
        this.directory = directory;
        this.end = end;
        this.entry = entry;
        this.name = ByteBuffer.wrap(entry.getName().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The directory begins at {@code end}, and what it says of the entry has to be what {@code entry} says: that is of
     * another reader, for which the file may have been replaced meanwhile.
     */
    static Optional<FileStretch> find(FileChannel channel, ByteBuffer directory, long end, ZipEntry entry)
            throws IOException {
        return new StoredEntry(channel, directory, end, entry).find();
    }

    private Optional<FileStretch> find() throws IOException {
        int at = listed();
        if (at < 0) {
            return Optional.empty();
        }
        ByteBuffer large = zip64(directory.slice(at + LISTED_BYTES + name.limit(), u16(directory, at + 30)));
        Numbers numbers = Numbers.read(directory, at + 8, large);
        long offset = number(directory.getInt(at + 42), large);
        boolean isOnFirstDisk = u16(directory, at + 34) == 0;
        return isOnFirstDisk && numbers.isUsual() && numbers.areOf(entry) ? behindLocal(offset) : Optional.empty();
    }

    private Optional<FileStretch> behindLocal(long offset) throws IOException {
        int beforeExtra = LOCAL_BYTES + name.limit();
        if (offset < 0 || offset > end - beforeExtra) {
            return Optional.empty();
        }
        ByteBuffer local = at(offset, beforeExtra);
        int extra = u16(local, 28);
        long data = offset + beforeExtra + extra;
        if (local.getInt(0) != LOCAL
                || u16(local, 26) != name.limit()
                || !local.slice(LOCAL_BYTES, name.limit()).equals(name)
                || data > end - entry.getSize()) {
            return Optional.empty();
        }
        Numbers numbers = Numbers.read(local, 6, zip64(at(offset + beforeExtra, extra)));
        return numbers.isUsual() && (numbers.areBehindData() || numbers.areOf(entry))
                ? Optional.of(FileStretch.part(channel, data, entry.getSize()))
                : Optional.empty();
    }

    /** What both headers say in the same order. */
    private record Numbers(int flags, int method, long crc, long stored, long size) {
        static Numbers read(ByteBuffer header, int from, ByteBuffer large) {
            long size = number(header.getInt(from + 16), large);
            long stored = number(header.getInt(from + 12), large);
            long crc = Integer.toUnsignedLong(header.getInt(from + 8));
            return new Numbers(u16(header, from), u16(header, from + 2), crc, stored, size);
        }

        boolean isUsual() {
            return (flags & ~USUAL_FLAGS) == 0 && method == ZipEntry.STORED;
        }

        boolean areBehindData() {
            return (flags & DESCRIPTOR) != 0;
        }

        boolean areOf(ZipEntry entry) {
            return entry.getMethod() == ZipEntry.STORED
                    && crc == entry.getCrc()
                    && size == entry.getSize()
                    && stored == entry.getSize();
        }
    }

    /** Where in the directory; negative if not once, or if the directory is none. */
    private int listed() {
        int found = -1;
        int next = 0;
        while (next <= directory.limit() - LISTED_BYTES && directory.getInt(next) == LISTED) {
            int length = u16(directory, next + 28);
            int begin = next + LISTED_BYTES;
            if (length == name.limit()
                    && begin + length <= directory.limit()
                    && directory.slice(begin, length).equals(name)) {
                if (found >= 0) {
                    return -1;
                }
                found = next;
            }
            next = begin + length + u16(directory, next + 30) + u16(directory, next + 32);
        }
        return next == directory.limit() ? found : -1;
    }

    /** The numbers that are too large for their places; empty if there are none. */
    private static ByteBuffer zip64(ByteBuffer extra) {
        ByteBuffer fields = extra.order(ByteOrder.LITTLE_ENDIAN);
        int length;
        for (int next = 0; next <= fields.limit() - 4; next += 4 + length) {
            length = u16(fields, next + 2);
            if (length > fields.limit() - next - 4) {
                break;
            }
            if (u16(fields, next) == ZIP64_FIELD) {
                return fields.slice(next + 4, length).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return ByteBuffer.allocate(0);
    }

    /** Negative if it is missing. */
    private static long number(int small, ByteBuffer large) {
        if (small != -1) {
            return Integer.toUnsignedLong(small);
        }
        return large.remaining() >= Long.BYTES ? large.getLong() : -1;
    }

    private static int u16(ByteBuffer bytes, int index) {
        return Short.toUnsignedInt(bytes.getShort(index));
    }

    private ByteBuffer at(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        FileStretch.part(channel, 0, end).readFully(bytes, position);
        return bytes.flip();
    }
}
