package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Bytes that are there. */
final class GivenPiece implements Piece {
    private final long announced;
    private final byte[] bytes;

    GivenPiece(byte... bytes) {
        this(bytes.length, bytes);
    }

    /** Lies about its size. */
    GivenPiece(long announced, byte[] bytes) {
        this.announced = announced;
        this.bytes = bytes;
    }

    @Override
    public long size() {
        return announced;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            out.write(rest);
        }
    }
}
