package io.gradstep.keras;

import java.nio.ByteBuffer;

/**
 * A buffer between file and arrays that is used again and again. Only the collector frees direct memory, and where
 * hardly anything is put on the heap, it does not run: one buffer for each array would be as much memory as the file is
 * long. Not safe for use by several threads.
 */
final class DirectBuffer {
    static final int LONGEST = 1 << 20;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /** Empty, and with room for so many bytes or for 1 MB, whichever is less. What was had before is this one too. */
    ByteBuffer roomFor(long bytes) {
        int wanted = (int) Math.min(LONGEST, bytes);
        if (buffer.capacity() < wanted) {
            // Twice, so that what becomes garbage on the way is not much.
            buffer = ByteBuffer.allocateDirect(Math.max(wanted, Math.min(LONGEST, 2 * buffer.capacity())));
        }
        return buffer.clear();
    }
}
