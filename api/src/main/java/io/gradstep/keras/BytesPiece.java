package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Bytes that are there already: what lies between position and limit. */
record BytesPiece(ByteBuffer bytes) implements Piece {
    @Override
    public long size() {
        return bytes.remaining();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            out.write(rest);
        }
    }
}
