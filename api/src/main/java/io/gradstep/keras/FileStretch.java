package io.gradstep.keras;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file, or the part of one that is a file of its own, as an entry of a zip is. Positions count from its start, and
 * nothing before it or behind its end is ever read, whatever is asked for. Safe for use by several threads.
 */
final class FileStretch implements Closeable {
    private final FileChannel channel;
    private final long start;
    private final long size;

    private FileStretch(FileChannel channel, long start, long size) {
        this.channel = channel;
        this.start = start;
        this.size = size;
    }

    /** The whole file, as long as it is now. */
    static FileStretch whole(FileChannel channel) throws IOException {
        return new FileStretch(channel, 0, channel.size());
    }

    /** A part of the file. */
    static FileStretch part(FileChannel channel, long start, long size) throws IOException {
        if (start < 0 || size < 0 || size > channel.size() - start) {
            throw new IllegalArgumentException("There are no " + size + " bytes from " + start + " on");
        }
        return new FileStretch(channel, start, size);
    }

    long size() {
        return size;
    }

    /** Fills the buffer. */
    void readFully(ByteBuffer bytes, long position) throws IOException {
        if (position < 0 || bytes.remaining() > size - position) {
            throw tooShort(size);
        }
        long next = start + position;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, next);
            if (count < 0) {
                throw tooShort(Math.max(0, channel.size() - start));
            }
            next += count;
        }
    }

    private static KerasFileException tooShort(long end) {
        return new KerasFileException(
                "The file ends at " + end + " and should be longer: it was cut off while it was read");
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Closes the file, whatever else is in it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
