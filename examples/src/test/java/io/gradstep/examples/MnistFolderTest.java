package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MnistFolderTest {
    private static final String TRAINING_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAINING_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    @TempDir
    private Path folder;

    /** Three images of 1x2 to learn from, and two to test with. */
    @BeforeEach
    void write() throws IOException {
        file(TRAINING_IMAGES, idx(bytes(0, 255, 128, 1, 2, 3), IMAGES, 3, 1, 2));
        file(TRAINING_LABELS, idx(bytes(9, 0, 4), LABELS, 3));
        file(TEST_IMAGES, idx(bytes(10, 20, 30, 40), IMAGES, 2, 1, 2));
        file(TEST_LABELS, idx(bytes(1, 2), LABELS, 2));
    }

    @Test
    void the_files_are_read() {
        Dataset data = read();

        assertThat(data.name()).isEqualTo("mnist");
        assertThat(data.source()).isEqualTo("1x2 pixels, in the format of MNIST, read from " + folder.toAbsolutePath());
        assertThat(data.classes()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(data.rows()).isEqualTo(5);
        assertThat(data.columns()).isEqualTo(2);
        assertThat(data.row(0).feature(1)).isEqualTo(255);
        assertThat(data.row(1).feature(0)).isEqualTo(128);
        assertThat(data.row(0).label()).isEqualTo(9);
        assertThat(data.row(4).feature(1)).isEqualTo(40);
        assertThat(data.row(4).label()).isEqualTo(2);
    }

    /** The training pixels have the mean 389 / 6, and all have one deviation. */
    @Test
    void the_test_part_stays_the_test_part_and_all_pixels_are_scaled_alike() {
        Split split = Split.of(read(), 1);

        double mean = 389 / 6.0;
        double deviation = Math.sqrt((255 * 255 + 128 * 128 + 1 + 4 + 9) / 6.0 - mean * mean);
        assertThat(split.training().rows()).isEqualTo(3);
        assertThat(split.training().label(2)).isEqualTo(4);
        assertThat(split.test().rows()).isEqualTo(2);
        assertThat(split.test().label(0)).isEqualTo(1);
        assertThat(split.test().features())
                .containsExactly(
                        scaled(10, mean, deviation),
                        scaled(20, mean, deviation),
                        scaled(30, mean, deviation),
                        scaled(40, mean, deviation));
    }

    private static float scaled(int pixel, double mean, double deviation) {
        return (float) ((pixel - mean) / deviation);
    }

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte.gz, true",
        "train-images.idx3-ubyte, false",
        "train-images.idx3-ubyte.gz, true",
        // Compressed, but not called so.
        "train-images-idx3-ubyte, true",
    })
    void other_names_and_compressed_files_are_found(String name, boolean isCompressed) throws IOException {
        byte[] content = Files.readAllBytes(folder.resolve(TRAINING_IMAGES));
        Files.delete(folder.resolve(TRAINING_IMAGES));
        file(name, isCompressed ? gzip(content) : content);

        assertThat(read().row(0).feature(1)).isEqualTo(255);
    }

    @Test
    void says_what_is_expected_and_what_is_missing() throws IOException {
        Files.delete(folder.resolve(TRAINING_LABELS));
        Files.delete(folder.resolve(TEST_IMAGES));

        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
                        + "t10k-labels-idx1-ubyte (each may be compressed: .gz). Received: " + folder)
                .hasMessageContaining("where train-labels-idx1-ubyte, t10k-images-idx3-ubyte are missing");
    }

    @Test
    void says_that_there_is_no_such_folder() {
        assertThatThrownBy(() -> Datasets.read("mnist", folder.resolve("nosuch").toString()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nosuch, which does not exist");
        assertThatThrownBy(
                        () -> Datasets.read("mnist", folder.resolve(TEST_LABELS).toString()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("ubyte, a file");
        assertThatThrownBy(() -> Datasets.read("mnist", "\0"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--data-dir: this is no path of a folder");
    }

    static Stream<Arguments> broken() throws IOException {
        byte[] labels = idx(bytes(1, 2), LABELS, 2);
        byte[] images = idx(bytes(10, 20, 30, 40), IMAGES, 2, 1, 2);
        return Stream.of(
                row(
                        TEST_IMAGES,
                        labels,
                        "must begin with the number 2051, which says that images follow. "
                                + "Received: 2049, the number of labels"),
                row(
                        TEST_LABELS,
                        images,
                        "must begin with the number 2049, which says that labels follow. "
                                + "Received: 2051, the number of images"),
                row(TEST_LABELS, idx(bytes(1, 2), 0x0c01, 2), "Received: 3073. Put the right file there"),
                row(TEST_LABELS, bytes(), "ends within its header"),
                row(TEST_IMAGES, Arrays.copyOf(images, 15), "ends within its header"),
                row(
                        TEST_IMAGES,
                        Arrays.copyOf(images, 19),
                        "is truncated: it announces 4 bytes after its header. " + "Received: 3"),
                row(TEST_IMAGES, Arrays.copyOf(images, 21), "has more after the 4 bytes that it announces"),
                row(TEST_IMAGES + ".gz", gzip(Arrays.copyOf(images, 19)), "is truncated: it announces 4 bytes"),
                row(TEST_IMAGES + ".gz", shortened(gzip(images), 14), "t10k-images-idx3-ubyte.gz "),
                row(TEST_IMAGES + ".gz", images, "is no gzip file, or a damaged one"),
                row(TEST_IMAGES, idx(bytes(10, 20, 30, 40), IMAGES, 2, 2, 1), "The images of"),
                row(TEST_IMAGES, idx(bytes(10, 20), IMAGES, 1, 1, 2), "has 1 images, but"),
                row(
                        TEST_IMAGES,
                        idx(bytes(), IMAGES, 0, 28, 28),
                        "its lengths are [0, 28, 28]. Each must be at least 1"),
                row(TEST_IMAGES, idx(bytes(1), IMAGES, -1, 1, 1), "its lengths are [-1, 1, 1]"),
                row(TEST_IMAGES, idx(bytes(1), IMAGES, 1 << 30, 1 << 30, 1 << 30), "and their product below 2^31"),
                row(
                        TEST_IMAGES,
                        idx(bytes(1), IMAGES, 1 << 20, 1, 1 << 10),
                        "is truncated: it announces 1073741824 bytes after its header. Received: 1"),
                row(TEST_LABELS, idx(bytes(1, 10), LABELS, 2), "must have labels from 0 to 9. Received: 10"));
    }

    private static Arguments row(String name, byte[] content, String message) {
        return Arguments.of(name, content, message);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("broken")
    void says_what_is_wrong_with_a_file(String name, byte[] content, String message) throws IOException {
        Files.delete(folder.resolve(name.replace(".gz", "")));
        file(name, content);

        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message)
                .hasMessageContaining(folder.resolve(name).toString())
                .hasMessageMatching("(?s).*(Get it again|Put the right file|Take ).*");
    }

    private Dataset read() {
        return Datasets.read("mnist", folder.toString());
    }

    private void file(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private static byte[] idx(byte[] content, int magic, int... lengths) {
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * lengths.length + content.length);
        buffer.putInt(magic);
        for (int length : lengths) {
            buffer.putInt(length);
        }
        return buffer.put(content).array();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] shortened(byte[] bytes, int by) {
        return Arrays.copyOf(bytes, bytes.length - by);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(content);
        }
        return bytes.toByteArray();
    }
}
