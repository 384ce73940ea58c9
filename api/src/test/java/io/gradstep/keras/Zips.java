package io.gradstep.keras;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Zips as nobody should write them: good ones, changed. */
final class Zips {
    static final int DIRECTORY_FLAGS = 8;
    static final int DIRECTORY_METHOD = 10;
    static final int DIRECTORY_TIME = 12;
    static final int DIRECTORY_CRC = 16;
    static final int DIRECTORY_STORED_SIZE = 20;
    static final int DIRECTORY_SIZE = 24;
    static final int DIRECTORY_OFFSET = 42;

    private static final int DIRECTORY = 0x02014b50;
    private static final int END_BYTES = 22;

    private Zips() {}

    /** Deflated, with data descriptors. */
    static byte[] of(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A number in the directory. */
    static byte[] withInt(byte[] zip, String name, int field, int value) {
        byte[] changed = zip.clone();
        little(changed).putInt(directoryEntry(zip, name) + field, value);
        return changed;
    }

    /** A number in the directory. */
    static byte[] withShort(byte[] zip, String name, int field, int value) {
        byte[] changed = zip.clone();
        little(changed).putShort(directoryEntry(zip, name) + field, (short) value);
        return changed;
    }

    static int intOf(byte[] zip, String name, int field) {
        return little(zip).getInt(directoryEntry(zip, name) + field);
    }

    /** Everywhere. */
    static byte[] renamed(byte[] zip, String from, String to) {
        String latin = new String(zip, StandardCharsets.ISO_8859_1);
        return latin.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The end record in both sizes, the numbers in the larger. */
    static byte[] with64BitEnd(byte[] zip, long entries, long bytes) {
        int end = zip.length - END_BYTES;
        ByteBuffer changed = ByteBuffer.allocate(zip.length + 76).order(ByteOrder.LITTLE_ENDIAN);
        changed.put(zip, 0, end);
        changed.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
        changed.putInt(0).putInt(0).putLong(entries).putLong(entries).putLong(bytes);
        changed.putLong(little(zip).getInt(end + 16));
        changed.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
        changed.put(zip, end, 8).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
        return changed.array();
    }

    static byte[] concatenated(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static int directoryEntry(byte[] zip, String name) {
        ByteBuffer bytes = little(zip);
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < zip.length - 46 - wanted.length; i++) {
            if (bytes.getInt(i) == DIRECTORY
                    && bytes.slice(i + 46, wanted.length).equals(ByteBuffer.wrap(wanted))) {
                return i;
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
