package io.gradstep.keras;

import static io.gradstep.keras.Hdf5Image.FLOAT32;
import static io.gradstep.keras.Hdf5Image.dataSet;
import static io.gradstep.keras.Hdf5Image.fields;
import static io.gradstep.keras.Hdf5Image.header1;
import static io.gradstep.keras.Hdf5Image.layout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gradstep.keras.Hdf5Image.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that lie in the archive as they are, and those that only seem to. */
class StoredWeightsTest {
    private static final String WEIGHTS = KerasArchive.WEIGHTS;
    private static final byte[] TEXT = "some text, some text, some text".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "another text".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    static List<Arguments> what_is_as_usual_is_read_in_place() {
        byte[] zip = stored();
        byte[] comment = zip.clone();
        comment[zip.length - 2] = 3;
        byte[] descriptor = Zips.withShort(zip, WEIGHTS, Zips.DIRECTORY_FLAGS, 8);
        descriptor = Zips.withLocalShort(descriptor, WEIGHTS, Zips.LOCAL_FLAGS, 8);
        descriptor = Zips.withLocalInt(descriptor, WEIGHTS, Zips.LOCAL_SIZE, 0);
        descriptor = Zips.withLocalInt(descriptor, WEIGHTS, Zips.LOCAL_STORED_SIZE, 0);
        descriptor = Zips.withLocalInt(descriptor, WEIGHTS, Zips.LOCAL_CRC, 0);
        return List.of(
                Arguments.of("of Java's making", zip),
                Arguments.of("64-bit numbers in the headers", Zips.storedWith64BitNumbers(entries(TEXT))),
                Arguments.of("64-bit numbers at the end", Zips.with64BitEnd(zip, 3, directoryBytes(zip))),
                Arguments.of("a comment", Zips.concatenated(comment, new byte[] {1, 2, 3})),
                Arguments.of("sizes behind the data", descriptor));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void what_is_as_usual_is_read_in_place(String name, byte[] zip) throws IOException {
        try (KerasArchive archive = open(zip)) {
            assertThat(archive.isInPlace()).isTrue();
            assertThat(weights(archive)).isEqualTo(TEXT);
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    static List<Arguments> what_is_unusual_is_extracted() {
        byte[] zip = stored();
        return List.of(
                Arguments.of("deflated", Zips.of(entries(TEXT))),
                Arguments.of("something before it", Zips.concatenated(OTHER, zip)),
                Arguments.of("another zip before it", Zips.concatenated(Zips.stored(entries(OTHER)), zip)),
                Arguments.of("another local name", otherLocalName(zip)),
                Arguments.of("another local method", Zips.withLocalShort(zip, WEIGHTS, Zips.LOCAL_METHOD, 8)),
                Arguments.of("local encryption", Zips.withLocalShort(zip, WEIGHTS, Zips.LOCAL_FLAGS, 1)),
                Arguments.of("another local size", Zips.withLocalInt(zip, WEIGHTS, Zips.LOCAL_SIZE, 1)),
                Arguments.of("64 bits missing", Zips.withLocalInt(zip, WEIGHTS, Zips.LOCAL_SIZE, -1)),
                Arguments.of("another local stored size", Zips.withLocalInt(zip, WEIGHTS, Zips.LOCAL_STORED_SIZE, 1)),
                Arguments.of("another local checksum", Zips.withLocalInt(zip, WEIGHTS, Zips.LOCAL_CRC, 1)),
                Arguments.of("flags of the directory", Zips.withShort(zip, WEIGHTS, Zips.DIRECTORY_FLAGS, 1 << 5)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void what_is_unusual_is_extracted(String name, byte[] zip) throws IOException {
        try (KerasArchive archive = open(zip)) {
            assertThat(archive.isInPlace()).isFalse();
            assertThat(weights(archive)).isEqualTo(TEXT);
        }
    }

    static List<Arguments> what_lies_is_refused() {
        byte[] zip = stored();
        byte[] last = Zips.stored(lastEntries(TEXT));
        byte[] damaged = zip.clone();
        damaged[new String(zip, StandardCharsets.ISO_8859_1).indexOf("some text")] ^= 1;
        return List.of(
                Arguments.of("a bit of the weights", damaged, "is damaged"),
                Arguments.of("both checksums", crc(zip, 1), "is damaged"),
                Arguments.of(
                        "the directory's checksum", Zips.withInt(zip, WEIGHTS, Zips.DIRECTORY_CRC, 1), "is damaged"),
                Arguments.of("a byte of the next entry", size(zip, TEXT.length + 1), "is damaged"),
                Arguments.of("a byte less", size(zip, TEXT.length - 1), "is damaged"),
                Arguments.of("a byte of the directory", size(last, TEXT.length + 1), "is damaged|is a broken zip"),
                Arguments.of("up to the end", size(last, TEXT.length + 500), "is damaged|is a broken zip"),
                Arguments.of("beyond the file", size(zip, 1 << 20), "is damaged|is a broken zip"),
                Arguments.of("far beyond the file", size(zip, Integer.MAX_VALUE), "declares too many bytes"),
                Arguments.of("no header", Zips.withLocalInt(zip, WEIGHTS, 0, 0), "is damaged|is a broken zip"),
                Arguments.of(
                        "a header in the directory",
                        Zips.withInt(zip, WEIGHTS, Zips.DIRECTORY_OFFSET, zip.length - 40),
                        "is damaged|is a broken zip"),
                Arguments.of(
                        "a longer local name",
                        Zips.withLocalShort(zip, WEIGHTS, Zips.LOCAL_NAME_LENGTH, 0xffff),
                        "is damaged|is a broken zip"),
                Arguments.of(
                        "a long extra field",
                        Zips.withLocalShort(zip, WEIGHTS, Zips.LOCAL_EXTRA_LENGTH, 0xffff),
                        "is damaged|is a broken zip"),
                Arguments.of(
                        "an extra field over the weights",
                        Zips.withLocalShort(last, WEIGHTS, Zips.LOCAL_EXTRA_LENGTH, 1),
                        "is damaged|is a broken zip"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void what_lies_is_refused(String name, byte[] zip, String why) {
        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() -> open(zip).close())
                .withMessageMatching("(?s).*(" + why + ").*");
    }

    @Test
    void a_checksum_of_more_than_a_buffer_is_compared() throws IOException {
        byte[] large = new byte[3 * DirectBuffer.LONGEST + 7];
        new Random(3).nextBytes(large);
        byte[] zip = Zips.stored(entries(large));
        try (KerasArchive archive = open(zip)) {
            assertThat(archive.isInPlace()).isTrue();
            assertThat(weights(archive)).isEqualTo(large);
        }
        zip[zip.length / 2] ^= 1;
        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() -> open(zip).close())
                .withMessageContaining("is damaged");
    }

    @Test
    void the_numbers_of_the_next_entry_are_out_of_reach() throws IOException {
        Hdf5Image inside = new Hdf5Image();
        long numbers = inside.add(fields().u32(Float.floatToIntBits(7)).bytes());
        byte[] good =
                inside.older(inside.group(new Link("x", inside.add(header1(dataSet(FLOAT32, layout(numbers, 4), 1))))));
        try (KerasFile file = KerasFile.open(file(Zips.stored(entries(good))))) {
            assertThat(file.array("x").floats()).containsExactly(7);
        }
        for (long distance : new long[] {0, -1, 40, -4}) {
            Hdf5Image image = new Hdf5Image();
            long header = image.reserve(header1(dataSet(FLOAT32, layout(0, 8), 2)).length);
            long root = image.group(new Link("x", header));
            long length = image.older(root).length;
            image.put(header, header1(dataSet(FLOAT32, layout(length + distance, 8), 2)));
            byte[] weights = image.older(root);
            assertThat(weights).hasSize((int) length);
            assertThatExceptionOfType(KerasFileException.class)
                    .isThrownBy(() ->
                            KerasFile.open(file(Zips.stored(entries(weights)))).close())
                    .withMessageContaining("but the file ends at " + length);
        }
    }

    @Test
    void weights_that_claim_the_next_entry_are_refused() {
        Hdf5Image image = new Hdf5Image();
        byte[] weights = image.older(image.group(), -1, 5_000);
        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() ->
                        KerasFile.open(file(Zips.stored(entries(weights)))).close())
                .withMessageContaining("it was cut off");
    }

    @Test
    void of_a_file_that_is_replaced_while_it_is_opened_one_is_read() throws IOException {
        Path judged = Files.write(folder.resolve("judged"), Zips.stored(entries(OTHER)));
        Path file = file(stored());
        try (FileChannel channel = FileChannel.open(judged);
                KerasArchive archive = KerasArchive.open(file, channel)) {
            assertThat(archive.isInPlace()).isFalse();
            assertThat(weights(archive)).isEqualTo(TEXT);
        }
    }

    @Test
    void a_file_that_is_replaced_while_it_is_open_is_still_the_old_one() throws IOException {
        Path file = file(stored());
        try (KerasArchive archive = open(file)) {
            Path newer = Files.write(folder.resolve("newer"), Zips.stored(entries(OTHER)));
            try {
                Files.move(newer, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException onWindows) {
                assumeThat(onWindows).as("a system that replaces open files").isNull();
            }
            assertThat(weights(archive)).isEqualTo(TEXT);
        }
    }

    @Test
    void where_names_can_be_taken_away_extracted_weights_have_none() throws IOException {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
        try (KerasArchive archive = open(Zips.of(entries(TEXT)))) {
            assertThat(archive.isInPlace()).isFalse();
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    @Test
    void a_comment_that_is_not_utf_8_is_not_copied() throws IOException {
        byte[] zip = stored();
        zip[zip.length - 2] = 1;
        Path copy = folder.resolve("copy");
        try (KerasArchive archive = open(Zips.concatenated(zip, new byte[] {(byte) 0xff}))) {
            AtomicFile.write(copy, out -> archive.copyTo(out, List.of(new GivenPiece(TEXT))));
        }
        try (KerasArchive archive = open(copy)) {
            assertThat(weights(archive)).isEqualTo(TEXT);
            assertThat(Files.readAllBytes(copy)).endsWith(0, 0);
        }
    }

    @Test
    void a_folder_for_temporary_files_that_fails_is_named() throws IOException {
        Path missing = folder.resolve("missing");
        Path deflated = file(Zips.of(entries(TEXT)));
        String before = System.setProperty("java.io.tmpdir", missing.toString());
        try {
            assertThatThrownBy(() -> open(deflated))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("The weights of file need 31 bytes in the folder for temporary files " + missing
                            + ". Make room there or set -Djava.io.tmpdir")
                    .hasCauseInstanceOf(NoSuchFileException.class);
            open(stored()).close();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_archive_that_is_closed_while_it_is_copied_says_so(boolean stored) throws IOException {
        byte[] large = new byte[1 << 20];
        new Random(5).nextBytes(large);
        Map<String, byte[]> entries = new LinkedHashMap<>(entries(TEXT));
        entries.put("large", large);
        KerasArchive archive = open(stored ? Zips.stored(entries) : Zips.of(entries));
        try (FileChannel out =
                FileChannel.open(folder.resolve("copy"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            WritableByteChannel closing = new WritableByteChannel() {
                @Override
                public int write(ByteBuffer source) throws IOException {
                    archive.close();
                    return out.write(source);
                }

                @Override
                public boolean isOpen() {
                    return true;
                }

                @Override
                public void close() {}
            };
            assertThatThrownBy(() -> archive.copyTo(closing, List.of(new GivenPiece(TEXT))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The file file is closed. Open it again");
        }
        assertThatThrownBy(archive::config)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The file file is closed. Open it again");
    }

    private static byte[] stored() {
        return Zips.stored(entries(TEXT));
    }

    private static Map<String, byte[]> entries(byte[] weights) {
        Map<String, byte[]> entries = lastEntries(weights);
        entries.put("next", new byte[900]);
        return entries;
    }

    private static Map<String, byte[]> lastEntries(byte[] weights) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(KerasArchive.CONFIG, "{}".getBytes(StandardCharsets.UTF_8));
        entries.put(WEIGHTS, weights);
        return entries;
    }

    private static byte[] otherLocalName(byte[] zip) {
        return Zips.withLocalInt(zip, WEIGHTS, 30, 0x41414141);
    }

    private static byte[] crc(byte[] zip, int crc) {
        return Zips.withLocalInt(Zips.withInt(zip, WEIGHTS, Zips.DIRECTORY_CRC, crc), WEIGHTS, Zips.LOCAL_CRC, crc);
    }

    /** Everywhere. */
    private static byte[] size(byte[] zip, int size) {
        byte[] changed = Zips.withInt(zip, WEIGHTS, Zips.DIRECTORY_SIZE, size);
        changed = Zips.withInt(changed, WEIGHTS, Zips.DIRECTORY_STORED_SIZE, size);
        changed = Zips.withLocalInt(changed, WEIGHTS, Zips.LOCAL_SIZE, size);
        return Zips.withLocalInt(changed, WEIGHTS, Zips.LOCAL_STORED_SIZE, size);
    }

    private static long directoryBytes(byte[] zip) {
        return Integer.reverseBytes(ByteBuffer.wrap(zip).getInt(zip.length - 10));
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    private KerasArchive open(byte[] zip) throws IOException {
        return open(file(zip));
    }

    private static KerasArchive open(Path file) throws IOException {
        return KerasArchiveTest.opened(file);
    }

    private static byte[] weights(KerasArchive archive) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) archive.weights().size());
        archive.weights().readFully(bytes, 0);
        return bytes.array();
    }

    /** Of this process. */
    private static List<Path> temporaryFiles() throws IOException {
        String prefix = "gradstep-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(TemporaryFile.folder())) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }
}
