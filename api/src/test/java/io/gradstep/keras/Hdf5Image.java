package io.gradstep.keras;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Makes HDF5 files structure by structure: as the format has them, and with any field as no library writes it. Addresses
 * are positions; what stands there can be put later, so that structures can lead anywhere.
 */
final class Hdf5Image {
    static final long NOWHERE = -1;

    /** One message of an object header; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(int type, int flags, byte[] body) {
        Message(int type, byte[] body) {
            this(type, 0, body);
        }
    }

    /** Little-endian fields, one after the other. */
    static final class Fields {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Fields u8(int value) {
            out.write(value);
            return this;
        }

        Fields u16(int value) {
            return u8(value).u8(value >> 8);
        }

        Fields u32(long value) {
            return u16((int) value).u16((int) (value >> 16));
        }

        Fields u64(long value) {
            return u32(value).u32(value >> 32);
        }

        Fields text(String text) {
            return raw(text.getBytes(StandardCharsets.UTF_8));
        }

        Fields raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Fields zeros(int count) {
            return raw(new byte[count]);
        }

        Fields padded() {
            return zeros(-out.size() & 7);
        }

        Fields checksum() {
            byte[] bytes = bytes();
            return u32(Hdf5Checksum.of(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), bytes.length));
        }

        int size() {
            return out.size();
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    private byte[] bytes = new byte[1024];
    /** Behind the longest superblock. */
    private int end = 96;

    static Fields fields() {
        return new Fields();
    }

    // ---- placing

    long reserve(int length) {
        int address = end;
        end = (end + length + 7) / 8 * 8;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * end);
        }
        return address;
    }

    long add(byte[] structure) {
        return put(reserve(structure.length), structure);
    }

    long put(long address, byte[] structure) {
        System.arraycopy(structure, 0, bytes, (int) address, structure.length);
        return address;
    }

    long end() {
        return end;
    }

    // ---- superblocks

    byte[] older(long root) {
        return older(root, NOWHERE, end);
    }

    byte[] older(long root, long driver, long endOfFile) {
        Fields block = fields().u64(Long.reverseBytes(Hdf5Superblock.SIGNATURE))
                .zeros(5)
                .u8(8)
                .u8(8)
                .zeros(1)
                .u16(4)
                .u16(16)
                .zeros(4);
        block.u64(0).u64(NOWHERE).u64(endOfFile).u64(driver).u64(0).u64(root).zeros(24);
        return file(block.bytes());
    }

    byte[] newer(long root) {
        return newer(2, 8, 8, root);
    }

    byte[] newer(int version, int addressBytes, int lengthBytes, long root) {
        Fields block = fields().u64(Long.reverseBytes(Hdf5Superblock.SIGNATURE));
        block.u8(version).u8(addressBytes).u8(lengthBytes).u8(0);
        block.u64(0).u64(NOWHERE).u64(end).u64(root).checksum();
        return file(block.bytes());
    }

    private byte[] file(byte[] superblock) {
        put(0, superblock);
        return Arrays.copyOf(bytes, end);
    }

    // ---- headers

    static byte[] header1(Message... messages) {
        return header1(1, messages);
    }

    static byte[] header1(int version, Message... messages) {
        byte[] body = messages1(messages);
        return fields().u8(version)
                .u8(0)
                .u16(messages.length)
                .u32(1)
                .u32(body.length)
                .u32(0)
                .raw(body)
                .bytes();
    }

    static byte[] messages1(Message... messages) {
        Fields body = fields();
        for (Message message : messages) {
            byte[] padded = fields().raw(message.body).padded().bytes();
            body.u16(message.type).u16(padded.length).u8(message.flags).zeros(3).raw(padded);
        }
        return body.bytes();
    }

    static byte[] header2(Message... messages) {
        return header2(2, 2, messages2(messages));
    }

    /** With four bytes of length, which flags have to say. */
    static byte[] header2(int version, int flags, byte[] messages) {
        Fields header = fields().text("OHDR").u8(version).u8(flags).u32(messages.length);
        return header.raw(messages).checksum().bytes();
    }

    static byte[] messages2(Message... messages) {
        Fields body = fields();
        for (Message message : messages) {
            body.u8(message.type).u16(message.body.length).u8(message.flags).raw(message.body);
        }
        return body.bytes();
    }

    static byte[] continuation2(Message... messages) {
        return fields().text("OCHK").raw(messages2(messages)).checksum().bytes();
    }

    static Message continuation(long address, long length) {
        return new Message(16, fields().u64(address).u64(length).bytes());
    }

    // ---- data sets

    /** A row of float32. */
    Message[] floats(float... values) {
        Fields data = fields();
        for (float value : values) {
            data.u32(Float.floatToIntBits(value));
        }
        return dataSet(FLOAT32, layout(add(data.bytes()), data.size()), values.length);
    }

    static final byte[] FLOAT32 = floating(0x11, 0x1f20, 4, 23, 8, 23, 127);
    static final byte[] FLOAT64 = floating(0x11, 0x3f20, 8, 52, 11, 52, 1023);

    static byte[] floating(
            int classAndVersion, int bits, int bytes, int exponentAt, int exponentBits, int mantissaBits, int bias) {
        Fields type = type(classAndVersion, bits, bytes).u16(0).u16(8 * bytes);
        return type.u8(exponentAt)
                .u8(exponentBits)
                .u8(0)
                .u8(mantissaBits)
                .u32(bias)
                .bytes();
    }

    static byte[] integer(int bits, int bytes) {
        return type(0x10, bits, bytes).u16(0).u16(8 * bytes).bytes();
    }

    static Fields type(int classAndVersion, int bits, long bytes) {
        return fields().u8(classAndVersion).u16(bits).u8(bits >> 16).u32(bytes);
    }

    static Message[] dataSet(byte[] type, Message layout, long... shape) {
        return new Message[] {space(shape), new Message(3, type), layout};
    }

    static Message space(long... shape) {
        Fields space = fields().u8(1).u8(shape.length).zeros(6);
        for (long length : shape) {
            space.u64(length);
        }
        return new Message(1, space.bytes());
    }

    static Message layout(long address, long size) {
        return layout(3, 1, fields().u64(address).u64(size).bytes());
    }

    static Message layout(int version, int layoutClass, byte[] properties) {
        return new Message(
                8, fields().u8(version).u8(layoutClass).raw(properties).bytes());
    }

    static Message compact(int size, byte[] data) {
        return layout(3, 0, fields().u16(size).raw(data).bytes());
    }

    static Message[] with(Message[] messages, Message... more) {
        Message[] all = Arrays.copyOf(messages, messages.length + more.length);
        System.arraycopy(more, 0, all, messages.length, more.length);
        return all;
    }

    // ---- attributes

    /** Of version 1, every part padded. */
    static Message attribute(String name, byte[] type, byte[] value) {
        return attribute(1, 0, fields().text(name).u8(0).bytes(), type, value);
    }

    static Message attribute(int version, int flags, byte[] name, byte[] type, byte[] value) {
        byte[] space = space().body;
        Fields attribute =
                fields().u8(version).u8(flags).u16(name.length).u16(type.length).u16(space.length);
        attribute.raw(name).padded().raw(type).padded().raw(space).padded();
        return new Message(12, attribute.raw(value).bytes());
    }

    static byte[] fixedText(long length) {
        return type(0x13, 0, length).bytes();
    }

    static byte[] textInHeap() {
        return type(0x19, 0x101, 16).raw(integer(0, 1)).bytes();
    }

    static byte[] textAt(long length, long heap, int index) {
        return fields().u32(length).u64(heap).u32(index).bytes();
    }

    /** An object that a global heap holds, or says it holds. */
    record HeapObject(int index, long size, String text) {
        static HeapObject of(int index, String text) {
            return new HeapObject(index, text.length(), text);
        }
    }

    /** A global heap. */
    static byte[] globalHeap(long size, HeapObject... objects) {
        Fields heap = fields().text("GCOL").u32(1).u64(size);
        for (HeapObject object : objects) {
            heap.u16(object.index)
                    .u16(1)
                    .u32(0)
                    .u64(object.size)
                    .text(object.text)
                    .padded();
        }
        return heap.zeros((int) Math.max(0, Math.min(size, 4096) - heap.size())).bytes();
    }

    // ---- groups

    /** A name and what it leads to. */
    record Link(String name, long header, int cacheType) {
        Link(String name, long header) {
            this(name, header, 0);
        }
    }

    /** A group of the older kind with one symbol table; its header's address. */
    long group(Link... links) {
        return add(header1(table(links)));
    }

    Message table(Link... links) {
        Fields names = fields().zeros(8);
        Fields symbols = fields().text("SNOD").u8(1).u8(0).u16(links.length);
        int lastName = 0;
        for (Link link : links) {
            lastName = names.size();
            symbols.u64(lastName).u64(link.header).u32(link.cacheType).zeros(20);
            names.text(link.name).u8(0).padded();
        }
        List<Child> children = links.length == 0 ? List.of() : List.of(new Child(add(symbols.bytes()), lastName));
        return table(add(node(0, 0, children)), heap(names.bytes()));
    }

    static Message table(long tree, long heap) {
        return new Message(17, fields().u64(tree).u64(heap).bytes());
    }

    long heap(byte[] names) {
        return heap(add(names), names.length);
    }

    long heap(long names, long length) {
        return add(fields().text("HEAP").zeros(4).u64(length).u64(1).u64(names).bytes());
    }

    /** What a b-tree leads to, and the last name there. */
    record Child(long address, long lastName) {}

    /** With room for one more. */
    static byte[] node(int type, int level, List<Child> children) {
        Fields node = fields().text("TREE").u8(type).u8(level).u16(children.size());
        node.u64(NOWHERE).u64(NOWHERE).u64(0);
        children.forEach(child -> node.u64(child.address).u64(child.lastName));
        return node.u64(0).bytes();
    }

    static Message linkInfo(long fractalHeap) {
        return new Message(2, fields().u8(0).u8(0).u64(fractalHeap).u64(NOWHERE).bytes());
    }

    static Message link(String name, long header) {
        return link(0, name, fields().u64(header).bytes());
    }

    static Message link(int type, String name, byte[] target) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        Fields link = fields().u8(1).u8(8 | 1).u8(type).u16(utf8.length).raw(utf8);
        return new Message(6, link.raw(target).bytes());
    }

    /** A file of one data set, {@code a}. */
    byte[] ofDataSet(Message... messages) {
        return older(group(new Link("a", add(header1(messages)))));
    }

    /** A file with nothing in its root but what the messages say, in the newer structures. */
    byte[] ofRoot(Message... messages) {
        return newer(add(header2(with(new Message[] {linkInfo(NOWHERE)}, messages))));
    }
}
