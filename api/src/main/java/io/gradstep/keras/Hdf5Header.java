package io.gradstep.keras;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The messages of an object of an HDF5 file, of either version.
 *
 * @param messages without those that only lead to others
 */
record Hdf5Header(List<Message> messages) {
    static final int DATA_SPACE = 1;
    static final int LINK_INFO = 2;
    static final int DATA_TYPE = 3;
    static final int FILL_VALUE = 5;
    static final int LINK = 6;
    static final int EXTERNAL_FILES = 7;
    static final int LAYOUT = 8;
    static final int GROUP_INFO = 10;
    static final int FILTERS = 11;
    static final int ATTRIBUTE = 12;
    static final int SYMBOL_TABLE = 17;
    private static final int CONTINUATION = 16;

    static final int CHECKSUM_BYTES = 4;
    private static final int MOST_MESSAGES = 1 << 17;
    private static final int SHARED = 2;

    /**
     * One message.
     *
     * @param address of its first byte
     */
    record Message(int type, boolean isShared, long address, Hdf5Cursor body) {}

    /** A stretch that holds messages. */
    private record Block(long address, Hdf5Cursor messages) {}

    static Hdf5Header read(Hdf5Bytes file, long address) throws IOException {
        int first = file.peek(address, 1, "object header").u8();
        return new Hdf5Header(first == 'O' ? new Newer(file).read(address) : new Older(file).read(address));
    }

    /** What the two versions share: to go from block to block. */
    private abstract static class Version {
        final Hdf5Bytes file;
        private final List<Message> messages = new ArrayList<>();
        private final Deque<Block> blocks = new ArrayDeque<>();

        Version(Hdf5Bytes file) {
            this.file = file;
        }

        abstract Block first(long address) throws IOException;

        abstract Block continuation(long address, long length) throws IOException;

        abstract int prefixBytes();

        abstract Message message(Block block) throws IOException;

        List<Message> read(long address) throws IOException {
            blocks.add(first(address));
            while (!blocks.isEmpty()) {
                Block block = blocks.remove();
                // Less than a message may be left over at the end.
                while (block.messages.left() >= prefixBytes()) {
                    add(message(block));
                }
            }
            return List.copyOf(messages);
        }

        private void add(Message message) throws IOException {
            if (message.type == CONTINUATION) {
                long address = message.body.u64();
                blocks.add(continuation(address, message.body.u64()));
            } else {
                messages.add(message);
            }
            if (messages.size() + blocks.size() > MOST_MESSAGES) {
                throw new KerasFileException("An object header has more than " + MOST_MESSAGES + " messages");
            }
        }
    }

    private static final class Older extends Version {
        private static final int HEADER_BYTES = 16;

        Older(Hdf5Bytes file) {
            super(file);
        }

        @Override
        Block first(long address) throws IOException {
            Hdf5Cursor prefix = file.peek(address, HEADER_BYTES, "object header");
            prefix.expect(prefix.u8(), 1, "version");
            long length = prefix.skip(1 + 2 + 4).u32();
            Hdf5Cursor header = file.take(address, HEADER_BYTES + length, "object header");
            return new Block(address + HEADER_BYTES, header.from(HEADER_BYTES));
        }

        @Override
        Block continuation(long address, long length) throws IOException {
            return new Block(address, file.take(address, length, "continued object header"));
        }

        @Override
        int prefixBytes() {
            return 2 + 2 + 1 + 3;
        }

        @Override
        Message message(Block block) throws IOException {
            Hdf5Cursor messages = block.messages;
            int type = messages.u16();
            int length = messages.u16();
            boolean isShared = (messages.u8() & SHARED) != 0;
            messages.skip(3);
            long address = block.address + messages.position();
            return new Message(type, isShared, address, messages.next(length, "message of an object header"));
        }
    }

    private static final class Newer extends Version {
        private static final int WITH_TIMES = 32;
        private static final int WITH_ATTRIBUTE_LIMITS = 16;
        private static final int WITH_ORDER = 4;
        private int flags;

        Newer(Hdf5Bytes file) {
            super(file);
        }

        @Override
        Block first(long address) throws IOException {
            Hdf5Cursor prefix = prefix(file.peek(address, 6, "object header"));
            int beforeLength = prefix.position()
                    + ((flags & WITH_TIMES) != 0 ? 16 : 0)
                    + ((flags & WITH_ATTRIBUTE_LIMITS) != 0 ? 4 : 0);
            int lengthBytes = 1 << (flags & 3);
            long length = file.peek(address, beforeLength + lengthBytes, "object header")
                    .skip(beforeLength)
                    .unsigned(flags & 3);
            return checked(address, beforeLength + lengthBytes, length, "object header");
        }

        private Hdf5Cursor prefix(Hdf5Cursor prefix) throws KerasFileException {
            prefix.expect("OHDR");
            prefix.expect(prefix.u8(), 2, "version");
            flags = prefix.u8();
            return prefix;
        }

        @Override
        Block continuation(long address, long length) throws IOException {
            String signature = "OCHK";
            file.peek(address, signature.length(), "continued object header").expect(signature);
            return checked(
                    address,
                    signature.length(),
                    length - signature.length() - CHECKSUM_BYTES,
                    "continued object header");
        }

        /** The messages between what begins a block and its checksum. */
        private Block checked(long address, int before, long length, String what) throws IOException {
            if (length < 0 || length > file.size()) {
                throw new KerasFileException(
                        "The " + what + " is said to have messages of " + Long.toUnsignedString(length) + " bytes");
            }
            Hdf5Cursor block = file.take(address, before + length + CHECKSUM_BYTES, what);
            block.verifyChecksum();
            return new Block(address + before, block.from(before).next((int) length, what));
        }

        @Override
        int prefixBytes() {
            return 1 + 2 + 1 + ((flags & WITH_ORDER) != 0 ? 2 : 0);
        }

        @Override
        Message message(Block block) throws IOException {
            Hdf5Cursor messages = block.messages;
            int type = messages.u8();
            int length = messages.u16();
            boolean isShared = (messages.u8() & SHARED) != 0;
            messages.skip((flags & WITH_ORDER) != 0 ? 2 : 0);
            long address = block.address + messages.position();
            return new Message(type, isShared, address, messages.next(length, "message of an object header"));
        }
    }
}
