package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasArchiveTest {
    private static final String GOLDEN = "/golden/keras-files/";
    private static final byte[] TEXT = "some text, some text, some text".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    /** What an entry is, as Java sees it. */
    private record Entry(String name, int method, LocalDateTime time, String comment, long size, long crc, int extra) {
        static Entry of(ZipEntry entry) {
            return new Entry(
                    entry.getName(),
                    entry.getMethod(),
                    entry.getTimeLocal(),
                    entry.getComment(),
                    entry.getSize(),
                    entry.getCrc(),
                    entry.getExtra() == null ? 0 : entry.getExtra().length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"batch-norm-ema", "dense-everything", "dense-loss-scale", "dense-plain", "two-inputs-momentum"})
    void what_keras_wrote_is_read_and_copied(String name) throws IOException {
        Path file = file(golden(name + ".keras"));
        try (KerasArchive archive = opened(file);
                ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(archive.entries()).containsExactly("metadata.json", "config.json", "model.weights.h5");
            assertThat(archive.isInPlace()).isTrue();
            assertThat(archive.config()).isEqualTo(bytes(zip, "config.json")).startsWith('{');
            assertThat(weights(archive)).isEqualTo(bytes(zip, "model.weights.h5"));
            Path copy = copy(archive, weights(archive));
            try (KerasArchive again = opened(copy)) {
                assertThat(again.isInPlace()).isTrue();
            }
            assertThat(entries(copy)).isEqualTo(entries(file));
            assertThat(contents(copy)).isEqualTo(contents(file));
        }
    }

    @Test
    void a_copy_keeps_everything_but_the_weights() throws IOException {
        Path file = folder.resolve("file");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setComment("Kommentar ö");
            put(zip, entry("assets/", null), new byte[0]);
            put(zip, entry("config.json", "Kommentar ä"), TEXT);
            ZipEntry stored = entry("assets/vocabulary ä.txt", null);
            stored.setMethod(ZipEntry.STORED);
            stored.setSize(3);
            stored.setCrc(0x352441c2);
            put(zip, stored, "abc".getBytes(StandardCharsets.UTF_8));
            put(zip, entry("model.weights.h5", null), TEXT);
            put(zip, entry("zzz", null), TEXT);
        }
        byte[] longer = new byte[100_000];
        Arrays.fill(longer, (byte) 7);
        try (KerasArchive archive = opened(file)) {
            Path copy = copy(archive, longer, TEXT);
            Map<String, String> expected = contents(file);
            expected.put("model.weights.h5", latin(Zips.concatenated(longer, TEXT)));
            assertThat(contents(copy)).isEqualTo(expected);
            assertThat(entries(copy))
                    .filteredOn(entry -> !entry.name().equals("model.weights.h5"))
                    .isEqualTo(entries(file).stream()
                            .filter(entry -> !entry.name().equals("model.weights.h5"))
                            .toList());
            try (ZipFile copied = new ZipFile(copy.toFile())) {
                assertThat(copied.getComment()).isEqualTo("Kommentar ö");
            }
            assertThat(entries(copy).get(3).name()).isEqualTo("model.weights.h5");
            assertThat(entries(copy).get(3).method()).isEqualTo(ZipEntry.STORED);
            assertThat(weights(archive)).isEqualTo(TEXT);
        }
    }

    @Test
    void equal_weights_give_equal_bytes() throws IOException {
        try (KerasArchive archive = opened(file(golden("dense-plain.keras")))) {
            assertThat(Files.readAllBytes(copy(archive, TEXT))).isEqualTo(Files.readAllBytes(copy(archive, TEXT)));
        }
    }

    @Test
    void an_archive_may_be_replaced_by_its_copy() throws IOException {
        Path file = file(good());
        AtomicFile.write(file, channel -> {
            try (KerasArchive archive = opened(file)) {
                archive.copyTo(channel, List.of(new GivenPiece(new byte[9])));
            }
        });
        try (KerasArchive archive = opened(file)) {
            assertThat(archive.config()).isEqualTo(TEXT);
            assertThat(weights(archive)).isEqualTo(new byte[9]);
        }
    }

    @Test
    void a_time_that_does_not_exist_is_replaced() throws IOException {
        byte[] zip = Zips.withInt(good(), "config.json", Zips.DIRECTORY_TIME, 0x001f_ffff);
        try (KerasArchive archive = opened(file(zip))) {
            assertThat(entries(copy(archive, TEXT)).get(0).time()).isEqualTo("1980-01-01T00:00:00");
        }
    }

    @Test
    void weights_that_change_between_two_looks_are_refused() throws IOException {
        Piece changing = new Piece() {
            private byte looks;

            @Override
            public long size() {
                return 1;
            }

            @Override
            public void writeTo(WritableByteChannel out) throws IOException {
                out.write(ByteBuffer.wrap(new byte[] {looks++}));
            }
        };
        try (KerasArchive archive = opened(file(good()));
                FileChannel out =
                        FileChannel.open(Files.createFile(folder.resolve("copy")), StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> archive.copyTo(out, List.of(changing)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("The weights changed while they were written");
            assertThat(out.isOpen()).isTrue();
        }
    }

    @Test
    void extracted_weights_are_closed_with_the_archive_and_leave_no_file() throws IOException {
        FileStretch weights;
        try (KerasArchive archive = opened(file(good()))) {
            assertThat(archive.isInPlace()).isFalse();
            weights = archive.weights();
            assertThat(weights.isOpen()).isTrue();
        }
        assertThat(weights.isOpen()).isFalse();
        assertThatThrownBy(() -> weights.readFully(ByteBuffer.allocate(1), 0))
                .isInstanceOf(ClosedChannelException.class);
        assertThat(extracted()).isEmpty();
    }

    @Test
    void after_damaged_weights_no_file_is_left_either() throws IOException {
        byte[] zip = Zips.withInt(good(), "model.weights.h5", Zips.DIRECTORY_CRC, 1);
        assertRefused(zip, "is damaged: length or checksum of 'model.weights.h5' is wrong");
        assertThat(extracted()).isEmpty();
    }

    static List<Arguments> unusual_zips_are_read() {
        byte[] zip = good();
        byte[] other = Zips.of(Map.of("other", TEXT));
        byte[] comment = zip.clone();
        comment[zip.length - 2] = 3;
        byte[] twice = twice();
        return List.of(
                Arguments.of("something before it", Zips.concatenated(TEXT, zip)),
                Arguments.of("another zip before it", Zips.concatenated(other, zip)),
                Arguments.of("a comment", Zips.concatenated(comment, new byte[] {1, 2, 3})),
                Arguments.of("64-bit numbers at the end", Zips.with64BitEnd(zip, 2, directoryBytes(zip))),
                Arguments.of("a wrong local name", wrongLocalName(zip)),
                Arguments.of("two entries in one place", twice));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void unusual_zips_are_read(String name, byte[] zip) throws IOException {
        try (KerasArchive archive = opened(file(zip))) {
            assertThat(archive.config()).isEqualTo(TEXT);
            assertThat(weights(archive)).isEqualTo(TEXT);
            assertThat(contents(copy(archive, TEXT))).isEqualTo(contents(file(zip)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "a/../evil",
                "a/..",
                "..",
                "/etc/evil",
                "a\\b",
                "C:evil",
                "c:/evil",
                "nul\0",
                "\0",
                "a/../../b\n",
            })
    void names_that_lead_elsewhere_are_refused(String name) {
        byte[] zip = Zips.of(entries("config.json", TEXT, "model.weights.h5", TEXT, name, TEXT));
        assertRefused(zip, "has an entry called '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"assets/..vocabulary", "a..b", "...", "assets/.hidden", "ä:/x"})
    void names_that_only_look_so_are_not(String name) throws IOException {
        byte[] zip = Zips.of(entries("config.json", TEXT, "model.weights.h5", TEXT, name, TEXT));
        try (KerasArchive archive = opened(file(zip))) {
            assertThat(archive.entries()).containsExactly("config.json", "model.weights.h5", name);
        }
    }

    static List<Arguments> hostile_zips_are_refused() {
        byte[] zip = good();
        String weights = "model.weights.h5";
        List<Arguments> rows = new ArrayList<>(List.of(
                Arguments.of("an empty file", new byte[0], "is no zip"),
                Arguments.of("a text", TEXT, "is no zip"),
                Arguments.of("HDF5", golden("dense-plain.weights.h5"), "is no .keras file but HDF5"),
                Arguments.of("an empty zip", Zips.of(Map.of()), "has no config.json. Its entries: none"),
                Arguments.of("something after it", Zips.concatenated(zip, TEXT), "ends before or after the file does"),
                Arguments.of(
                        "two of one name",
                        Zips.renamed(with("model.weights.h6"), "model.weights.h6", weights),
                        "has two entries called 'model.weights.h5'"),
                Arguments.of(
                        "a name that is not UTF-8", Zips.renamed(with("ab"), "ab", "\u00ff\u00fe"), "is a broken zip"),
                Arguments.of("many versions", with("META-INF/versions/2000000000/x"), "is a jar"),
                Arguments.of("encrypted", Zips.withShort(zip, weights, Zips.DIRECTORY_FLAGS, 9), "encrypted"),
                Arguments.of("bzip2", Zips.withShort(zip, weights, Zips.DIRECTORY_METHOD, 12), "compression method"),
                Arguments.of(
                        "stored for deflated", Zips.withShort(zip, weights, Zips.DIRECTORY_METHOD, 0), "is damaged"),
                Arguments.of("a wrong checksum", Zips.withInt(zip, "config.json", Zips.DIRECTORY_CRC, 1), "is damaged"),
                Arguments.of("a byte too few", size(zip, TEXT.length - 1), "has more bytes for 'model.weights.h5'"),
                Arguments.of("a byte too many", size(zip, TEXT.length + 1), "is damaged"),
                Arguments.of("a bomb that says so", size(zip, Integer.MAX_VALUE), "declares 2147483647 bytes for"),
                Arguments.of("a bomb that does not", size(bomb(1 << 20), 9), "has more bytes for 'model.weights.h5'"),
                Arguments.of("-1 bytes", size(zip, -1), "is a broken zip|declares"),
                Arguments.of(
                        "a wrong place", Zips.withInt(zip, weights, Zips.DIRECTORY_OFFSET, 1 << 30), "is a broken zip"),
                Arguments.of(
                        "more directory than file",
                        Zips.with64BitEnd(zip, 2, 1 << 22),
                        "its directory of 4194304 bytes would begin before the file"),
                Arguments.of("a large directory", Zips.with64BitEnd(zip, 2, 1L << 40), "at most 10000 and 8388608 are"),
                Arguments.of("many entries declared", Zips.with64BitEnd(zip, 10_001, 1), "has 10001 entries"),
                Arguments.of("less than nothing", Zips.with64BitEnd(zip, 2, -1), "negative length"),
                Arguments.of(
                        "NumPy's weights",
                        Zips.of(entries("config.json", TEXT, "model.weights.npz", TEXT)),
                        "has no model.weights.h5; weights in NumPy's format are not read"),
                Arguments.of(
                        "sharded weights",
                        Zips.of(entries("config.json", TEXT, "model.weights.json", TEXT)),
                        "has no model.weights.h5; weights in several files \\(shards\\) are not read"),
                Arguments.of(
                        "no weights",
                        Zips.of(entries("config.json", TEXT, "a\nb", TEXT)),
                        "has no model.weights.h5. Its entries: 'config.json', 'a\\?b'")));
        for (int length = 1; length < zip.length; length += 7) {
            rows.add(Arguments.of("only " + length + " bytes", Arrays.copyOf(zip, length), "is no zip"));
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void hostile_zips_are_refused(String name, byte[] zip, String why) {
        assertRefused(zip, why);
    }

    @Test
    void more_than_64_megabytes_of_json_are_not_read() throws IOException {
        for (String name : List.of("config.json", "metadata.json")) {
            Path file = folder.resolve(name);
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                put(zip, entry("model.weights.h5", null), TEXT);
                zip.putNextEntry(new ZipEntry(name));
                for (int i = 0; i < 64; i++) {
                    zip.write(new byte[1 << 20]);
                }
                zip.write(0);
                zip.closeEntry();
            }
            assertRefused(file, "declares 67108865 bytes for '" + name + "'");
        }
    }

    @Test
    void entries_that_share_their_bytes_are_bounded_together() {
        Map<String, byte[]> entries = new LinkedHashMap<>(entries("config.json", TEXT, "model.weights.h5", TEXT));
        for (int i = 0; i < 300; i++) {
            entries.put("asset" + i, TEXT);
        }
        byte[] zip = Zips.of(entries);
        for (int i = 0; i < 300; i++) {
            zip = Zips.withInt(zip, "asset" + i, Zips.DIRECTORY_SIZE, 1 << 20);
        }
        assertRefused(zip, "declares too many bytes in all for a file of");
    }

    @Test
    void more_than_10_000_entries_are_not_read() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>(entries("config.json", TEXT, "model.weights.h5", TEXT));
        for (int i = 2; i < 10_000; i++) {
            entries.put("" + i, new byte[0]);
        }
        try (KerasArchive archive = opened(file(Zips.of(entries)))) {
            assertThat(archive.entries()).hasSize(10_000);
        }
        entries.put("one more", TEXT);
        byte[] zip = Zips.of(entries);
        assertRefused(zip, "has 10001 entries");
        // Its end says that there is one. ZipFile counts again.
        ByteBuffer.wrap(zip).putShort(zip.length - 14, (short) 0x0100).putShort(zip.length - 12, (short) 0x0100);
        assertRefused(zip, "has 10001 entries");
    }

    @Test
    void a_damaged_asset_is_found_when_it_is_copied() throws IOException {
        byte[] zip = Zips.withInt(with("asset"), "asset", Zips.DIRECTORY_CRC, 1);
        try (KerasArchive archive = opened(file(zip))) {
            assertThatExceptionOfType(KerasFileException.class)
                    .isThrownBy(() -> copy(archive, TEXT))
                    .withMessageEndingWith("is damaged: length or checksum of 'asset' is wrong");
        }
    }

    @Test
    void a_missing_file_is_the_disk_s_matter() {
        assertThatThrownBy(() -> opened(folder.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
    }

    /** But for names that nothing asks for, and times: those no checksum covers. */
    @Test
    void a_changed_byte_is_refused_or_changes_nothing() throws IOException {
        byte[] zip = golden("dense-plain.keras");
        List<String> expected = new ArrayList<>(contents(file(zip)).values());
        Random random = new Random(29);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            // Half of them where the structure is: the numbers are most of the file.
            int from = i % 2 == 0 ? 0 : zip.length - 230;
            int index = from + random.nextInt(zip.length - from);
            byte[] changed = zip.clone();
            changed[index] ^= (byte) (1 + random.nextInt(255));
            try (KerasArchive archive = opened(file(changed))) {
                Path copy = copy(archive, weights(archive));
                assertThat(new ArrayList<>(contents(copy).values()))
                        .as("change %d, at byte %d", i, index)
                        .isEqualTo(expected);
            } catch (KerasFileException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 1_999);
    }

    private void assertRefused(byte[] zip, String why) {
        assertRefused(file(zip), why);
    }

    private static void assertRefused(Path file, String why) {
        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() -> opened(file).close())
                .withMessageMatching("(?s).*(" + why + ").*");
    }

    private static byte[] good() {
        return Zips.of(entries("config.json", TEXT, "model.weights.h5", TEXT));
    }

    private static byte[] with(String name) {
        return Zips.of(entries("config.json", TEXT, "model.weights.h5", TEXT, name, TEXT));
    }

    private static byte[] bomb(int bytes) {
        return Zips.of(entries("config.json", TEXT, "model.weights.h5", new byte[bytes]));
    }

    private static byte[] size(byte[] zip, int bytes) {
        return Zips.withInt(zip, "model.weights.h5", Zips.DIRECTORY_SIZE, bytes);
    }

    /** The second entry lies where the first does. */
    private static byte[] twice() {
        byte[] zip = good();
        int place = Zips.intOf(zip, "config.json", Zips.DIRECTORY_OFFSET);
        return Zips.withInt(zip, "model.weights.h5", Zips.DIRECTORY_OFFSET, place);
    }

    /** The first entry's, after 30 bytes. */
    private static byte[] wrongLocalName(byte[] zip) {
        byte[] changed = zip.clone();
        changed[30] = 'k';
        return changed;
    }

    private static long directoryBytes(byte[] zip) {
        return Integer.reverseBytes(ByteBuffer.wrap(zip).getInt(zip.length - 10));
    }

    private static Map<String, byte[]> entries(Object... namesAndBytes) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < namesAndBytes.length; i += 2) {
            entries.put((String) namesAndBytes[i], (byte[]) namesAndBytes[i + 1]);
        }
        return entries;
    }

    private static ZipEntry entry(String name, String comment) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(2024, 2, 29, 12, 34, 56));
        entry.setComment(comment);
        return entry;
    }

    private static void put(ZipOutputStream zip, ZipEntry entry, byte[] bytes) throws IOException {
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /** With a channel of its own, as a file opens it. */
    static KerasArchive opened(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file);
        try {
            return KerasArchive.open(file, channel);
        } catch (Throwable failure) {
            try (channel) {
                throw failure;
            }
        }
    }

    private Path copy(KerasArchive archive, byte[]... weights) throws IOException {
        Path copy = folder.resolve("copy");
        List<Piece> pieces = Stream.of(weights).<Piece>map(GivenPiece::new).toList();
        try (FileChannel out = FileChannel.open(
                copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            archive.copyTo(out, pieces);
        }
        return copy;
    }

    private static byte[] weights(KerasArchive archive) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) archive.weights().size());
        archive.weights().readFully(bytes, 0);
        return bytes.array();
    }

    private static List<Entry> entries(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.stream().<Entry>map(Entry::of).toList();
        }
    }

    private static Map<String, String> contents(Path file) throws IOException {
        Map<String, String> contents = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                contents.put(entry.getName(), latin(bytes(zip, entry.getName())));
            }
        }
        return contents;
    }

    /** Is equal by value. */
    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        return zip.getInputStream(zip.getEntry(name)).readAllBytes();
    }

    /** Of this process, and not yet gone. */
    private static List<Path> extracted() throws IOException {
        String prefix = "gradstep-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    private Path file(byte[] bytes) {
        try {
            return Files.write(folder.resolve("file"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] golden(String name) {
        try (InputStream in = KerasArchiveTest.class.getResourceAsStream(GOLDEN + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
