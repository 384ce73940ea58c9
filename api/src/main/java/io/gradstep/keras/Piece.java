package io.gradstep.keras;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * A stretch of a file that is to be written: its length is known, its bytes are made when it is their turn. Pieces are
 * written one after the other, so that a file of any size goes through a buffer of one size, be it to a disk, into a
 * zip or to a checksum.
 */
interface Piece {
    /** In bytes, 0 or more. */
    long size();

    /** Writes exactly that many bytes; twice writes them twice. */
    void writeTo(WritableByteChannel out) throws IOException;
}
