package io.gradstep.examples.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What reading and writing bytes cost, whatever they mean: in blocks of 1 MB, as fast as a channel gives and takes. */
final class PlainFile {
    private static final int BLOCK = 1 << 20;

    private PlainFile() {}

    /** All bytes, in new arrays of about equal length. */
    static List<byte[]> read(Path file, int arrays) throws IOException {
        List<byte[]> all = new ArrayList<>();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            for (int i = 0; i < arrays; i++) {
                byte[] array = new byte[(int) (size * (i + 1) / arrays - size * i / arrays)];
                fill(array, channel, block);
                all.add(array);
            }
        }
        return all;
    }

    private static void fill(byte[] array, FileChannel channel, ByteBuffer block) throws IOException {
        for (int done = 0; done < array.length; ) {
            block.clear().limit(Math.min(BLOCK, array.length - done));
            int count = channel.read(block);
            if (count < 0) {
                throw new IOException("The file became shorter while it was read");
            }
            block.flip().get(array, done, count);
            done += count;
        }
    }

    /** One block over and over, and then to the disk. */
    static void write(Path file, long size) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long done = 0; done < size; ) {
                block.clear().limit((int) Math.min(BLOCK, size - done));
                done += channel.write(block);
            }
            channel.force(true);
        }
    }
}
