package io.gradstep.keras;

import static io.gradstep.keras.Hdf5Image.FLOAT32;
import static io.gradstep.keras.Hdf5Image.NOWHERE;
import static io.gradstep.keras.Hdf5Image.attribute;
import static io.gradstep.keras.Hdf5Image.compact;
import static io.gradstep.keras.Hdf5Image.continuation;
import static io.gradstep.keras.Hdf5Image.continuation2;
import static io.gradstep.keras.Hdf5Image.dataSet;
import static io.gradstep.keras.Hdf5Image.fields;
import static io.gradstep.keras.Hdf5Image.fixedText;
import static io.gradstep.keras.Hdf5Image.floating;
import static io.gradstep.keras.Hdf5Image.globalHeap;
import static io.gradstep.keras.Hdf5Image.header1;
import static io.gradstep.keras.Hdf5Image.header2;
import static io.gradstep.keras.Hdf5Image.layout;
import static io.gradstep.keras.Hdf5Image.link;
import static io.gradstep.keras.Hdf5Image.linkInfo;
import static io.gradstep.keras.Hdf5Image.node;
import static io.gradstep.keras.Hdf5Image.space;
import static io.gradstep.keras.Hdf5Image.table;
import static io.gradstep.keras.Hdf5Image.textAt;
import static io.gradstep.keras.Hdf5Image.textInHeap;
import static io.gradstep.keras.Hdf5Image.type;
import static io.gradstep.keras.Hdf5Image.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.keras.Hdf5Image.Child;
import io.gradstep.keras.Hdf5Image.HeapObject;
import io.gradstep.keras.Hdf5Image.Link;
import io.gradstep.keras.Hdf5Image.Message;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that want to have more read than they hold, or others than they are: each is refused when it is opened, with
 * what is wrong, and before much memory is taken. The bound of time is only there to fail instead of hanging.
 */
@Timeout(20)
class Hdf5HostileFilesTest {
    /** The whole of what the longest of these files has, several times. */
    private static final long MUCH_MEMORY = 512L << 20;

    private static final long HUGE = 1L << 63;

    @TempDir
    private Path folder;

    /** What is refused, and a part of the refusal's text. */
    private record Row(String what, String refusal, Function<Hdf5Image, byte[]> file) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Row row(String what, String refusal, Function<Hdf5Image, byte[]> file) {
        return new Row(what, refusal, file);
    }

    private KerasFile open(byte[] file) throws IOException {
        return KerasFile.open(Files.write(folder.resolve("hostile.weights.h5"), file));
    }

