package io.gradstep.keras;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The numbers of a tensor as a file stores them. They are asked of the tensor when they are written.
 *
 * @param type takes the tensor's dtype, and all its numbers fit
 * @param through what they are written
 */
record NumberPiece(HostTensor tensor, NumberType type, DirectBuffer through) implements Piece {
    @Override
    public long size() {
        return (long) tensor.length() * type.bytes();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer buffer = through.roomFor(size()).order(type.order());
        for (int done = 0; done < tensor.length(); ) {
            int count = Math.min(buffer.capacity() / type.bytes(), tensor.length() - done);
            encode(buffer.clear().limit(count * type.bytes()), done, count);
            buffer.rewind();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            done += count;
        }
    }

    private void encode(ByteBuffer buffer, int from, int count) {
        boolean isFloat32AsItIs = tensor.dtype() == DType.FLOAT32 && type.bytes() == Float.BYTES;
        if (isFloat32AsItIs) {
            buffer.asFloatBuffer().put(tensor.floats(), from, count);
            return;
        }
        for (int i = from; i < from + count; i++) {
            switch (type.kind()) {
                case FLOAT -> putFloat(buffer, tensor.get(i));
                case SIGNED, UNSIGNED -> putInteger(buffer, tensor.ints()[i]);
            }
        }
    }

    private void putFloat(ByteBuffer buffer, double value) {
        switch (type.bytes()) {
            case Float.BYTES -> buffer.putFloat((float) value);
            case Double.BYTES -> buffer.putDouble(value);
            default -> buffer.putShort(Float16.of(value));
        }
    }

    private void putInteger(ByteBuffer buffer, int value) {
        switch (type.bytes()) {
            case 1 -> buffer.put((byte) value);
            case 2 -> buffer.putShort((short) value);
            case 4 -> buffer.putInt(value);
            default -> buffer.putLong(value);
        }
    }
}
