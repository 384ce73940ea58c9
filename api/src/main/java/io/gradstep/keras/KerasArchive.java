package io.gradstep.keras;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * An open {@code .keras} file: a zip with {@code config.json}, {@code model.weights.h5}, and more that is only copied.
 *
 * <p>The file may be hostile. Sizes are bounded before reading, and while reading held to what was declared; checksums
 * are compared, which {@link ZipFile} does not do; nothing is written to the disk under a name from the archive. What
 * is wrong is a {@link KerasFileException}; any other {@link IOException} is the disk's.
 *
 * <p>Keras stores the weights as they are: these are read where they lie. Others are extracted first. {@link ZipFile}
 * opens the path once more, and may find another file there; then the weights are its, by their checksum.
 *
 * <p>Windows replaces no open file: whoever writes a copy onto the archive closes it when the copy is written.
 */
final class KerasArchive implements AutoCloseable {
    static final String CONFIG = "config.json";
    static final String METADATA = "metadata.json";
    static final String WEIGHTS = "model.weights.h5";

    private static final long MAX_JSON = 64L << 20;
    /** JSON takes several times its size in memory. A configuration of many equal layers deflates to a twentieth. */
    private static final long MAX_JSON_RATIO = 32;

    private static final long ALWAYS_READ_JSON = 1 << 20;

    /** Keras's own: from this size on, not more than so many times what is stored. */
    private static final long ALWAYS_READ = 256L << 20;

    private static final long MAX_RATIO = 100;

    private static final Pattern UNSAFE_NAME =
            Pattern.compile("|/.*|[A-Za-z]:.*|.*[\\\\\0].*|(.*/)?\\.\\.(/.*)?", Pattern.DOTALL);
    private static final LocalDateTime FIRST_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
    private FileStretch weights;
    private boolean inPlace;
    private volatile boolean closed;

    private KerasArchive(Path file, FileChannel channel, ZipFile zip) {
        this.file = file;
        this.channel = channel;
        this.zip = zip;
    }

    private interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /** The channel is the file's, and is closed with the archive; if this throws, by the caller. */
    static KerasArchive open(Path file, FileChannel channel) throws IOException {
        ZipDirectory directory = ZipDirectory.read(channel);
        KerasArchive archive = new KerasArchive(file, channel, openZip(file));
        try {
            archive.list();
            archive.checkSizes();
            archive.read(archive.entry(CONFIG), (bytes, offset, length) -> {});
            archive.openWeights(directory);
            return archive;
        } catch (Throwable failure) {
            archive.closeAfter(failure);
            throw failure;
        }
    }

    List<String> entries() {
        return List.copyOf(entries.keySet());
    }

    byte[] config() throws IOException {
        ZipEntry entry = entry(CONFIG);
        // Opening has found that it is that long indeed.
        ByteBuffer bytes = ByteBuffer.allocate((int) entry.getSize());
        read(entry, bytes::put);
        return bytes.array();
    }

    /** Until the archive is closed. */
    FileStretch weights() {
        return weights;
    }

    /** Whether the weights are read where they lie. */
    boolean isInPlace() {
        return inPlace;
    }