    private void assertRefused(byte[] file, String refusal) {
        long before = allocated();
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(KerasFileException.class)
                .hasMessageContaining(refusal);
        assertThat(allocated() - before).as("bytes of memory taken").isLessThan(MUCH_MEMORY);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void without_anything_hostile_these_files_are_read() throws IOException {
        Hdf5Image older = new Hdf5Image();
        Hdf5Image newer = new Hdf5Image();
        Hdf5Image continued = new Hdf5Image();
        long heap = older.add(globalHeap(64, HeapObject.of(1, "text")));
        Message[] attributes = {
            attribute("one", textInHeap(), textAt(4, heap, 1)),
            attribute("two", fixedText(4), fields().text("more").bytes()),
        };
        byte[] block = continuation2(link("a", continued.add(header2(continued.floats(1, 2)))));
        for (byte[] file : List.of(
                older.ofDataSet(with(older.floats(1, 2), attributes)),
                newer.ofRoot(link("a", newer.add(header2(newer.floats(1, 2))))),
                continued.ofRoot(continuation(continued.add(block), block.length)))) {
            try (KerasFile opened = open(file)) {
                assertThat(opened.array("a").floats()).containsExactly(1, 2);
            }
        }
        try (KerasFile opened = open(older.ofDataSet(with(older.floats(1, 2), attributes)))) {
            assertThat(opened.attributes("a")).containsEntry("one", "text").containsEntry("two", "more");
        }
    }

    @ParameterizedTest
    @MethodSource
    void what_leads_elsewhere_is_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> what_leads_elsewhere_is_refused() {
        return Stream.of(
                row("a soft link", "soft link", image -> image.older(image.group(new Link("a", 0, 2)))),
                row("a soft link to itself", "\"a\" is a soft link", image -> {
                    byte[] target = fields().u16(2).text("/a").bytes();
                    return image.ofRoot(link(1, "a", target));
                }),
                row("an external link", "leads into another file", image -> {
                    byte[] target = fields().u16(14)
                            .u8(0)
                            .text("/etc/passwd")
                            .u8(0)
                            .text("/")
                            .u8(0)
                            .bytes();
                    return image.ofRoot(link(64, "a", target));
                }),
                row("a link of an unknown type", "unknown type 65", image -> image.ofRoot(link(65, "a", new byte[8]))),
                row("links in a fractal heap", "fractal heap", image -> image.newer(image.add(header2(linkInfo(96))))),
                row("external storage", "external file", image -> {
                    Message files = new Message(
                            7, fields().u8(1).zeros(3).u16(1).u16(1).u64(0).bytes());
                    return image.ofDataSet(with(dataSet(FLOAT32, layout(NOWHERE, 8), 2), files));
                }),
                row(
                        "a virtual data set",
                        "virtual",
                        image -> image.ofDataSet(dataSet(
                                FLOAT32, layout(4, 3, fields().u64(96).u32(1).bytes()), 2))),
                row(
                        "object references",
                        "references",
                        image -> image.ofDataSet(dataSet(type(0x17, 0, 8).bytes(), layout(image.reserve(8), 8), 1))),
                row(
                        "region references",
                        "references",
                        image -> image.ofDataSet(dataSet(type(0x17, 1, 12).bytes(), layout(image.reserve(12), 12), 1))),
                row(
                        "an attribute that is a reference",
                        "references",
                        image -> image.ofDataSet(with(
                                image.floats(1), attribute("a", type(0x17, 0, 8).bytes(), new byte[8])))),
                row("a shared message, older", "shared", image -> {
                    Message[] messages = image.floats(1);
                    messages[1] = new Message(
                            3, 2, fields().u8(1).u8(0).zeros(6).u64(96).bytes());
                    return image.ofDataSet(messages);
                }),
                row("a shared message, newer", "shared", image -> {
                    Message shared =
                            new Message(6, 2, fields().u8(3).u8(2).u64(96).bytes());
                    return image.ofRoot(shared);
                }),
                row("an attribute of a shared type", "shares its data type", image -> {
                    byte[] name = fields().text("a").u8(0).bytes();
                    return image.ofDataSet(with(image.floats(1), attribute(2, 1, name, FLOAT32, new byte[4])));
                }),
                row(
                        "a named data type as a data set",
                        "neither a group nor a data set",
                        image -> image.ofDataSet(new Message(3, FLOAT32))),
                row("a superblock with a driver", "driver", image -> image.older(image.group(), 96, image.end())),
                row(
                        "a data set in chunks",
                        "chunks",
                        image -> image.ofDataSet(dataSet(
                                FLOAT32,
                                layout(
                                        3,
                                        2,
                                        fields().u8(2)
                                                .u64(NOWHERE)
                                                .u32(2)
                                                .u32(4)
                                                .bytes()),
                                2))),
                row(
                        "a data set in chunks, 2 GB declared, none stored",
                        "chunks",
                        image -> image.ofDataSet(dataSet(
                                FLOAT32,
                                layout(
                                        3,
                                        2,
                                        fields().u8(2)
                                                .u64(NOWHERE)
                                                .u32(1 << 29)
                                                .u32(4)
                                                .bytes()),
                                1 << 29))),
                row(
                        "a filtered data set",
                        "filtered",
                        image -> image.ofDataSet(with(
                                image.floats(1),
                                new Message(11, fields().u8(1).u8(1).zeros(6).bytes())))));
    }

    @ParameterizedTest
    @MethodSource
    void what_is_reached_twice_or_without_end_is_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> what_is_reached_twice_or_without_end_is_refused() {
        return Stream.of(
                row("a b-tree that counts 30 of its 31", "more than the 30 children", image -> {
                    List<Child> leaves = new ArrayList<>();
                    for (int i = 0; i < 31; i++) {
                        leaves.add(new Child(image.add(node(0, 0, List.of())), 0));
                    }
                    byte[] node = node(0, 1, leaves);
                    node[6] = 30;
                    return image.older(image.add(header1(table(image.add(node), image.heap(new byte[8])))));
                }),
                row("a group that holds itself", "lies upon the object header", image -> {
                    long root = image.reserve(40);
                    image.put(root, header1(image.table(new Link("a", root))));
                    return image.older(root);
                }),
                row("a group that holds its parent", "a/b: The object header", image -> {
                    long root = image.reserve(40);
                    image.put(root, header1(image.table(new Link("a", image.group(new Link("b", root))))));
                    return image.older(root);
                }),
                row("two links to one data set", "b: The object header", image -> {
                    long header = image.add(header1(image.floats(1)));
                    return image.older(image.group(new Link("a", header), new Link("b", header)));
                }),
                row("forty groups, each twice in the next", "lies upon the object header", image -> {
                    long group = image.add(header1(image.floats(1)));
                    for (int i = 0; i < 40; i++) {
                        group = image.group(new Link("a", group), new Link("b", group));
                    }
                    return image.older(group);
                }),
                row("65 groups deep", "more than 64 groups deep", image -> deep(image, 65)),
                row("3000 groups deep", "more than 64 groups deep", image -> deep(image, 3000)),
                row("a b-tree that holds itself", "level 1", image -> {
                    long node = image.reserve(48);
                    image.put(node, node(0, 1, List.of(new Child(node, 0))));
                    return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                }),
                row(
                        "a b-tree whose levels do not descend",
                        "level 3, which is not read here. Keras writes 1",
                        image -> {
                            long leaf = image.add(node(0, 3, List.of()));
                            long node = image.add(node(0, 2, List.of(new Child(leaf, 0))));
                            return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                        }),
                row(
                        "a b-tree of chunks",
                        "type 1",
                        image -> image.older(image.add(
                                header1(table(image.add(node(1, 0, List.of())), image.heap(new byte[8])))))),
                row("twelve levels, each 32 times in the next", "lies upon the b-tree node", image -> {
                    long node = image.add(node(0, 0, List.of()));
                    for (int level = 1; level <= 12; level++) {
                        node = image.add(node(0, level, Collections.nCopies(32, new Child(node, 0))));
                    }
                    return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                }),
                row("one symbol table twice", "lies upon the symbol table", image -> {
                    long symbols = image.add(new Symbol(8, 96).table());
                    long node = image.add(node(0, 0, List.of(new Child(symbols, 8), new Child(symbols, 8))));
                    long heap = image.heap(fields().zeros(8).text("a").zeros(7).bytes());
                    return image.older(image.add(header1(table(node, heap))));
                }),
                row("a symbol table that counts less than it has", "does not end with the name", image -> {
                    long symbols = image.add(new Symbol(8, 96).table());
                    long node = image.add(node(0, 0, List.of(new Child(symbols, 16))));
                    long heap = image.heap(fields().zeros(8).text("a").zeros(7).bytes());
                    return image.older(image.add(header1(table(node, heap))));
                }),
                row("a symbol table that counts none", "does not end with the name", image -> {
                    long symbols =
                            image.add(fields().text("SNOD").u8(1).u8(0).u16(0).bytes());
                    long node = image.add(node(0, 0, List.of(new Child(symbols, 8))));
                    return image.older(image.add(header1(table(node, image.heap(new byte[16])))));
                }),
                row("a b-tree that counts less than it has", "more than the 0 children", image -> {
                    byte[] node = node(0, 0, List.of(new Child(96, 8)));
                    node[6] = 0;
                    return image.older(image.add(header1(table(image.add(node), image.heap(new byte[16])))));
                }),
                row("one heap of names for two groups", "lies upon the local heap", image -> {
                    long heap = image.heap(fields().zeros(8).text("a").zeros(7).bytes());
                    long inner = image.add(header1(table(image.add(node(0, 0, List.of())), heap)));
                    Symbol symbols = new Symbol(8, inner);
                    long node = image.add(node(0, 0, List.of(new Child(image.add(symbols.table()), 8))));
                    return image.older(image.add(header1(table(node, heap))));
                }),
                row("a continuation into itself, older", "lies upon the continued object header", image -> {
                    long block = image.reserve(24);
                    image.put(block, Hdf5Image.messages1(continuation(block, 24)));
                    return image.older(image.add(header1(continuation(block, 24))));
                }),
                row("a continuation into its header, older", "lies upon the object header", image -> {
                    long header = image.reserve(40);
                    image.put(header, header1(continuation(header + 16, 24)));
                    return image.older(header);
                }),
                row("a continuation into itself, newer", "lies upon the continued object header", image -> {
                    long block = image.reserve(28);
                    image.put(block, continuation2(continuation(block, 28)));
                    return image.ofRoot(continuation(block, 28));
                }),
                row("more than 200,000 links", "more than 200000 objects", image -> manyLinks(image, 200_001)),
                row("more than 200,000 attributes", "more than 200000 objects", image -> {
                    Message[] attributes = new Message[131_000 / 2];
                    for (int i = 0; i < attributes.length; i++) {
                        attributes[i] = attribute(Integer.toString(i), FLOAT32, new byte[4]);
                    }
                    Link[] links = new Link[4];
                    for (int i = 0; i < links.length; i++) {
                        links[i] = new Link("a" + i, image.add(header1(with(image.floats(1), attributes))));
                    }
                    return image.older(image.group(links));
                }),
                row("more than 131,072 messages", "more than 131072 messages", image -> {
                    Message[] none = new Message[131_073];
                    Arrays.fill(none, new Message(0, new byte[0]));
                    return image.ofDataSet(none);
                }));
    }

    /** One symbol. */
    private record Symbol(long name, long header) {
        byte[] table() {
            return fields().text("SNOD")
                    .u8(1)
                    .u8(0)
                    .u16(1)
                    .u64(name)
                    .u64(header)
                    .zeros(24)
                    .bytes();
        }
    }

    private static byte[] deep(Hdf5Image image, int groups) {
        long group = image.group();
        for (int i = 0; i < groups; i++) {
            group = image.group(new Link("a", group));
        }
        return image.older(group);
    }

    private static byte[] manyLinks(Hdf5Image image, int count) {
        List<Child> tables = new ArrayList<>();
        Hdf5Image.Fields names = fields().zeros(8);
        for (int done = 0; done < count; ) {
            int symbols = Math.min(50_000, count - done);
            Hdf5Image.Fields table = fields().text("SNOD").u8(1).u8(0).u16(symbols);
            int lastName = 0;
            for (int i = 0; i < symbols; i++) {
                lastName = names.size();
                table.u64(lastName).u64(96).zeros(24);
                names.text(Integer.toString(done + i)).u8(0);
            }
            tables.add(new Child(image.add(table.bytes()), lastName));
            done += symbols;
        }
        long node = image.add(node(0, 0, tables));
        return image.older(image.add(header1(table(node, image.heap(names.bytes())))));
    }

    @Test
    void a_text_of_65537_bytes_is_named_and_not_read() throws IOException {
        byte[] bytes = inHeap(new Hdf5Image(), longHeap("a".repeat(65_537)), 65_537, 1);
        try (KerasFile file = open(bytes)) {
            assertThat(file.attributes("a")).containsOnly(Map.entry("a", "(text of 65537 bytes)"));
        }
    }

    @ParameterizedTest
    @MethodSource
    void what_promises_more_than_is_there_is_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> what_promises_more_than_is_there_is_refused() {
        return Stream.of(
                row("global heaps of 200,004 objects", "more than 200000 objects", image -> {
                    Hdf5Image.Fields objects = fields();
                    for (int i = 2; i <= 50_001; i++) {
                        objects.u16(i).zeros(14);
                    }
                    Link[] links = new Link[4];
                    for (int i = 0; i < links.length; i++) {
                        Hdf5Image.Fields heap = fields().text("GCOL").u32(1).u64(40 + objects.size());
                        heap.u16(1).zeros(6).u64(8).text("12345678").raw(objects.bytes());
                        Message text = attribute("a", textInHeap(), textAt(8, image.add(heap.bytes()), 1));
                        links[i] = new Link("a" + i, image.add(header1(with(image.floats(1), text))));
                    }
                    return image.older(image.group(links));
                }),
                row("a global heap upon the data of a data set", "lies upon the data of the data set", image -> {
                    long address = image.add(globalHeap(64, HeapObject.of(1, "text")));
                    long thief = image.add(header1(dataSet(FLOAT32, layout(address, 64), 16)));
                    Message text = attribute("a", textInHeap(), textAt(4, address, 1));
                    long reader = image.add(header1(with(image.floats(1), text)));
                    return image.older(image.group(new Link("a", thief), new Link("b", reader)));
                }),
                row("a header of 2³¹ − 1 bytes", "the file ends at", image -> {
                    byte[] header = fields().u8(1)
                            .u8(0)
                            .u16(1)
                            .u32(1)
                            .u32(Integer.MAX_VALUE)
                            .u32(0)
                            .bytes();
                    return image.older(image.add(header));
                }),
                row("a header of 2⁶³ bytes", "messages of 9223372036854775808 bytes", image -> {
                    byte[] header =
                            fields().text("OHDR").u8(2).u8(3).u64(HUGE).zeros(8).bytes();
                    return image.older(image.add(header));
                }),
                row("a header of 2⁶³ − 1 bytes", "messages of 9223372036854775807 bytes", image -> {
                    byte[] header = fields().text("OHDR")
                            .u8(2)
                            .u8(3)
                            .u64(Long.MAX_VALUE)
                            .zeros(8)
                            .bytes();
                    return image.older(image.add(header));
                }),
                row("a header of 17 MB that is there", "of more than 16777216 are not read", image -> {
                    byte[] header = fields().u8(1)
                            .u8(0)
                            .u16(1)
                            .u32(1)
                            .u32(17 << 20)
                            .u32(0)
                            .zeros(17 << 20)
                            .bytes();
                    return image.older(image.add(header));
                }),
                row(
                        "a message longer than its header",
                        "ends before its last field",
                        image -> image.older(image.add(fields().u8(1)
                                .u8(0)
                                .u16(1)
                                .u32(1)
                                .u32(8)
                                .u32(0)
                                .u16(17)
                                .u16(16)
                                .u32(0)
                                .bytes()))),
                row(
                        "a message without its fields",
                        "ends before its last field",
                        image -> image.ofDataSet(with(image.floats(1), new Message(12, new byte[0])))),
                row(
                        "an end of file above 2⁶³",
                        "should have 9223372036854775808 bytes",
                        image -> image.older(image.group(), NOWHERE, HUGE)),
                row(
                        "an end of file one byte behind it",
                        "it was cut off",
                        image -> image.older(image.group(), NOWHERE, image.end() + 1)),
                row("a root beyond the file", "object header should have", image -> image.older(1 << 20)),
                row("a root above 2⁶³", "object header should have", image -> image.older(HUGE + 96)),
                row("a link above 2⁶³", "a: The object header", image -> image.older(image.group(new Link("a", HUGE)))),
                row("a link to nowhere", "a: The object header", image -> image.older(image.group(new Link("a", -1)))),
                row(
                        "a shape of 2⁴⁰, nothing stored",
                        "Stored are 0",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), 1L << 40))),
                row(
                        "a shape of 2⁴⁰, all declared",
                        "the file ends at",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(96, 4L << 40), 1L << 40))),
                row(
                        "a length of −1",
                        "18446744073709551615",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), -1))),
                row(
                        "a length of 2⁶³",
                        "9223372036854775808",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), HUGE, 0))),
                row(
                        "a product of 2⁶⁴",
                        "more elements than any file",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), 1L << 32, 1L << 32))),
                row(
                        "a product of 2⁶² elements, in bytes 2⁶⁴",
                        "more elements than any file",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), 1L << 31, 1L << 31))),
                row(
                        "a rank of 33",
                        "rank 33",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 0), new long[33]))),
                row("a shape longer than what is stored", "Stored are 8", image -> {
                    Message[] messages = image.floats(1, 2);
                    image.floats(3, 4);
                    messages[0] = space(4);
                    return image.ofDataSet(messages);
                }),
                row("a shape shorter than what is stored", "Stored are 8", image -> {
                    Message[] messages = image.floats(1, 2);
                    messages[0] = space(1);
                    return image.ofDataSet(messages);
                }),
                row("a length of 0 where data are stored", "needs 0 bytes. Stored are 8", image -> {
                    Message[] messages = image.floats(1, 2);
                    messages[0] = space(0);
                    return image.ofDataSet(messages);
                }),
                row(
                        "data that are declared and nowhere",
                        "should have 8 bytes from address",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(NOWHERE, 8), 2))),
                row(
                        "data beyond the file",
                        "the file ends at",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(1 << 20, 8), 2))),
                row("data whose last byte is beyond the file", "the file ends at", image -> {
                    image.reserve(4096);
                    return image.ofDataSet(dataSet(FLOAT32, layout(image.end() - 92, 4096), 1024));
                }),
                row(
                        "data whose end is above 2⁶³",
                        "the file ends at",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(Long.MAX_VALUE - 3, 8), 2))),
                row("data in a header of another object", "lies upon the object header", image -> {
                    long header = image.add(header1(image.floats(1)));
                    long thief = image.add(header1(dataSet(FLOAT32, layout(header + 16, 8), 2)));
                    return image.older(image.group(new Link("a", header), new Link("b", thief)));
                }),
                row("data in a header that comes later", "lies upon the data of the data set", image -> {
                    long header = image.add(header1(image.floats(1)));
                    long thief = image.add(header1(dataSet(FLOAT32, layout(header + 16, 8), 2)));
                    return image.older(image.group(new Link("a", thief), new Link("b", header)));
                }),
                row(
                        "data in the superblock",
                        "lies upon the superblock",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(0, 8), 2))),
                row(
                        "data in the last byte of the superblock",
                        "lies upon the superblock",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(95, 8), 2))),
                row("data in the names of a group", "lies upon the data of a local heap", image -> {
                    long names = image.add(fields().zeros(8).text("a").zeros(7).bytes());
                    long header = image.add(header1(dataSet(FLOAT32, layout(names, 8), 2)));
                    long node = image.add(node(0, 0, List.of(new Child(image.add(new Symbol(8, header).table()), 8))));
                    return image.older(image.add(header1(table(node, image.heap(names, 16)))));
                }),
                row("data of another data set", "lies upon the data of the data set", image -> {
                    Message[] messages = image.floats(1, 2, 3, 4);
                    long address = image.end() - 16;
                    long header = image.add(header1(messages));
                    long thief = image.add(header1(dataSet(FLOAT32, layout(address + 4, 4), 1)));
                    return image.older(image.group(new Link("a", header), new Link("b", thief)));
                }),
                row(
                        "compact data longer than the message",
                        "ends before its last field",
                        image -> image.ofDataSet(dataSet(FLOAT32, compact(400, new byte[8]), 100))),
                row(
                        "compact data of another length than the shape",
                        "Stored are 4",
                        image -> image.ofDataSet(dataSet(FLOAT32, compact(4, new byte[8]), 2))),
                row(
                        "a continuation beyond the file, older",
                        "continued object header should have",
                        image -> image.older(image.add(header1(continuation(1 << 20, 64))))),
                row(
                        "a continuation beyond the file, newer",
                        "continued object header should have",
                        image -> image.ofRoot(continuation(1 << 20, 64))),
                row(
                        "a continuation of −1 bytes, older",
                        "continued object header should have",
                        image -> image.older(image.add(header1(continuation(96, -1))))),
                row(
                        "a continuation of 7 bytes, newer",
                        "messages of 18446744073709551615 bytes",
                        image -> image.ofRoot(continuation(image.add(continuation2()), 7))),
                row(
                        "a continuation of −2⁶³ bytes, newer",
                        "messages of 9223372036854775800 bytes",
                        image -> image.ofRoot(continuation(image.add(continuation2()), HUGE))),
                row(
                        "a continuation without its signature",
                        "does not begin with OCHK",
                        image -> image.ofRoot(continuation(image.reserve(64), 64))),
                row("a b-tree of 65,535 children in a short file", "b-tree node should have", image -> {
                    byte[] node = fields().text("TREE")
                            .u8(0)
                            .u8(0)
                            .u16(0xffff)
                            .zeros(40)
                            .bytes();
                    return image.older(image.add(header1(table(image.add(node), image.heap(new byte[8])))));
                }),
                row("a symbol table of 65,535 in a short file", "symbol table should have", image -> {
                    long symbols = image.add(fields().text("SNOD")
                            .u8(1)
                            .u8(0)
                            .u16(0xffff)
                            .zeros(40)
                            .bytes());
                    long node = image.add(node(0, 0, List.of(new Child(symbols, 0))));
                    return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                }),
                row(
                        "a heap of −1 bytes",
                        "data of a local heap should have",
                        image -> image.older(image.add(
                                header1(table(image.add(node(0, 0, List.of())), image.heap(96, -1)))))),
                row(
                        "a heap of 2⁴⁰ bytes",
                        "data of a local heap should have",
                        image -> image.older(image.add(
                                header1(table(image.add(node(0, 0, List.of())), image.heap(96, 1L << 40)))))),
                row(
                        "an attribute with 2 GB of text",
                        "ends before its last field",
                        image -> image.ofDataSet(
                                with(image.floats(1), attribute("a", fixedText(Integer.MAX_VALUE), new byte[8])))),
                row(
                        "an attribute with elements of 4 GB",
                        "elements of 4294967295 bytes",
                        image -> image.ofDataSet(
                                with(image.floats(1), attribute("a", fixedText(0xffff_ffffL), new byte[8])))),
                row(
                        "elements of 0 bytes",
                        "elements of 0 bytes",
                        image -> image.ofDataSet(dataSet(type(0x15, 0, 0).bytes(), layout(NOWHERE, 0), 1L << 40))),
                row(
                        "an attribute in a global heap that is nowhere",
                        "global heap should have",
                        image -> image.ofDataSet(
                                with(image.floats(1), attribute("a", textInHeap(), textAt(4, NOWHERE, 1))))),
                row(
                        "a global heap of 2⁴⁰ bytes",
                        "global heap should have",
                        image -> inHeap(image, globalHeap(1L << 40, HeapObject.of(1, "text")), 4, 1)),
                row(
                        "a global heap of 0 bytes",
                        "ends before its last field",
                        image -> inHeap(image, globalHeap(0, HeapObject.of(1, "text")), 4, 1)),
                row(
                        "a global heap with an object of 2⁴⁰ bytes",
                        "does not fit",
                        image -> inHeap(image, globalHeap(64, new HeapObject(1, 1L << 40, "text")), 4, 1)),
                row(
                        "a global heap with an object of −1 bytes",
                        "does not fit",
                        image -> inHeap(image, globalHeap(64, new HeapObject(1, -1, "text")), 4, 1)),
                row(
                        "a global heap with an object of 2³¹ − 1 bytes",
                        "does not fit",
                        image -> inHeap(image, globalHeap(64, new HeapObject(1, Integer.MAX_VALUE, "text")), 4, 1)),
                row(
                        "a global heap with two objects of one number",
                        "two of this number",
                        image -> inHeap(
                                image, globalHeap(128, HeapObject.of(1, "text"), HeapObject.of(1, "text")), 4, 1)),
                row(
                        "a text that is not in its global heap",
                        "There is none",
                        image -> inHeap(image, globalHeap(64, HeapObject.of(1, "text")), 4, 2)),
                row(
                        "a text longer than its object",
                        "It has 4",
                        image -> inHeap(image, globalHeap(64, HeapObject.of(1, "text")), 5, 1)),
                row(
                        "a text of 2³² − 1 bytes",
                        "4294967295 bytes",
                        image -> inHeap(image, globalHeap(64, HeapObject.of(1, "text")), 0xffff_ffffL, 1)),
                row(
                        "a global heap in the superblock",
                        "does not begin with GCOL",
                        image -> image.ofDataSet(with(image.floats(1), attribute("a", textInHeap(), textAt(4, 0, 1))))),
                row("a global heap that is its own header", "lies upon the object header", image -> {
                    long header = image.reserve(256);
                    byte[] heap = globalHeap(80, HeapObject.of(1, "text"));
                    Message text = attribute("a", textInHeap(), textAt(4, header + 24, 1));
                    image.put(header, header1(with(new Message[] {new Message(0, heap), text}, image.floats(1))));
                    return image.older(image.group(new Link("a", header)));
                }));
    }

    private static byte[] longHeap(String text) {
        Hdf5Image.Fields heap = fields().text("GCOL").u32(1).u64(40 + text.length());
        return heap.u16(1)
                .zeros(6)
                .u64(text.length())
                .text(text)
                .padded()
                .zeros(16)
                .bytes();
    }

    private static byte[] inHeap(Hdf5Image image, byte[] heap, long length, int index) {
        Message text = attribute("a", textInHeap(), textAt(length, image.add(heap), index));
        return image.ofDataSet(with(image.floats(1), text));
    }

    @ParameterizedTest
    @MethodSource
    void names_that_are_none_are_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> names_that_are_none_are_refused() {
        List<Row> rows = new ArrayList<>();
        for (String name : List.of("", ".", "..", "a/b", "/")) {
            String refusal = "has the name \"" + name + "\"";
            rows.add(row("\"" + name + "\", older", refusal, image -> image.older(image.group(new Link(name, 96)))));
            rows.add(row("\"" + name + "\", newer", refusal, image -> image.ofRoot(link(name, 96))));
        }
        String refusal = "more than 1023 bytes";
        String longest = "a".repeat(1024);
        rows.add(row("1,024 bytes, older", refusal, image -> image.older(image.group(new Link(longest, 96)))));
        rows.add(row("1,024 bytes, newer", refusal, image -> image.ofRoot(link(longest, 96))));
        rows.add(row("1,024 bytes in 512 characters", refusal, image -> image.ofRoot(link("é".repeat(512), 96))));
        rows.add(row("16 MB", refusal, image -> image.older(image.group(new Link("é".repeat(8_000_000), 96)))));
        rows.add(row(
                "16 MB of a soft link",
                refusal,
                image -> image.older(image.group(new Link("é".repeat(8_000_000), 96, 2)))));
        rows.add(row(
                "twice the same, older",
                "two links with the name \"a\"",
                image -> image.older(image.group(new Link("a", 96), new Link("a", 104)))));
        rows.add(row(
                "twice the same, newer",
                "two links with the name \"a\"",
                image -> image.ofRoot(link("a", 96), link("a", 104))));
        rows.add(row(
                "twice the same attribute",
                "two attributes with the name \"a\"",
                image -> image.ofDataSet(with(
                        image.floats(1), attribute("a", FLOAT32, new byte[4]), attribute("a", FLOAT32, new byte[4])))));
        rows.add(row(
                "an attribute's without an end",
                "ends before its last field",
                image -> image.ofDataSet(with(
                        image.floats(1),
                        attribute(1, 0, fields().text("12345678").bytes(), FLOAT32, new byte[4])))));
        for (long place : new long[] {17, 1L << 32, (1L << 32) + 8, HUGE, HUGE + 8, -1}) {
            rows.add(row("in place " + place + " of a heap of 16 bytes", "ends before its last field", image -> {
                long node = image.add(node(0, 0, List.of(new Child(image.add(new Symbol(place, 96).table()), place))));
                long heap = image.heap(fields().zeros(8).text("a").zeros(7).bytes());
                return image.older(image.add(header1(table(node, heap))));
            }));
        }
        rows.add(row("without an end", "ends before its last field", image -> {
            long node = image.add(node(0, 0, List.of(new Child(image.add(new Symbol(8, 96).table()), 8))));
            return image.older(image.add(header1(
                    table(node, image.heap(fields().zeros(8).text("12345678").bytes())))));
        }));
        for (long length : new long[] {2, 1L << 32, (1L << 32) + 1, HUGE, HUGE + 1, -1}) {
            Message link = new Message(
                    6, fields().u8(1).u8(3).u64(length).text("a").u64(96).bytes());
            rows.add(row("of " + length + " bytes where there is one", "", image -> image.ofRoot(link)));
        }
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource
    void what_is_of_an_unknown_version_or_kind_is_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> what_is_of_an_unknown_version_or_kind_is_refused() {
        return Stream.of(
                row("a superblock of version 4", "superblock has the version 4", image -> {
                    byte[] file = image.older(image.group());
                    file[8] = 4;
                    return file;
                }),
                row("a superblock of version 255", "superblock has the version 255", image -> {
                    byte[] file = image.older(image.group());
                    file[8] = -1;
                    return file;
                }),
                row("addresses of 4 bytes, older", "size of addresses 4", image -> {
                    byte[] file = image.older(image.group());
                    file[13] = 4;
                    return file;
                }),
                row("lengths of 4 bytes, older", "size of lengths 4", image -> {
                    byte[] file = image.older(image.group());
                    file[14] = 4;
                    return file;
                }),
                row("addresses of 4 bytes, newer", "size of addresses 4", image -> image.newer(2, 4, 8, 96)),
                row("lengths of 4 bytes, newer", "size of lengths 4", image -> image.newer(3, 8, 4, 96)),
                row("a superblock whose checksum is wrong", "checksum of the superblock", image -> {
                    byte[] file = image.ofRoot();
                    file[44]++;
                    return file;
                }),
                row("a superblock that is damaged", "checksum of the superblock", image -> {
                    byte[] file = image.ofRoot();
                    file[36]++;
                    return file;
                }),
                row("a header of version 0", "version 0", image -> image.older(image.add(header1(0)))),
                row(
                        "a header of version 2 without its signature",
                        "version 2",
                        image -> image.older(image.add(header1(2)))),
                row("a header of version 3", "version 3", image -> image.older(image.add(header2(3, 2, new byte[0])))),
                row("a header that is zero", "version 0", image -> image.older(image.reserve(64))),
                row("a header whose checksum is wrong", "checksum of the object header", image -> {
                    byte[] header = header2(linkInfo(NOWHERE));
                    header[header.length - 1]++;
                    return image.newer(image.add(header));
                }),
                row("a continuation whose checksum is wrong", "checksum of the continued object header", image -> {
                    byte[] block = continuation2(link("a", 96));
                    block[10]++;
                    return image.ofRoot(continuation(image.add(block), block.length));
                }),
                row(
                        "a data space of version 3",
                        "data space has the version 3",
                        image -> image.ofDataSet(with(
                                new Message[] {new Message(1, new byte[] {3, 0, 0, 0})},
                                new Message(3, FLOAT32),
                                layout(NOWHERE, 4)))),
                row(
                        "a data space without data",
                        "null space",
                        image -> image.ofDataSet(with(
                                new Message[] {new Message(1, new byte[] {2, 0, 0, 2})},
                                new Message(3, FLOAT32),
                                layout(NOWHERE, 0)))),
                row(
                        "a data type of version 0",
                        "data type has the version 0",
                        image -> image.ofDataSet(
                                dataSet(floating(0x01, 0x1f20, 4, 23, 8, 23, 127), layout(NOWHERE, 0), 0))),
                row(
                        "a data type of version 6",
                        "data type has the version 6",
                        image -> image.ofDataSet(
                                dataSet(floating(0x61, 0x1f20, 4, 23, 8, 23, 127), layout(NOWHERE, 0), 0))),
                row(
                        "a layout of version 2",
                        "layout has the version 2",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(2, 1, new byte[16]), 0))),
                row(
                        "a layout of version 5",
                        "layout has the version 5",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(5, 1, new byte[16]), 0))),
                row(
                        "a layout of class 4",
                        "unknown class",
                        image -> image.ofDataSet(dataSet(FLOAT32, layout(3, 4, new byte[16]), 0))),
                row(
                        "an attribute of version 0",
                        "attribute has the version 0",
                        image -> image.ofDataSet(
                                with(image.floats(1), attribute(0, 0, new byte[8], FLOAT32, new byte[4])))),
                row(
                        "an attribute of version 4",
                        "attribute has the version 4",
                        image -> image.ofDataSet(
                                with(image.floats(1), attribute(4, 0, new byte[8], FLOAT32, new byte[4])))),
                row(
                        "a link of version 2",
                        "version of a link 2",
                        image -> image.ofRoot(new Message(
                                6, fields().u8(2).u8(0).u8(1).text("a").u64(96).bytes()))),
                row(
                        "a link info of version 1",
                        "version of a link info 1",
                        image -> image.ofRoot(new Message(
                                2,
                                fields().u8(1).u8(0).u64(NOWHERE).u64(NOWHERE).bytes()))),
                row("a local heap of version 1", "local heap has the version 1", image -> {
                    long heap = image.add(fields().text("HEAP")
                            .u8(1)
                            .zeros(3)
                            .u64(8)
                            .u64(1)
                            .u64(96)
                            .bytes());
                    return image.older(image.add(header1(table(image.add(node(0, 0, List.of())), heap))));
                }),
                row("a symbol table of version 2", "symbol table has the version 2", image -> {
                    long symbols =
                            image.add(fields().text("SNOD").u8(2).u8(0).u16(0).bytes());
                    long node = image.add(node(0, 0, List.of(new Child(symbols, 0))));
                    return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                }),
                row("a global heap of version 2", "global heap has the version 2", image -> {
                    byte[] heap = globalHeap(64, HeapObject.of(1, "text"));
                    heap[4] = 2;
                    return inHeap(image, heap, 4, 1);
                }),
                row(
                        "a local heap that is none",
                        "does not begin with HEAP",
                        image -> image.older(image.add(
                                header1(table(image.add(node(0, 0, List.of())), image.reserve(32)))))),
                row(
                        "a b-tree that is none",
                        "does not begin with TREE",
                        image -> image.older(image.add(header1(table(image.reserve(64), image.heap(new byte[8])))))),
                row(
                        "a symbol table that is none",
                        "does not begin with SNOD",
                        image -> image.older(image.add(header1(table(
                                image.add(node(0, 0, List.of(new Child(image.reserve(64), 0)))),
                                image.heap(new byte[8])))))),
                row(
                        "a group that is a data set too",
                        "both a group and a data set",
                        image -> image.older(image.add(header1(with(image.floats(1), image.table()))))),
                row(
                        "an object that is nothing",
                        "neither a group nor a data set",
                        image -> image.older(image.add(header1()))),
                row(
                        "two shapes",
                        "more than one data space",
                        image -> image.ofDataSet(with(image.floats(1), space(1)))),
                row(
                        "two layouts",
                        "more than one layout",
                        image -> image.ofDataSet(with(image.floats(1), layout(NOWHERE, 0)))),
                row("no data type", "no data type", image -> image.ofDataSet(space(1), layout(NOWHERE, 0))),
                row("no layout", "no layout", image -> image.ofDataSet(space(1), new Message(3, FLOAT32))),
                row(
                        "no data space",
                        "no data space",
                        image -> image.ofDataSet(new Message(3, FLOAT32), layout(NOWHERE, 0))),
                row("another file", "no HDF5 signature", image -> new byte[4096]),
                row("nothing", "no HDF5 signature", image -> new byte[0]),
                row(
                        "a signature and nothing else",
                        "superblock should have",
                        image -> fields().u64(Long.reverseBytes(Hdf5Superblock.SIGNATURE))
                                .bytes()),
                row(
                        "a signature where none is looked for",
                        "no HDF5 signature",
                        image -> fields().zeros(256)
                                .raw(image.ofRoot())
                                .zeros(1024)
                                .bytes()),
                row(
                        "a second signature within the user's block",
                        "superblock has the version 9",
                        image -> fields().u64(Long.reverseBytes(Hdf5Superblock.SIGNATURE))
                                .u8(9)
                                .zeros(503)
                                .raw(image.ofRoot())
                                .bytes()),
                row(
                        "a link into the user's block",
                        "object header should have",
                        image -> fields().zeros(512)
                                .raw(image.ofRoot(link("a", -512)))
                                .bytes()));
    }

    /** What a small file would have kept in memory many times. */
    @ParameterizedTest
    @MethodSource
    void little_that_becomes_much_is_refused(Row row) {
        assertRefused(row.file.apply(new Hdf5Image()), row.refusal);
    }

    static Stream<Row> little_that_becomes_much_is_refused() {
        return Stream.of(
                row("one long text as the value of many attributes", "more than 16777216 characters", image -> {
                    long heap = image.add(fields().text("GCOL")
                            .u32(1)
                            .u64((1 << 16) + 48)
                            .u16(1)
                            .u16(1)
                            .u32(0)
                            .u64(1 << 16)
                            .zeros((1 << 16) + 16)
                            .bytes());
                    image.put(heap + 32, fields().text("é".repeat(1 << 15)).bytes());
                    Message[] attributes = new Message[50_000];
                    for (int i = 0; i < attributes.length; i++) {
                        attributes[i] = attribute(Integer.toString(i), textInHeap(), textAt(1 << 16, heap, 1));
                    }
                    return image.ofDataSet(with(image.floats(1), attributes));
                }),
                row("many objects on a long way", "more than 16777216 characters", image -> {
                    Link[] links = new Link[20_000];
                    for (int i = 0; i < links.length; i++) {
                        links[i] = new Link(Integer.toString(i), image.group());
                    }
                    long group = image.group(links);
                    for (int i = 0; i < 62; i++) {
                        group = image.group(new Link("é".repeat(511), group));
                    }
                    return image.older(group);
                }),
                row("many b-tree nodes without children", "more than 500000 structures", image -> {
                    List<Child> nodes = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        List<Child> leaves = new ArrayList<>();
                        for (int j = 0; j < 65_535; j++) {
                            leaves.add(new Child(image.add(node(0, 0, List.of())), 0));
                        }
                        nodes.add(new Child(image.add(node(0, 1, leaves)), 0));
                    }
                    long node = image.add(node(0, 2, nodes));
                    return image.older(image.add(header1(table(node, image.heap(new byte[8])))));
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense-plain.weights.h5", "dense-loss-scale.weights.h5"})
    void a_file_that_was_cut_off_is_refused(String name) throws IOException {
        Path file = GoldenFiles.in(folder, name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long length = channel.size() - 1; length >= 0; length -= 7) {
                channel.truncate(length);
                assertThatThrownBy(() -> KerasFile.open(file))
                        .isInstanceOf(KerasFileException.class)
                        .hasMessageContaining(
                                length < 8 ? "no HDF5 signature" : length < 72 ? "superblock" : "it was cut off");
            }
        }
    }
}
