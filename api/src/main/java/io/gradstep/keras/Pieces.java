package io.gradstep.keras;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.zip.CRC32;

/** Pieces one after the other, each held to the size that it announced: offsets and headers were computed of it. */
final class Pieces {
    private Pieces() {}

    static long size(List<Piece> pieces) {
        return pieces.stream().mapToLong(Piece::size).reduce(0, Math::addExact);
    }

    static long crc32(List<Piece> pieces) throws IOException {
        Checksum checksum = new Checksum();
        write(pieces, checksum);
        return checksum.crc32.getValue();
    }

    static void write(List<Piece> pieces, WritableByteChannel out) throws IOException {
        for (int i = 0; i < pieces.size(); i++) {
            Counter counter = new Counter(out);
            pieces.get(i).writeTo(counter);
            long announced = pieces.get(i).size();
            if (counter.count != announced) {
                throw new IllegalStateException("Piece %d of %d announced %d bytes and wrote %d"
                        .formatted(i, pieces.size(), announced, counter.count));
            }
        }
    }

    private static final class Counter implements WritableByteChannel {
        private final WritableByteChannel out;
        private long count;

        Counter(WritableByteChannel out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int written = out.write(source);
            count += written;
            return written;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("Other pieces follow");
        }
    }

    private static final class Checksum implements WritableByteChannel {
        private final CRC32 crc32 = new CRC32();

        @Override
        public int write(ByteBuffer source) {
            int length = source.remaining();
            crc32.update(source);
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