    /** The weights stand where they stood, with the time that they had: equal arguments give equal bytes. */
    void copyTo(WritableByteChannel out, List<Piece> newWeights) throws IOException {
        ZipEntry stored = like(entry(WEIGHTS));
        store(stored, Pieces.size(newWeights), Pieces.crc32(newWeights));
        try (ZipOutputStream copy = new ZipOutputStream(leftOpen(out))) {
            copy.setComment(comment());
            for (ZipEntry entry : entries.values()) {
                if (entry.getName().equals(WEIGHTS)) {
                    copy.putNextEntry(stored);
                    write(newWeights, copy);
                } else {
                    copy.putNextEntry(like(entry));
                    read(entry, copy::write);
                    copy.closeEntry();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try (channel;
                zip) {
            if (weights != null) {
                weights.close();
            }
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException suppressed) {
            failure.addSuppressed(suppressed);
        }
    }

    private static ZipFile openZip(Path file) throws IOException {
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException | IllegalArgumentException broken) {
            throw new KerasFileException("The archive is a broken zip: " + broken.getMessage(), broken);
        }
    }

    private void list() throws KerasFileException {
        if (zip.size() > ZipDirectory.MAX_ENTRIES) {
            throw refused("has %d entries; at most %d are read".formatted(zip.size(), ZipDirectory.MAX_ENTRIES));
        }
        try {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                add(entry);
            }
        } catch (IllegalArgumentException malformed) {
            throw broken("a name or a comment in it", malformed);
        }
    }

    private void add(ZipEntry entry) throws KerasFileException {
        String name = entry.getName();
        if (UNSAFE_NAME.matcher(name).matches()) {
            throw refused("has an entry called %s; Keras names none so".formatted(shown(name)));
        }
        if (entries.put(name, entry) != null) {
            throw refused("has two entries called %s".formatted(shown(name)));
        }
    }

    /** All together too: entries may share their bytes. */
    private void checkSizes() throws IOException {
        long fileSize = channel.size();
        long sum = 0;
        for (ZipEntry entry : entries.values()) {
            long size = entry.getSize();
            if (size < 0 || size > limit(entry)) {
                throw refused("declares %d bytes for %s, of which %d are stored; that much is not read"
                        .formatted(size, shown(entry.getName()), entry.getCompressedSize()));
            }
            sum += size;
            if (sum < 0 || sum > limit(fileSize)) {
                throw refused("declares too many bytes in all for a file of %d bytes".formatted(fileSize));
            }
        }
    }

    private static long limit(ZipEntry entry) {
        return switch (entry.getName()) {
            case CONFIG, METADATA ->
                Math.min(MAX_JSON, Math.max(ALWAYS_READ_JSON, MAX_JSON_RATIO * entry.getCompressedSize()));
            default -> limit(entry.getCompressedSize());
        };
    }

    private static long limit(long stored) {
        return Math.max(ALWAYS_READ, MAX_RATIO * Math.min(stored, Long.MAX_VALUE / MAX_RATIO));
    }

    private ZipEntry entry(String name) throws KerasFileException {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw refused("has no %s%s. Its entries: %s".formatted(name, instead(), firstEntries()));
        }
        return entry;
    }

    private String instead() {
        if (entries.containsKey("model.weights.npz")) {
            return "; weights in NumPy's format are not read: save the model again where h5py is installed";
        }
        if (entries.containsKey("model.weights.json")) {
            return "; weights in several files (shards) are not read: save the model again without max_shard_size";
        }
        return "";
    }

    private String firstEntries() {
        String names =
                entries.keySet().stream().limit(10).map(KerasArchive::shown).collect(Collectors.joining(", "));
        if (entries.isEmpty()) {
            return "none";
        }
        return entries.size() > 10 ? names + " and %d more".formatted(entries.size() - 10) : names;
    }

    private static String shown(String name) {
        return "'" + Shown.of(name) + "'";
    }

