package io.gradstep.keras;

import io.gradstep.keras.Hdf5Header.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The links of a group of an HDF5 file, older and newer, and where they lead. */
final class Hdf5Links {
    static final int LONGEST_NAME = 1023;
    private static final int ENTRY_BYTES = 40;
    private static final int SOFT_LINK_ENTRY = 2;
    private static final int NODE_PREFIX_BYTES = 24;
    private static final int HEAP_BYTES = 32;

    private static final int WITH_TYPE = 8;
    private static final int WITH_ORDER = 4;
    private static final int WITH_CHARACTER_SET = 16;
    private static final int HARD = 0;
    private static final int SOFT = 1;
    private static final int EXTERNAL = 64;

    private final Hdf5Bytes file;
    private final Hdf5Limit limit;
    private final int mostChildren;
    private final Map<String, Long> links = new LinkedHashMap<>();

    /**
     * Reads links of one group.
     *
     * @param mostChildren of a node of a b-tree
     */
    Hdf5Links(Hdf5Bytes file, Hdf5Limit limit, int mostChildren) {
        this.file = file;
        this.limit = limit;
        this.mostChildren = mostChildren;
    }

    static boolean isOfGroup(Message message) {
        return switch (message.type()) {
            case Hdf5Header.SYMBOL_TABLE, Hdf5Header.LINK_INFO, Hdf5Header.LINK, Hdf5Header.GROUP_INFO -> true;
            default -> false;
        };
    }

    /** Names and addresses of headers. */
    Map<String, Long> of(Hdf5Header header) throws IOException {
        for (Message message : header.messages()) {
            switch (message.type()) {
                case Hdf5Header.SYMBOL_TABLE -> addTable(message.body());
                case Hdf5Header.LINK_INFO -> refuseFractalHeap(message.body());
                case Hdf5Header.LINK -> addLink(message.body());
                default -> {}
            }
        }
        return links;
    }

    private void add(String name, long address) throws KerasFileException {
        limit.add();
        limit.add(name);
        boolean isWhere = name.equals(".") || name.equals("..");
        if (name.isEmpty() || isWhere || name.contains("/")) {
            throw new KerasFileException("A link in it has the name \"" + name + "\"");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new KerasFileException("A link in it has a name of more than " + LONGEST_NAME + " bytes");
        }
        if (links.put(name, address) != null) {
            throw new KerasFileException("It has two links with the name \"" + name + "\"");
        }
    }

    private static KerasFileException soft(String name) {
        return new KerasFileException(
                "Its link \"" + name + "\" is a soft link, which is not followed here. Keras writes none");
    }

    // ---- older: a b-tree of symbol tables, their names in a heap. A count that one flipped bit makes less would hide
    // links: so what these say of one another is compared.

    private void addTable(Hdf5Cursor message) throws IOException {
        long tree = message.u64();
        addNode(tree, -1, names(message.u64()));
    }

    private Hdf5Cursor names(long address) throws IOException {
        Hdf5Cursor heap = file.take(address, HEAP_BYTES, "local heap");
        heap.expect("HEAP");
        heap.expect(heap.u8(), 0, "version");
        long length = heap.skip(3).u64();
        return file.take(heap.skip(8).u64(), length, "data of a local heap");
    }

    /** Levels descend by one, so that their number is bounded; -1 for any. */
    private void addNode(long address, int level, Hdf5Cursor names) throws IOException {
        Hdf5Cursor prefix = file.peek(address, 8, "b-tree node");
        prefix.expect("TREE");
        prefix.expect(prefix.u8(), 0, "type");
        int ownLevel = prefix.u8();
        if (level >= 0) {
            prefix.expect(ownLevel, level, "level");
        }
        int children = prefix.u16();
        Hdf5Cursor node = file.take(address, NODE_PREFIX_BYTES + 16L * children + 8, "b-tree node")
                .skip(NODE_PREFIX_BYTES + 8);
        for (int i = 0; i < children; i++) {
            long child = node.u64();
            long lastName = node.u64();
            if (ownLevel > 0) {
                addNode(child, ownLevel - 1, names);
            } else if (addSymbols(child, names) != lastName) {
                throw new KerasFileException("The symbol table at address " + child
                        + " does not end with the name that its b-tree says: the file is damaged");
            }
        }
        ensureAllCounted(address + NODE_PREFIX_BYTES + 16L * children + 8, children);
    }

    /** The library leaves zeros in the places of a node that are not taken. */
    private void ensureAllCounted(long next, int children) throws IOException {
        if (children < mostChildren && file.peek(next, 8, "b-tree node").u64() != 0) {
            throw new KerasFileException(
                    "A b-tree node has more than the " + children + " children that it says: the file is damaged");
        }
    }

    /** Returns where the last name is. */
    private long addSymbols(long address, Hdf5Cursor names) throws IOException {
        Hdf5Cursor prefix = file.peek(address, 8, "symbol table");
        prefix.expect("SNOD");
        prefix.expect(prefix.u8(), 1, "version");
        int symbols = prefix.skip(1).u16();
        Hdf5Cursor table = file.take(address, 8 + (long) ENTRY_BYTES * symbols, "symbol table")
                .skip(8);
        long lastName = -1;
        for (int i = 0; i < symbols; i++) {
            Hdf5Cursor symbol = table.next(ENTRY_BYTES, "symbol");
            lastName = symbol.u64();
            long header = symbol.u64();
            String text = names.utf8AtZero(Hdf5Cursor.clamped(lastName), LONGEST_NAME);
            if (symbol.u32() == SOFT_LINK_ENTRY) {
                throw soft(text);
            }
            add(text, header);
        }
        return lastName;
    }

    // ---- newer: messages

    private static void refuseFractalHeap(Hdf5Cursor message) throws KerasFileException {
        message.expect(message.u8(), 0, "version of a link info");
        boolean hasLargestOrder = (message.u8() & 1) != 0;
        if (message.skip(hasLargestOrder ? 8 : 0).u64() != Hdf5Cursor.UNDEFINED) {
            throw new KerasFileException("Its links are in a fractal heap, which is not read here. Keras writes none: "
                    + "save the model again with Keras, or write the file without libver=\"latest\"");
        }
    }

    private void addLink(Hdf5Cursor message) throws KerasFileException {
        message.expect(message.u8(), 1, "version of a link");
        int flags = message.u8();
        int type = (flags & WITH_TYPE) != 0 ? message.u8() : HARD;
        message.skip((flags & WITH_ORDER) != 0 ? 8 : 0).skip((flags & WITH_CHARACTER_SET) != 0 ? 1 : 0);
        long length = message.unsigned(flags & 3);
        // The names are UTF-8, whatever the character set says.
        String name = message.utf8(Hdf5Cursor.clamped(length));
        switch (type) {
            case HARD -> add(name, message.u64());
            case SOFT -> throw soft(name);
            case EXTERNAL ->
                throw new KerasFileException("Its link \"" + name + "\" leads into another file, which is not opened "
                        + "here. Keras writes none");
            default -> throw new KerasFileException("Its link \"" + name + "\" is of the unknown type " + type);
        }
    }
}
