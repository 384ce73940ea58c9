package io.gradstep.keras;

import static io.gradstep.keras.Hdf5Image.attribute;
import static io.gradstep.keras.Hdf5Image.compact;
import static io.gradstep.keras.Hdf5Image.dataSet;
import static io.gradstep.keras.Hdf5Image.fields;
import static io.gradstep.keras.Hdf5Image.fixedText;
import static io.gradstep.keras.Hdf5Image.floating;
import static io.gradstep.keras.Hdf5Image.integer;
import static io.gradstep.keras.Hdf5Image.layout;
import static io.gradstep.keras.Hdf5Image.textInHeap;
import static io.gradstep.keras.Hdf5Image.type;
import static io.gradstep.keras.Hdf5Image.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gradstep.keras.Hdf5Image.Link;
import io.gradstep.keras.Hdf5Image.Message;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.tck.Bits;
import io.gradstep.tck.GoldenScenarios;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasFileTest {
    private static final String KERNEL = "layers/dense/vars/0";

    @TempDir
    private Path folder;

    private KerasFile golden(String name) throws IOException {
        return KerasFile.open(GoldenFiles.in(folder, name));
    }

    private KerasFile open(byte[] bytes) throws IOException {
        return KerasFile.open(Files.write(folder.resolve("any"), bytes));
    }

    /** A data set {@code a} of one row. */
    private static byte[] file(byte[] type, int count, String hex) {
        Hdf5Image image = new Hdf5Image();
        byte[] data = HexFormat.of().parseHex(hex);
        return image.ofDataSet(dataSet(type, layout(image.add(data), data.length), count));
    }

    // ---- opening, closing, asking

    @ParameterizedTest
    @ValueSource(strings = {"dense-plain.weights.h5", "dense-plain.keras"})
    void a_closed_file_says_so_and_twice_is_once(String name) throws IOException {
        KerasFile file = golden(name);
        KerasFileCopy copy = file.copy();
        file.close();
        file.close();
        Path target = folder.resolve("copy");
        for (Callable<?> question : List.<Callable<?>>of(
                () -> file.array(KERNEL), file::optimizerState, file::optimizer, file::serializedOptimizer, () -> {
                    copy.writeTo(target);
                    return null;
                })) {
            assertThatThrownBy(question::call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name + " is closed");
        }
        assertThat(target).doesNotExist();
        assertThat(file.arrays()).isNotEmpty();
    }

    @Test
    void an_unknown_array_is_refused() throws IOException {
        try (KerasFile file = golden("dense-plain.weights.h5")) {
            for (String path : List.of("", "layers", "layers/dense/vars", "layers/dense/vars/7", "/" + KERNEL)) {
                assertThatThrownBy(() -> file.array(path))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("There is no array " + path + " in dense-plain.weights.h5");
                assertThatThrownBy(() -> file.copy().array(path, HostTensor.of(Shape.scalar(), 1f)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("There is no array");
                if (!path.equals("layers/dense/vars")) {
                    assertThat(file.attributes(path)).isEmpty();
                }
            }
        }
    }

    @Test
    void it_says_what_it_is() throws IOException {
        try (KerasFile file = golden("dense-plain.weights.h5")) {
            assertThat(file)
                    .hasToString("dense-plain.weights.h5 with " + file.arrays().size() + " arrays");
        }
    }

    @Test
    void a_refusal_names_the_file_and_the_place() {
        byte[] bytes = file(Hdf5Image.FLOAT32, 3, "0000000000000000");
        assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(KerasFileException.class)
                .hasMessageStartingWith("any: a: Its shape (3,)");
    }

    @Test
    void a_file_that_is_not_there_is_an_error_of_the_disk() {
        assertThatThrownBy(() -> KerasFile.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_user_block_is_skipped_and_copied() throws IOException {
        byte[] block = new byte[1024];
        block[100] = 7;
        byte[] bytes = fields().raw(block)
                .raw(GoldenFiles.bytes("dense-plain.weights.h5"))
                .bytes();
        // The end of the file is that of the whole.
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(1024 + 40, bytes.length);
        Path target = folder.resolve("copy");
        HostTensor kernel;
        try (KerasFile golden = golden("dense-plain.weights.h5");
                KerasFile file = open(bytes)) {
            kernel = golden.array(KERNEL);
            Bits.assertEqual(KERNEL, kernel, file.array(KERNEL));
            file.copy().writeTo(target);
            assertThat(target).hasBinaryContent(bytes);
            kernel.set(0, 41);
            file.copy().array(KERNEL, kernel).writeTo(target);
        }
        assertThat(Files.readAllBytes(target)).hasSameSizeAs(bytes).startsWith(block);
        try (KerasFile copy = KerasFile.open(target)) {
            Bits.assertEqual(KERNEL, kernel, copy.array(KERNEL));
        }
    }

    @Test
    void several_threads_read_at_once() throws Exception {
        try (KerasFile file = golden("two-inputs-momentum.keras")) {
            List<StoredArray> arrays = file.arrays();
            Callable<List<HostTensor>> reader = () -> {
                List<HostTensor> read = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    for (StoredArray array : arrays) {
                        read.add(file.array(array.path()));
                    }
                }
                return read;
            };
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<HostTensor> expected = reader.call();
                for (Future<List<HostTensor>> read : threads.invokeAll(List.of(reader, reader, reader, reader))) {
                    for (int i = 0; i < expected.size(); i++) {
                        Bits.assertEqual(
                                "array " + i, expected.get(i), read.get().get(i));
                    }
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    // ---- types

    static Stream<Arguments> types() {
        return Stream.of(
                arguments("<f4", Hdf5Image.FLOAT32, "0000c03f000000c0", 1.5, -2),
                arguments(">f4", floating(0x11, 0x1f21, 4, 23, 8, 23, 127), "3fc00000c0000000", 1.5, -2),
                arguments("<f8", Hdf5Image.FLOAT64, "000000000000f83f00000000000000c0", 1.5, -2),
                arguments(
                        ">f8",
                        floating(0x11, 0x3f21, 8, 52, 11, 52, 1023),
                        "3ff8000000000000c000000000000000",
                        1.5,
                        -2),
                arguments("<f2", floating(0x11, 0x0f20, 2, 10, 5, 10, 15), "003e00c0", 1.5, -2),
                arguments(">f2", floating(0x11, 0x0f21, 2, 10, 5, 10, 15), "3e00c000", 1.5, -2),
                arguments("<f4", floating(0x51, 0x1f20, 4, 23, 8, 23, 127), "0000c03f000000c0", 1.5, -2),
                arguments("|i1", integer(8, 1), "7ffe", 127, -2),
                // The byte order of single bytes says nothing.
                arguments("|i1", integer(9, 1), "7ffe", 127, -2),
                arguments("|u1", integer(0, 1), "7ffe", 127, 254),
                arguments("<i2", integer(8, 2), "0100feff", 1, -2),
                arguments(">u2", integer(1, 2), "0001fffe", 1, 65_534),
                arguments(">i4", integer(9, 4), "00000001fffffffe", 1, -2),
                arguments("<u4", integer(0, 4), "01000000ffffff7f", 1, Integer.MAX_VALUE),
                arguments("<i8", integer(8, 8), "0100000000000000feffffffffffffff", 1, -2),
                arguments(">u8", integer(1, 8), "0000000000000001000000007fffffff", 1, Integer.MAX_VALUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void numbers_of_all_types_are_read_and_overwritten(String name, byte[] type, String hex, double one, double other)
            throws IOException {
        byte[] bytes = file(type, 2, hex);
        Path target = folder.resolve("copy");
        try (KerasFile file = open(bytes)) {
            assertThat(file.arrays()).containsExactly(new StoredArray("a", name, Shape.of(2)));
            HostTensor array = file.array("a");
            assertThat(new double[] {array.get(0), array.get(1)}).containsExactly(one, other);
            file.copy()
                    .array("a", HostTensor.filled(array.dtype(), Shape.of(2), 0))
                    .writeTo(target);
            assertThat(target).hasBinaryContent(file(type, 2, "00".repeat(hex.length() / 2)));
            file.copy().array("a", array).writeTo(target);
            assertThat(target).hasBinaryContent(bytes);
        }
    }

    static Stream<Arguments> otherTypes() {
        byte[] float32WithPadding = floating(0x11, 0x1f20, 4, 23, 8, 23, 127);
        float32WithPadding[8] = 1;
        byte[] float32WithPaddedMantissa = floating(0x11, 0x1f20, 4, 23, 8, 23, 127);
        float32WithPaddedMantissa[14] = 1;
        return Stream.of(
                arguments("an unusual floating-point number of 4 bytes", float32WithPaddedMantissa),
                arguments("opaque of 4 bytes", type(0x15, 0, 4).bytes()),
                arguments("text of 4 bytes", fixedText(4)),
                arguments("text", textInHeap()),
                arguments("bfloat16", floating(0x11, 0x0f20, 2, 7, 8, 7, 127)),
                arguments(
                        "lists of variable length",
                        type(0x19, 0, 16).raw(integer(8, 4)).bytes()),
                arguments("of the HDF5 type class 6", type(0x36, 1, 8).zeros(40).bytes()),
                arguments("of the HDF5 type class 8", type(0x38, 1, 1).zeros(40).bytes()),
                arguments("an unusual floating-point number of 4 bytes", float32WithPadding),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f60, 4, 23, 8, 23, 127)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f00, 4, 23, 8, 23, 127)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f20, 4, 23, 8, 23, 128)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1e20, 4, 23, 8, 23, 127)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f20, 4, 22, 8, 23, 127)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f20, 4, 23, 7, 23, 127)),
                arguments("an unusual floating-point number of 4 bytes", floating(0x11, 0x1f20, 4, 23, 8, 22, 127)),
                arguments(
                        "an unusual floating-point number of 16 bytes",
                        floating(0x11, 0x7f20, 16, 112, 15, 112, 16383)),
                arguments("an unusual integer of 3 bytes", integer(8, 3)),
                arguments("an unusual integer of 16 bytes", integer(8, 16)),
                arguments(
                        "an unusual integer of 4 bytes",
                        type(0x10, 8, 4).u16(0).u16(24).bytes()),
                arguments(
                        "an unusual integer of 4 bytes",
                        type(0x10, 8, 4).u16(8).u16(32).bytes()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherTypes")
    void other_types_are_listed_and_neither_read_nor_written(String name, byte[] type) throws IOException {
        int bytes = ByteBuffer.wrap(type).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        try (KerasFile file = open(file(type, 1, "00".repeat(bytes)))) {
            assertThat(file.arrays()).containsExactly(new StoredArray("a", name, Shape.of(1)));
            assertThatThrownBy(() -> file.array("a"))
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageStartingWith("any: a: Its elements are " + name);
            for (DType dtype : DType.values()) {
                assertThatThrownBy(() -> file.copy().array("a", HostTensor.filled(dtype, Shape.of(1), 0)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("The array a is " + name);
            }
        }
    }

    @Test
    void kerass_bfloat16_is_opaque_data_of_two_bytes_with_an_attribute() throws IOException {
        byte[] opaque = type(0x15, 0, 2).bytes();
        Message dtype = attribute("dtype", fixedText(8), "bfloat16".getBytes(StandardCharsets.US_ASCII));
        Message[] messages = dataSet(opaque, compact(2, new byte[2]), 1);
        try (KerasFile file = open(new Hdf5Image().ofDataSet(with(messages, dtype)))) {
            assertThat(file.arrays()).containsExactly(new StoredArray("a", "bfloat16", Shape.of(1)));
        }
        Message other = attribute("dtype", fixedText(8), "bfloat17".getBytes(StandardCharsets.US_ASCII));
        try (KerasFile file = open(new Hdf5Image().ofDataSet(with(messages, other)))) {
            assertThat(file.arrays()).containsExactly(new StoredArray("a", "opaque of 2 bytes", Shape.of(1)));
        }
    }

    @Test
    void bfloat16_survives_the_copying_of_what_lies_beside_it() throws IOException {
        Path golden = GoldenScenarios.hdf5File("bfloat16.weights.h5", folder);
        Path target = folder.resolve("copy");
        byte[] expected = Files.readAllBytes(golden);
        try (KerasFile file = KerasFile.open(golden)) {
            int kernel = (int) file.dataSet("layers/dense_1/vars/0").position();
            ByteBuffer.wrap(expected)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(kernel)
                    .putFloat(7)
                    .putFloat(8);
            assertThat(file.arrays()).contains(new StoredArray("layers/dense/vars/0", "bfloat16", Shape.of(2, 2)));
            file.copy()
                    .array("layers/dense_1/vars/0", HostTensor.of(Shape.of(2, 1), 7f, 8f))
                    .writeTo(target);
        }
        assertThat(target).hasBinaryContent(expected);
    }

    @Test
    void bfloat16_is_refused_where_its_numbers_are_asked_for() throws IOException {
        try (KerasFile file = KerasFile.open(GoldenScenarios.hdf5File("bfloat16.weights.h5", folder))) {
            assertThatThrownBy(() -> file.array("layers/dense/vars/0"))
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageStartingWith("bfloat16.weights.h5: layers/dense/vars/0: Its elements are bfloat16");
            assertThatThrownBy(file::optimizerState)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageStartingWith("bfloat16.weights.h5: optimizer/vars/2: Its elements are bfloat16");
        }
    }

    @Test
    void attributes_that_are_no_text_say_what_they_are() throws IOException {
        Hdf5Image image = new Hdf5Image();
        byte[] bytes = image.ofDataSet(with(image.floats(1), attribute("number", Hdf5Image.FLOAT32, new byte[4])));
        try (KerasFile file = open(bytes)) {
            assertThat(file.attributes("a")).isEqualTo(Map.of("number", "(<f4)"));
        }
    }

    @Test
    void an_integer_too_large_for_int32_is_refused_when_it_is_read() throws IOException {
        try (KerasFile file = open(file(integer(8, 8), 2, "01000000000000000000008000000000"))) {
            assertThatThrownBy(() -> file.array("a"))
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageStartingWith("any: a: Its element 1 is 2147483648");
        }
    }

    @Test
    void compact_data_are_read_and_not_overwritten() throws IOException {
        byte[] data = fields().u32(Float.floatToIntBits(7)).bytes();
        Path target = folder.resolve("copy");
        byte[] bytes = new Hdf5Image().ofDataSet(dataSet(Hdf5Image.FLOAT32, compact(4, data), 1));
        try (KerasFile file = open(bytes)) {
            assertThat(file.array("a").floats()).containsExactly(7);
            assertThatThrownBy(() -> file.copy().array("a", HostTensor.of(Shape.of(1), 8f)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lie in the header");
            file.copy().writeTo(target);
        }
        assertThat(target).hasBinaryContent(bytes);
    }

    // ---- copies

    @Test
    void what_does_not_fit_into_a_copy_is_refused() throws IOException {
        try (KerasFile file = open(file(integer(0, 1), 2, "0102"))) {
            KerasFileCopy copy = file.copy();
            assertThatThrownBy(() -> copy.array("a", HostTensor.of(Shape.of(2), 1, 256)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The array a is |u1 (2,)")
                    .hasMessageContaining("the number 256 in place 1");
            assertThatThrownBy(() -> copy.array("a", HostTensor.of(Shape.of(2), 1f, 2f)))
                    .hasMessageContaining("FLOAT32 (2,)");
            assertThatThrownBy(() -> copy.array("a", HostTensor.of(Shape.of(1, 2), 1, 2)))
                    .hasMessageContaining("INT32 (1, 2)");
        }
    }

    @Test
    void a_state_of_which_the_last_array_does_not_fit_changes_nothing() throws IOException {
        Path target = folder.resolve("copy");
        try (KerasFile file = golden("dense-plain.weights.h5")) {
            List<NamedArray> arrays = new ArrayList<>();
            for (NamedArray array : file.optimizerState().arrays()) {
                DType dtype = array.values().dtype();
                arrays.add(new NamedArray(
                        "a", HostTensor.filled(dtype, array.values().shape(), 9)));
            }
            int last = arrays.size() - 1;
            arrays.set(last, new NamedArray("a", arrays.get(last).values().cast(DType.INT32)));
            KerasFileCopy copy = file.copy();
            assertThatThrownBy(() -> copy.optimizerState(new OptimizerState(arrays)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The array optimizer/vars/" + last)
                    .hasMessageContaining("INT32");
            copy.writeTo(target);
        }
        assertThat(target).hasBinaryContent(GoldenFiles.bytes("dense-plain.weights.h5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense-plain.weights.h5", "dense-plain.keras"})
    void the_open_file_itself_may_be_replaced(String name) throws IOException {
        Path path = GoldenFiles.in(folder, name);
        HostTensor kernel;
        try (KerasFile file = KerasFile.open(path)) {
            HostTensor before = file.array(KERNEL);
            kernel = before.copy();
            kernel.set(0, 41);
            file.copy().array(KERNEL, kernel).writeTo(path);
            // What is open is what was opened.
            Bits.assertEqual(KERNEL, before, file.array(KERNEL));
            file.copy().array(KERNEL, kernel).writeTo(path);
        }
        try (KerasFile file = KerasFile.open(path)) {
            Bits.assertEqual(KERNEL, kernel, file.array(KERNEL));
        }
    }

    @Test
    void a_copy_over_a_symbolic_link_goes_to_the_file_behind_it() throws IOException {
        Path target = GoldenFiles.in(folder, "dense-everything.weights.h5");
        Path link = folder.resolve("link");
        try {
            Files.createSymbolicLink(link, target.getFileName());
        } catch (IOException | UnsupportedOperationException e) {
            assumeThat(e).as("symbolic links").isNull();
        }
        try (KerasFile file = golden("dense-plain.weights.h5")) {
            file.copy().writeTo(link);
        }
        assertThat(link).isSymbolicLink();
        assertThat(target).hasBinaryContent(GoldenFiles.bytes("dense-plain.weights.h5"));
    }

    // ---- the configuration of an archive

    private KerasFile archive(UnaryOperator<String> config) throws IOException {
        Path file = folder.resolve("changed.keras");
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(GoldenFiles.bytes("dense-plain.keras")));
                OutputStream target = Files.newOutputStream(file);
                ZipOutputStream out = new ZipOutputStream(target)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                byte[] bytes = in.readAllBytes();
                if (entry.getName().equals("config.json")) {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    String changed = config.apply(text);
                    assertThat(changed).isNotEqualTo(text);
                    bytes = changed.getBytes(StandardCharsets.UTF_8);
                }
                out.write(bytes);
                out.closeEntry();
            }
        }
        return KerasFile.open(file);
    }

    private static String withCompilation(String compilation, String config) {
        return config.substring(0, config.indexOf("\"compile_config\"")) + "\"compile_config\": " + compilation + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{\"optimizer\": null}"})
    void a_model_that_was_not_compiled_has_no_optimizer(String compilation) throws IOException {
        try (KerasFile file = archive(config -> withCompilation(compilation, config))) {
            assertThat(file.optimizer()).isEmpty();
            assertThat(file.serializedOptimizer()).isEmpty();
        }
    }

    @Test
    void a_model_without_a_compilation_has_no_optimizer() throws IOException {
        try (KerasFile file = archive(config -> "{}")) {
            assertThat(file.optimizer()).isEmpty();
        }
    }

    @Test
    void an_optimizer_that_is_only_named_has_its_defaults() throws IOException {
        try (KerasFile file = archive(config -> withCompilation("{\"optimizer\": \"rmsprop\"}", config))) {
            assertThat(file.serializedOptimizer()).contains("rmsprop");
            assertThat(file.optimizer()).containsInstanceOf(RMSprop.class);
        }
    }

    @Test
    void an_unknown_optimizer_is_refused_and_its_serialized_form_is_not() throws IOException {
        try (KerasFile file = archive(config -> config.replace("\"RMSprop\"", "\"Adam\""))) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageStartingWith("changed.keras: config.json is not read: `$.compile_config.optimizer`")
                    .hasMessageContaining("Adam");
            assertThat(file.serializedOptimizer().orElseThrow().toString()).contains("class_name=Adam");
            assertThat(file.optimizerState().arrays()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"'', Malformed JSON", "'{', Malformed JSON", "'[]', must be a JSON object", "'{} {}', Malformed JSON"})
    void a_configuration_that_is_none_is_refused_when_it_is_asked_for(String config, String refusal)
            throws IOException {
        try (KerasFile file = archive(unused -> config)) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("config.json is not read")
                    .hasMessageContaining(refusal);
            assertThatThrownBy(file::serializedOptimizer).isInstanceOf(KerasFileException.class);
            assertThat(file.array(KERNEL).length()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "[]", "true"})
    void an_optimizer_that_is_neither_map_nor_name_is_refused(String optimizer) throws IOException {
        try (KerasFile file = archive(config -> withCompilation("{\"optimizer\": " + optimizer + "}", config))) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("must be a JSON object or a name");
        }
    }

    @Test
    void numbers_that_are_not_finite_may_stand_elsewhere_than_in_the_optimizer() throws IOException {
        try (KerasFile file =
                archive(config -> config.replace("\"build_config\": {", "\"build_config\": {\"a\": NaN, "))) {
            assertThat(file.optimizer()).isPresent();
        }
        try (KerasFile file = archive(config -> config.replace("\"rho\": 0.9", "\"rho\": NaN"))) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("$.compile_config.optimizer.config.rho");
        }
    }

    // ---- more than 2 GiB

    @Test
    void what_lies_beyond_4_gib_is_read_and_what_is_longer_than_an_array_is_listed() throws IOException {
        long beyond2 = (1L << 31) + 8;
        long beyond4 = (1L << 32) + 8;
        long end = beyond4 + (1L << 31) + 64;
        Hdf5Image image = new Hdf5Image();
        long before = image.add(header(dataSet(Hdf5Image.FLOAT32, layout(beyond2, 8), 2)));
        long behind = image.add(header(dataSet(Hdf5Image.FLOAT32, layout(end - 8, 8), 2)));
        long large = image.add(header(dataSet(integer(8, 1), layout(beyond4, 1L << 31), 1L << 31)));
        byte[] structures = image.older(
                image.group(new Link("before", before), new Link("behind", behind), new Link("large", large)), -1, end);
        Path path = folder.resolve("large.weights.h5");
        byte[] numbers = fields().u32(Float.floatToIntBits(1))
                .u32(Float.floatToIntBits(2))
                .bytes();
        try (FileChannel channel = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE))) {
            channel.write(ByteBuffer.wrap(structures));
            channel.write(ByteBuffer.wrap(numbers), beyond2);
            channel.write(ByteBuffer.wrap(numbers), end - 8);
        } catch (IOException e) {
            assumeThat(e).as("room for a file with holes").isNull();
        }
        try (KerasFile file = KerasFile.open(path)) {
            assertThat(file.array("before").floats()).containsExactly(1, 2);
            assertThat(file.array("behind").floats()).containsExactly(1, 2);
            assertThat(file.arrays()).contains(new StoredArray("large", "|i1", Shape.of(1L << 31)));
            assertThatThrownBy(() -> file.array("large"))
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("2147483648 elements, more than a Java array can have");
        }
    }

    private static byte[] header(Message... messages) {
        return Hdf5Image.header1(messages);
    }
}
