package io.gradstep.keras;

import io.gradstep.keras.Hdf5Header.Message;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The attributes of the objects of an HDF5 file. Keras writes text: the {@code name} of each group of variables. */
final class Hdf5Attributes {
    private static final int LONGEST_TEXT = 1 << 16;
    private static final int HEAP_PREFIX_BYTES = 16;

    private record Stretch(long address, long length) {}

    private final Hdf5Bytes file;
    private final Hdf5Limit limit;
    private final Map<Long, Map<Integer, Stretch>> globalHeaps = new HashMap<>();

    Hdf5Attributes(Hdf5Bytes file, Hdf5Limit limit) {
        this.file = file;
        this.limit = limit;
    }

    Map<String, String> of(Hdf5Header header) throws IOException {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Message message : header.messages()) {
            if (message.type() == Hdf5Header.ATTRIBUTE) {
                limit.add();
                add(message.body(), attributes);
            }
        }
        return attributes;
    }

    private void add(Hdf5Cursor message, Map<String, String> attributes) throws IOException {
        int version = message.u8();
        if (version < 1 || version > 3) {
            throw new KerasFileException("An attribute has the version " + version + ". Known are 1 to 3");
        }
        int flags = message.u8();
        if (version > 1 && flags != 0) {
            throw new KerasFileException("An attribute shares its data type with another object. Keras shares none");
        }
        int nameLength = message.u16();
        int typeLength = message.u16();
        int spaceLength = message.u16();
        message.skip(version == 3 ? 1 : 0);
        int alignment = version == 1 ? 8 : 1;
        String name = message.next(align(nameLength, alignment), "name of an attribute")
                .utf8AtZero(0, nameLength);
        Hdf5Cursor type = message.next(align(typeLength, alignment), "data type of an attribute");
        Hdf5Cursor space = message.next(align(spaceLength, alignment), "data space of an attribute");
        String value = value(type, space, message);
        limit.add(name);
        limit.add(value);
        if (attributes.put(name, value) != null) {
            throw new KerasFileException("It has two attributes with the name \"" + name + "\"");
        }
    }

    private static int align(int length, int alignment) {
        return (length + alignment - 1) / alignment * alignment;
    }

    private String value(Hdf5Cursor typeMessage, Hdf5Cursor space, Hdf5Cursor data) throws IOException {
        Hdf5Type type = Hdf5Type.read(typeMessage);
        boolean isScalar = Hdf5DataSetReader.shape(space).rank() == 0;
        if (isScalar && type.kind() == Hdf5Type.Kind.TEXT) {
            return data.next(type.size(), "text of an attribute").utf8UpToZero();
        }
        if (isScalar && type.kind() == Hdf5Type.Kind.TEXT_IN_HEAP) {
            return text(data);
        }
        return "(" + type.name() + ")";
    }

    private String text(Hdf5Cursor data) throws IOException {
        long length = data.u32();
        long heap = data.u64();
        int index = (int) data.u32();
        if (length == 0) {
            return "";
        }
        Map<Integer, Stretch> objects = globalHeaps.get(heap);
        if (objects == null) {
            objects = objects(heap);
            globalHeaps.put(heap, objects);
        }
        Stretch stretch = objects.get(index);
        if (stretch == null || length > stretch.length) {
            throw new KerasFileException("The text of an attribute should have " + length + " bytes in the object "
                    + index + " of the global heap at address " + heap + ". "
                    + (stretch == null ? "There is none" : "It has " + stretch.length));
        }
        return length > LONGEST_TEXT
                ? "(text of " + length + " bytes)"
                : file.peek(stretch.address, length, "text of an attribute").utf8UpToZero();
    }

    private Map<Integer, Stretch> objects(long address) throws IOException {
        Hdf5Cursor prefix = file.peek(address, HEAP_PREFIX_BYTES, "global heap");
        prefix.expect("GCOL");
        prefix.expect(prefix.u8(), 1, "version");
        Hdf5Cursor heap =
                file.take(address, prefix.skip(3).u64(), "global heap").skip(HEAP_PREFIX_BYTES);
        Map<Integer, Stretch> objects = new HashMap<>();
        while (heap.left() >= HEAP_PREFIX_BYTES) {
            int index = heap.u16();
            if (index == 0) {
                // What follows is free.
                break;
            }
            limit.add();
            long length = heap.skip(2 + 4).u64();
            Stretch stretch = new Stretch(address + heap.position(), length);
            if (length < 0 || length > heap.left() || objects.put(index, stretch) != null) {
                throw new KerasFileException("The global heap at address " + address + " has an object " + index
                        + " of " + Long.toUnsignedString(length) + " bytes that does not fit, or two of this number");
            }
            heap.skip(Math.min(heap.left(), align((int) length, 8)));
        }
        return objects;
    }
}
