package io.gradstep.keras;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
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

    static final int LOCAL_FLAGS = 6;
    static final int LOCAL_METHOD = 8;
    static final int LOCAL_CRC = 14;
    static final int LOCAL_STORED_SIZE = 18;
    static final int LOCAL_SIZE = 22;
    static final int LOCAL_NAME_LENGTH = 26;
    static final int LOCAL_EXTRA_LENGTH = 28;

    private static final int LOCAL = 0x04034b50;
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

    /** In the order of the map, stored as they are, as Java does it. */
    static byte[] stored(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(each.getValue().length);
                entry.setCrc(crc(each.getValue()));
                zip.putNextEntry(entry);
                zip.write(each.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Stored as they are; sizes and offsets are where those from 4 GiB on are. */
    static byte[] storedWith64BitNumbers(Map<String, byte[]> entries) {
        Hdf5Image.Fields zip = Hdf5Image.fields();
        Hdf5Image.Fields directory = Hdf5Image.fields();
        entries.forEach((name, bytes) -> {
            int offset = zip.size();
            byte[] crcAndSizes = Hdf5Image.fields()
                    .u32(crc(bytes))
                    .u32(-1)
                    .u32(-1)
                    .u16(name.length())
                    .bytes();
            zip.u32(LOCAL).u16(45).u16(0).u16(0).u32(0).raw(crcAndSizes).u16(20).text(name);
            zip.u16(1).u16(16).u64(bytes.length).u64(bytes.length).raw(bytes);
            directory.u32(DIRECTORY).u16(45).u16(45).u16(0).u16(0).u32(0).raw(crcAndSizes);
            directory.u16(4 + 28).u16(0).u16(0).u16(0).u32(0).u32(-1).text(name);
            directory.u16(0xbeef).u16(0);
            directory.u16(1).u16(24).u64(bytes.length).u64(bytes.length).u64(offset);
        });
        int start = zip.size();
        zip.raw(directory.bytes()).u32(0x06054b50).u32(0).u16(entries.size()).u16(entries.size());
        return zip.u32(directory.size()).u32(start).u16(0).bytes();
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** A number in the header before the data. */
    static byte[] withLocalInt(byte[] zip, String name, int field, int value) {
        byte[] changed = zip.clone();
        little(changed).putInt(intOf(zip, name, DIRECTORY_OFFSET) + field, value);
        return changed;
    }

    /** A number in the header before the data. */
    static byte[] withLocalShort(byte[] zip, String name, int field, int value) {
        byte[] changed = zip.clone();
        little(changed).putShort(intOf(zip, name, DIRECTORY_OFFSET) + field, (short) value);
        return changed;
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
