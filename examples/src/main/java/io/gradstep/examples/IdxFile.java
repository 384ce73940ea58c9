package io.gradstep.examples;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file in the format of MNIST: a number that says what follows, the lengths of the axes, and bytes.
 *
 * <p>Whether it is compressed is seen by its first bytes, and by its name if that ends in .gz.
 */
final class IdxFile {
    /** Bytes in one axis: labels. */
    static final int LABELS = 0x0801;
    /** Bytes in three axes: images. */
    static final int IMAGES = 0x0803;

    private static final int GZIP = 0x1f8b;

    private final Path path;
    private final int[] lengths;
    private final byte[] bytes;

    private IdxFile(Path path, int[] lengths, byte[] bytes) {
        this.path = path;
        this.lengths = lengths;
        this.bytes = bytes;
    }

    /**
     * Reads a file.
     *
     * @param magic {@link #LABELS} or {@link #IMAGES}
     * @throws UserError if it is no such file, or not a whole one
     */
    static IdxFile read(Path path, int magic) {
        try (DataInputStream stream = new DataInputStream(new BufferedInputStream(open(path)))) {
            return read(path, magic, stream);
        } catch (EOFException e) {
            throw new UserError(path + " ends within its header. Get it again", e);
        } catch (ZipException e) {
            throw new UserError(
                    path + " is no gzip file, or a damaged one (" + e.getMessage()
                            + "). Get it again, or rename it if it is not compressed",
                    e);
        } catch (AccessDeniedException e) {
            throw new UserError("The file " + path + " may not be read. Change its permissions", e);
        } catch (IOException e) {
            throw new UserError("The file " + path + " cannot be read: " + e + ". Copy it to a local disk", e);
        }
    }

    private static InputStream open(Path path) throws IOException {
        InputStream stream = new BufferedInputStream(Files.newInputStream(path));
        try {
            stream.mark(2);
            int first = stream.read() << 8 | stream.read();
            stream.reset();
            boolean isGzip = first == GZIP || path.getFileName().toString().endsWith(".gz");
            return isGzip ? new GZIPInputStream(stream) : stream;
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private static IdxFile read(Path path, int magic, DataInputStream stream) throws IOException {
        int received = stream.readInt();
        if (received != magic) {
            throw new UserError(path + " must begin with the number " + magic + ", which says that "
                    + (magic == IMAGES ? "images" : "labels") + " follow. Received: " + received + description(received)
                    + ". Put the right file there");
        }
        int[] lengths = new int[magic & 0xff];
        for (int axis = 0; axis < lengths.length; axis++) {
            lengths[axis] = stream.readInt();
        }
        int length = length(path, lengths);
        return new IdxFile(path, lengths, bytes(path, length, stream));
    }

    private static String description(int magic) {
        return switch (magic) {
            case IMAGES -> ", the number of images";
            case LABELS -> ", the number of labels";
            default -> "";
        };
    }

    private static int length(Path path, int[] lengths) {
        long length = 1;
        for (int axis : lengths) {
            // Each factor is below 2^31, and so is the product before: no overflow.
            length = axis <= 0 || length > Integer.MAX_VALUE ? Long.MAX_VALUE : length * axis;
        }
        // Some virtual machines cannot make the very longest arrays.
        if (length > Integer.MAX_VALUE - 8) {
            throw new UserError(path + " says that its lengths are " + Arrays.toString(lengths)
                    + ". Each must be at least 1, and their product below 2^31. Get it again, or a smaller one");
        }
        return (int) length;
    }

    private static byte[] bytes(Path path, int length, DataInputStream stream) throws IOException {
        byte[] bytes;
        try {
            bytes = stream.readNBytes(length);
        } catch (EOFException e) {
            throw new UserError(path + " is truncated: the gzip file ends too early. Get it again", e);
        }
        if (bytes.length < length) {
            throw new UserError(path + " is truncated: it announces " + length + " bytes after its header. Received: "
                    + bytes.length + ". Get it again");
        }
        if (stream.read() >= 0) {
            throw new UserError(
                    path + " has more after the " + length + " bytes that it announces after its header. Get it again");
        }
        return bytes;
    }

    Path path() {
        return path;
    }

    /** How many labels or images there are. */
    int count() {
        return lengths[0];
    }

    /** The bytes of one of them. */
    int size() {
        return bytes.length / lengths[0];
    }

    /** {@code 28x28}; nothing for a label. */
    String shape() {
        return lengths.length == 1 ? "" : lengths[1] + "x" + lengths[2];
    }

    /** A label, from 0 to 255. */
    int label(int index) {
        return Byte.toUnsignedInt(bytes[index]);
    }

    /** The largest of all labels. */
    int largestLabel() {
        return IntStream.range(0, count()).map(this::label).max().orElseThrow();
    }

    /** The pixels of an image, from 0 to 255, row after row: a new array. */
    float[] image(int index) {
        float[] pixels = new float[size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Byte.toUnsignedInt(bytes[index * pixels.length + i]);
        }
        return pixels;
    }
}
