package io.gradstep.fused;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** Native memory of which tensors are stretches, with addresses as if it lay at {@link #ADDRESS}. */
final class Slab {
    private static final long ADDRESS = 0x7f00_0000_1000L;

    private final ByteBuffer memory;

    Slab(int bytes) {
        memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    FloatBuffer floats(int offset, int count) {
        return slice(offset, count * Float.BYTES).asFloatBuffer();
    }

    DoubleBuffer doubles(int offset, int count) {
        return slice(offset, count * Double.BYTES).asDoubleBuffer();
    }

    private ByteBuffer slice(int offset, int bytes) {
        return memory.slice(offset, bytes).order(ByteOrder.nativeOrder());
    }

    static long address(int offset) {
        return ADDRESS + offset;
    }
}
