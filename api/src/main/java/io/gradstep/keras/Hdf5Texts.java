package io.gradstep.keras;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The texts of a new HDF5 file, in global heaps: of 4,096 bytes at least, and of 65,535 objects at most each. */
final class Hdf5Texts {
    private static final int SMALLEST_HEAP = 4096;
    /** One that reaches it takes no more texts, for a reader takes a heap into memory whole; nor have more room in it. */
    private static final int FULL_HEAP = 1 << 20;

    private static final int PREFIX_BYTES = 16;

    /** Where a text is. */
    record Reference(int length, long heap, int index) {}

    private record Place(Heap heap, int index, int length) {}

    private static final class Heap {
        private final List<byte[]> texts = new ArrayList<>();
        private int used = PREFIX_BYTES;
        private long address;

        void add(byte[] text) {
            texts.add(text);
            used += PREFIX_BYTES + padded(text.length);
        }

        boolean isFull() {
            return used >= FULL_HEAP;
        }

        int bytes() {
            // What is free is an object too.
            return Math.max(SMALLEST_HEAP, used + PREFIX_BYTES);
        }

        ByteBuffer encode() {
            ByteBuffer heap = Hdf5HeaderWriter.littleEndian(bytes());
            heap.put("GCOL".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(heap.capacity());
            for (int i = 0; i < texts.size(); i++) {
                byte[] text = texts.get(i);
                heap.putShort((short) (i + 1)).putShort((short) 1).putInt(0).putLong(text.length);
                heap.put(text).position(heap.position() + padded(text.length) - text.length);
            }
            int free = heap.remaining();
            heap.putLong(0).putLong(free);
            return heap.clear();
        }
    }

    private final List<Heap> heaps = new ArrayList<>();
    private final Map<String, Place> places = new LinkedHashMap<>();

    private static int padded(int length) {
        return (length + 7) / 8 * 8;
    }

    void add(String text) {
        if (text.isEmpty() || places.containsKey(text)) {
            return;
        }
        if (heaps.isEmpty() || heaps.get(heaps.size() - 1).isFull()) {
            heaps.add(new Heap());
        }
        Heap heap = heaps.get(heaps.size() - 1);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        heap.add(utf8);
        places.put(text, new Place(heap, heap.texts.size(), utf8.length));
    }

    /** An empty text is nowhere. */
    Reference reference(String text) {
        Place place = places.get(text);
        return place == null ? new Reference(0, 0, 0) : new Reference(place.length, place.heap.address, place.index);
    }

    /** Says where the heaps begin; returns where they end. */
    long place(long address) {
        long next = address;
        for (Heap heap : heaps) {
            heap.address = next;
            next += heap.bytes();
        }
        return next;
    }

    List<ByteBuffer> encode() {
        return heaps.stream().map(Heap::encode).toList();
    }
}
