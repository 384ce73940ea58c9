package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Damages files as disks do, and as attackers do: a seed gives the same damage always. */
final class Hdf5Damage {
    private static final long[] INTERESTING = {
        0,
        1,
        -1,
        2,
        8,
        96,
        1023,
        0xffff,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final Random random;
    private byte[] bytes;

    private Hdf5Damage(long seed, byte[] bytes) {
        this.random = new Random(seed);
        this.bytes = bytes.clone();
    }

    static byte[] of(long seed, byte[] file) {
        Hdf5Damage damage = new Hdf5Damage(seed, file);
        int times = 1 + damage.random.nextInt(2);
        for (int i = 0; i < times && damage.bytes.length > 16; i++) {
            damage.once();
        }
        if (damage.random.nextBoolean()) {
            damage.repairChecksums();
        }
        return damage.bytes;
    }

    /** One bit of those bytes that are not zero: most others are never read. */
    static byte[] bit(long seed, byte[] file) {
        Hdf5Damage damage = new Hdf5Damage(seed, file);
        damage.flip(damage.somewhere());
        return damage.bytes;
    }

    private void once() {
        switch (random.nextInt(16)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> insert();
            case 2, 3 -> swap();
            case 4, 5, 6, 7 -> flip(somewhere());
            case 8, 9, 10, 11 -> bytes[somewhere()] = (byte) random.nextInt();
            default -> field();
        }
    }

    private void flip(int place) {
        bytes[place] ^= (byte) (1 << random.nextInt(8));
    }

    private int somewhere() {
        int[] places = IntStream.range(0, bytes.length)
                .filter(place -> bytes[place] != 0)
                .toArray();
        return places.length == 0 ? 0 : places[random.nextInt(places.length)];
    }

    private void field() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int place = Math.min(somewhere() & -8, bytes.length - 8);
        long value = switch (random.nextInt(4)) {
            case 0 -> bytes.length;
            case 1 -> random.nextInt(bytes.length / 8) * 8L;
            case 2 -> buffer.getLong(random.nextInt(bytes.length / 8) * 8);
            default -> INTERESTING[random.nextInt(INTERESTING.length)];
        };
        buffer.putLong(place, value);
    }

    private void swap() {
        int length = Math.min(1 << random.nextInt(9), bytes.length / 2);
        int one = random.nextInt(bytes.length - length);
        int other = random.nextInt(bytes.length - length);
        byte[] kept = Arrays.copyOfRange(bytes, one, one + length);
        System.arraycopy(bytes, other, bytes, one, length);
        System.arraycopy(kept, 0, bytes, other, length);
    }

    private void insert() {
        int place = random.nextInt(bytes.length);
        byte[] more = new byte[8 * (1 + random.nextInt(4))];
        random.nextBytes(more);
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.write(bytes, 0, place);
        longer.writeBytes(more);
        longer.write(bytes, place, bytes.length - place);
        bytes = longer.toByteArray();
    }

    /** Else nothing behind a checksum would ever be reached. */
    private void repairChecksums() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean hasChecksum = bytes.length > 8 && (bytes[8] == 2 || bytes[8] == 3);
        repair(buffer, 0, hasChecksum ? 44 : 0);
        for (int i = 0; i < bytes.length - 10; i += 8) {
            if (buffer.getInt(i) == 0x5244484f) {
                repair(buffer, i, 10L + buffer.getInt(i + 6));
            }
        }
    }

    private static void repair(ByteBuffer buffer, int from, long length) {
        if (length > 0 && from + length + 4 <= buffer.limit()) {
            ByteBuffer part = buffer.slice(from, (int) length).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putInt((int) (from + length), Hdf5Checksum.of(part, (int) length));
        }
    }

    static int differences(HostTensor one, HostTensor other) {
        int count = 0;
        for (int i = 0; i < one.length(); i++) {
            count += Double.doubleToRawLongBits(one.get(i)) == Double.doubleToRawLongBits(other.get(i)) ? 0 : 1;
        }
        return count;
    }
}