    private void read(ZipEntry entry, Sink sink) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            CRC32 crc = new CRC32();
            byte[] buffer = new byte[BUFFER];
            long rest = entry.getSize();
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                rest -= length;
                if (rest < 0) {
                    throw refused("has more bytes for %s than it declares".formatted(shown(entry.getName())));
                }
                crc.update(buffer, 0, length);
                sink.write(buffer, 0, length);
            }
            if (rest != 0 || crc.getValue() != entry.getCrc()) {
                throw damaged(entry);
            }
        } catch (IOException | RuntimeException failure) {
            // A ZipFile that another thread closes says that it is broken, among other things.
            if (closed) {
                throw closedBefore(failure);
            }
            if (failure instanceof ZipException
                    || failure instanceof EOFException
                    || failure instanceof IllegalArgumentException) {
                throw broken(shown(entry.getName()), failure);
            }
            throw failure;
        }
    }

    private void openWeights(ZipDirectory directory) throws IOException {
        ZipEntry entry = entry(WEIGHTS);
        Optional<FileStretch> stored = directory.stored(entry);
        if (stored.isPresent()) {
            weights = stored.get();
            inPlace = true;
            if (Pieces.crc32(List.of(new FilePiece(weights, 0, weights.size(), new DirectBuffer())))
                    != entry.getCrc()) {
                throw damaged(entry);
            }
        } else {
            weights = extract(entry);
            channel.close();
        }
    }

    private FileStretch extract(ZipEntry entry) throws IOException {
        Path folder = TemporaryFile.folder();
        FileChannel temporary;
        try {
            temporary = TemporaryFile.create(folder);
        } catch (IOException failure) {
            throw noRoom(entry, folder, failure);
        }
        try {
            read(entry, (bytes, offset, length) -> {
                try {
                    writeFully(temporary, ByteBuffer.wrap(bytes, offset, length));
                } catch (ClosedChannelException interrupted) {
                    throw interrupted;
                } catch (IOException failure) {
                    throw noRoom(entry, folder, failure);
                }
            });
            return FileStretch.whole(temporary);
        } catch (Throwable failure) {
            try (temporary) {
                throw failure;
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private IOException noRoom(ZipEntry entry, Path folder, IOException cause) {
        return new IOException(
                "The weights of %s need %d bytes in the folder for temporary files %s. Make room there or set -Djava.io.tmpdir"
                        .formatted(file.getFileName(), entry.getSize(), folder),
                cause);
    }

    /** Null if there is none, or none that Java could write: it has to be UTF-8. */
    private String comment() {
        try {
            return zip.getComment();
        } catch (IllegalArgumentException malformed) {
            return null;
        } catch (IllegalStateException failure) {
            throw closedBefore(failure);
        }
    }

    private static ZipEntry like(ZipEntry entry) {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(time(entry));
        copy.setComment(entry.getComment());
        if (entry.getMethod() == ZipEntry.STORED) {
            store(copy, entry.getSize(), entry.getCrc());
        }
        return copy;
    }

    private static void store(ZipEntry entry, long size, long crc) {
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(size);
        entry.setCompressedSize(size);
        entry.setCrc(crc);
    }

    /**
     * Keras gives its JSON the first time that a zip can have. Java takes exactly that one for "before 1980" and adds a
     * field that depends on the time zone; a millisecond later it does not, and writes the same.
     */
    private static LocalDateTime time(ZipEntry entry) {
        LocalDateTime time;
        try {
            time = entry.getTimeLocal();
        } catch (DateTimeException noSuchDay) {
            time = FIRST_TIME;
        }
        return time.equals(FIRST_TIME) ? time.plus(Duration.ofMillis(1)) : time;
    }

    private static void write(List<Piece> pieces, ZipOutputStream copy) throws IOException {
        try {
            Pieces.write(pieces, Channels.newChannel(copy));
            copy.closeEntry();
        } catch (ZipException changed) {
            throw new IOException("The weights changed while they were written; train or write, not both", changed);
        }
    }

    private static OutputStream leftOpen(WritableByteChannel out) {
        return new BufferedOutputStream(Channels.newOutputStream(out), BUFFER) {
            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    private KerasFileException refused(String why) {
        return new KerasFileException("The archive " + why);
    }

    private IllegalStateException closedBefore(Exception failure) {
        return new IllegalStateException("The file " + file.getFileName() + " is closed. Open it again", failure);
    }

    private KerasFileException damaged(ZipEntry entry) {
        return refused("is damaged: length or checksum of %s is wrong".formatted(shown(entry.getName())));
    }

    private KerasFileException broken(String part, Exception cause) {
        // Where bytes are missing it has no message.
        String what = cause instanceof EOFException ? "it ends too early" : cause.getMessage();
        return new KerasFileException("The archive is a broken zip, in " + part + ": " + what, cause);
    }
}
