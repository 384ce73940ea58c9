package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A stretch of another file, as it is. Not by transferTo, which goes by 8 KB where {@code out} is no file itself.
 *
 * @param through what it is copied
 */
record FilePiece(FileStretch file, long position, long size, DirectBuffer through) implements Piece {
    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer buffer = through.roomFor(size);
        for (long done = 0; done < size; done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - done));
            file.readFully(buffer, position + done);
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }
}
