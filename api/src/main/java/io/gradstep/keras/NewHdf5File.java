package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HDF5 file from nothing, laid out before its first byte is written: a superblock of version 2, the headers of all
 * groups and data sets, the texts of attributes, and the numbers as Keras writes them: little-endian, contiguous, not
 * filtered.
 */
final class NewHdf5File {
    private static final int ALIGNMENT = 8;

    private final DirectBuffer buffer = new DirectBuffer();
    private final Hdf5Texts texts = new Hdf5Texts();
    private final Node root = new Node();
    /** Each group before what is in it. */
    private final List<Node> nodes = new ArrayList<>();

    /** A group, or a data set if it has values. */
    private final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private final Map<String, String> attributes = new TreeMap<>();
        private HostTensor values;
        private long address;
        private long dataAddress = Hdf5Cursor.UNDEFINED;

        Piece numbers() {
            return new NumberPiece(values, NumberType.of(values.dtype()), buffer);
        }

        ByteBuffer header() {
            Hdf5HeaderWriter header = new Hdf5HeaderWriter();
            if (values != null) {
                header.dataSet(
                        values.shape(), values.dtype(), dataAddress, numbers().size());
            } else {
                header.group();
                children.forEach((name, child) -> header.link(name, child.address));
            }
            attributes.forEach((name, text) -> header.text(name, texts.reference(text)));
            return header.bytes();
        }
    }

    /**
     * Lays out a file.
     *
     * @param arrays by their paths, none of which leads through another
     * @param attributes by the path of their group or data set; groups are made as needed
     */
    NewHdf5File(Map<String, HostTensor> arrays, Map<String, Map<String, String>> attributes) {
        arrays.forEach((path, values) -> node(path).values = values);
        attributes.forEach((path, own) -> {
            node(path).attributes.putAll(own);
            own.values().forEach(texts::add);
        });
        collect(root);
    }

    private Node node(String path) {
        Node node = root;
        if (!path.isEmpty()) {
            for (String name : path.split("/", -1)) {
                node = node.children.computeIfAbsent(name, unused -> new Node());
            }
        }
        return node;
    }

    private void collect(Node node) {
        nodes.add(node);
        node.children.values().forEach(this::collect);
    }

    List<Piece> pieces() {
        long next = Hdf5Superblock.NEWER_BYTES;
        for (Node node : nodes) {
            node.address = next;
            // The length of a header does not depend on the addresses in it.
            next += aligned(node.header().remaining());
        }
        long end = placeData(texts.place(next));
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new BytesPiece(superblock(end)));
        nodes.forEach(node -> addAligned(pieces, new BytesPiece(node.header())));
        texts.encode().forEach(heap -> pieces.add(new BytesPiece(heap)));
        nodes.stream().filter(NewHdf5File::hasData).forEach(node -> addAligned(pieces, node.numbers()));
        return pieces;
    }

    private static boolean hasData(Node node) {
        return node.values != null && node.numbers().size() > 0;
    }

    private long placeData(long address) {
        long next = address;
        for (Node node : nodes) {
            if (hasData(node)) {
                node.dataAddress = next;
                next += aligned(node.numbers().size());
            }
        }
        return next;
    }

    private static void addAligned(List<Piece> pieces, Piece piece) {
        pieces.add(piece);
        int padding = (int) (aligned(piece.size()) - piece.size());
        if (padding > 0) {
            pieces.add(new BytesPiece(ByteBuffer.allocate(padding)));
        }
    }

    private static long aligned(long length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private ByteBuffer superblock(long end) {
        ByteBuffer block = Hdf5HeaderWriter.littleEndian(Hdf5Superblock.NEWER_BYTES);
        block.putLong(Long.reverseBytes(Hdf5Superblock.SIGNATURE));
        block.put((byte) 2).put((byte) Long.BYTES).put((byte) Long.BYTES).put((byte) 0);
        block.putLong(0).putLong(Hdf5Cursor.UNDEFINED).putLong(end).putLong(root.address);
        block.putInt(Hdf5Checksum.of(block, block.position()));
        return block.flip();
    }
}
