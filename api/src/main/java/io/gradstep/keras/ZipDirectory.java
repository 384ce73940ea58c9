package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

/**
 * What has to be known of a zip before {@link java.util.zip.ZipFile} opens it, which reads the whole directory into
 * memory, as long as the end record says that it is.
 */
final class ZipDirectory {
    static final int MAX_ENTRIES = 10_000;
    private static final int MAX_BYTES = 8 << 20;

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_BYTES = 20;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_BYTES = 56;

    /** Newer ZipFiles make a bit set of that number's length. */
    private static final Pattern VERSION = Pattern.compile("META-INF/versions/", Pattern.CASE_INSENSITIVE);

    private final FileChannel channel;
    private final End end;
    private final ByteBuffer directory;

    private ZipDirectory(FileChannel channel) throws IOException {
        this.channel = channel;
        this.end = end();
        this.directory = directory();
    }

    static ZipDirectory read(FileChannel channel) throws IOException {
        return new ZipDirectory(channel);
    }

    /** The bytes of an entry, if they are stored as they are, and if nothing is unusual. */
    Optional<FileStretch> stored(ZipEntry entry) throws IOException {
        long start = end.position - end.bytes;
        // Else something stands before the zip, and the offsets are relative to what only looks like its start.
        return end.offset == start ? StoredEntry.find(channel, directory, start, entry) : Optional.empty();
    }

    private ByteBuffer directory() throws IOException {
        if (end.entries > MAX_ENTRIES || end.bytes > MAX_BYTES) {
            throw refused("has %d entries in a directory of %d bytes; at most %d and %d are read"
                    .formatted(end.entries, end.bytes, MAX_ENTRIES, MAX_BYTES));
        }
        if (end.bytes > end.position) {
            throw refused("is broken: its directory of %d bytes would begin before the file".formatted(end.bytes));
        }
        ByteBuffer directory = at(end.position - end.bytes, (int) end.bytes);
        if (VERSION.matcher(StandardCharsets.ISO_8859_1.decode(directory.duplicate()))
                .find()) {
            throw refused("has entries in META-INF/versions, and is a jar rather than a .keras file");
        }
        return directory;
    }

    /** What stands where the directory ends: how much is in it, and where it is said to begin. */
    private record End(long position, long entries, long bytes, long offset) {}

    /**
     * Searched for as {@code ZipFile} does it. But that one looks on if the comment does not reach the end of the file,
     * and then the two could find different ones.
     */
    private End end() throws IOException {
        int length = (int) Math.min(channel.size(), END_BYTES + MAX_COMMENT);
        long start = channel.size() - length;
        ByteBuffer tail = at(start, length);
        int index = length - END_BYTES;
        while (index >= 0 && tail.getInt(index) != END) {
            index--;
        }
        if (index < 0) {
            throw refused(whatElse());
        }
        if (index + END_BYTES + Short.toUnsignedInt(tail.getShort(index + 20)) != length) {
            throw refused("is broken: the zip ends before or after the file does");
        }
        End end = new End(
                start + index,
                Short.toUnsignedInt(tail.getShort(index + 10)),
                Integer.toUnsignedLong(tail.getInt(index + 12)),
                Integer.toUnsignedLong(tail.getInt(index + 16)));
        return enlarged(end);
    }

    /** Zip64: a second end record has the numbers that are too large for the first. */
    private End enlarged(End end) throws IOException {
        long locator = end.position - LOCATOR_64_BYTES;
        if (!isAt(locator, LOCATOR_64_BYTES, LOCATOR_64)) {
            return end;
        }
        long position = at(locator, LOCATOR_64_BYTES).getLong(8);
        if (!isAt(position, END_64_BYTES, END_64)) {
            return end;
        }
        ByteBuffer larger = at(position, END_64_BYTES);
        long entries = end.entries == 0xffff ? larger.getLong(32) : end.entries;
        long bytes = end.bytes == 0xffff_ffffL ? larger.getLong(40) : end.bytes;
        long offset = end.offset == 0xffff_ffffL ? larger.getLong(48) : end.offset;
        if (entries < 0 || bytes < 0) {
            throw refused("is broken: its directory has a negative length");
        }
        return new End(position, entries, bytes, offset);
    }

    private boolean isAt(long position, int length, int signature) throws IOException {
        return position >= 0
                && position <= channel.size() - length
                && at(position, length).getInt(0) == signature;
    }

    private String whatElse() throws IOException {
        boolean isHdf5 = channel.size() >= Long.BYTES
                && at(0, Long.BYTES).order(ByteOrder.BIG_ENDIAN).getLong(0) == Hdf5Superblock.SIGNATURE;
        return isHdf5
                ? "is no .keras file but HDF5: weights, or a model in Keras's old format"
                : "is no zip as .keras files are, or its end is missing";
    }

    private ByteBuffer at(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        FileStretch.whole(channel).readFully(bytes, position);
        return bytes.flip();
    }

    private static KerasFileException refused(String why) {
        return new KerasFileException("The archive " + why);
    }
}
