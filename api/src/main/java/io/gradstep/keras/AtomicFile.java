package io.gradstep.keras;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a file so that at any moment, also after a crash, there is the whole old one or the whole new one: beside the
 * target, and then moved onto it. What a killed process leaves is called {@code .NAME.RANDOM.tmp} and may be deleted.
 */
final class AtomicFile {
    private static final int LINKS = 40;
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private AtomicFile() {}

    /** What is to stand in the file. */
    @FunctionalInterface
    interface Content {
        /** Need neither force nor close. */
        void writeTo(FileChannel channel) throws IOException;
    }

    static void write(Path target, List<Piece> pieces) throws IOException {
        write(target, channel -> Pieces.write(pieces, channel));
    }

    /** If this throws, the target is what it was before; only forcing the directory is left to luck. */
    static void write(Path target, Content content) throws IOException {
        Path file = behindLinks(target.toAbsolutePath());
        check(file);
        Path temporary = file.resolveSibling(temporaryName(file));
        // Before the try: what exists already was not made here and is not deleted here.
        FileChannel channel = create(temporary, file);
        try {
            try (channel) {
                takeOverPermissions(file, temporary);
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (Throwable failure) {
            delete(temporary, failure);
            throw failure;
        }
        forceDirectory(file.getParent());
    }

    /** A move would replace the link. toRealPath refuses a link to a file that does not exist yet. */
    static Path behindLinks(Path target) throws IOException {
        Path file = target;
        for (int i = 0; Files.isSymbolicLink(file); i++) {
            if (i == LINKS) {
                throw new FileSystemLoopException(target.toString());
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        return file;
    }

    private static void check(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "Is a directory. Name a file in it");
        }
        if (!Files.isDirectory(file.getParent())) {
            throw new NoSuchFileException(
                    file.toString(), null, "There is no directory " + file.getParent() + ". Create it first");
        }
        if (!Files.exists(file)) {
            return;
        }
        // Else a move would replace what stands for a device, such as /dev/null, by a file.
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "Is not a regular file and cannot be replaced by one");
        }
        // A move needs no permission of the file that it replaces.
        if (!Files.isWritable(file)) {
            throw new AccessDeniedException(file.toString(), null, "Is write-protected. Choose another file");
        }
    }

    /** Not longer than names may be, however long the target's is. */
    private static String temporaryName(Path file) {
        StringBuilder name = new StringBuilder(".");
        file.getFileName().toString().codePoints().limit(40).forEach(name::appendCodePoint);
        return name.append('.').append(UUID.randomUUID()).append(".tmp").toString();
    }

    /** Not by createTempFile: nobody else could read a file of its making. */
    private static FileChannel create(Path temporary, Path file) throws IOException {
        try {
            return FileChannel.open(temporary, NEW, attributes(file));
        } catch (AccessDeniedException denied) {
            AccessDeniedException refused = new AccessDeniedException(
                    file.toString(),
                    null,
                    "No permission to create a file in " + file.getParent() + ", where it is written first");
            refused.initCause(denied);
            throw refused;
        }
    }

    /** From the first moment on, nobody may read more than the old file lets them. */
    private static FileAttribute<?>[] attributes(Path file) throws IOException {
        if (!hasPermissions(file)) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file)),
        };
    }

    /** The umask may have taken some away. */
    private static void takeOverPermissions(Path file, Path temporary) throws IOException {
        if (!hasPermissions(file)) {
            return;
        }
        Set<PosixFilePermission> wanted = permissions(file, takeOverGroup(file, temporary));
        // Where all files have the same, setting them may fail.
        if (!Files.getPosixFilePermissions(temporary).equals(wanted)) {
            Files.setPosixFilePermissions(temporary, wanted);
        }
    }

    private static Set<PosixFilePermission> permissions(Path file, boolean hasSameGroup) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        if (!hasSameGroup) {
            // They were given to another group.
            permissions.removeAll(PosixFilePermissions.fromString("---rwx---"));
        }
        return permissions;
    }

    /** Says whether it has the old one's group. The owner is whoever writes, unless that one may give files away. */
    private static boolean takeOverGroup(Path file, Path temporary) throws IOException {
        PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
        PosixFileAttributeView made = Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
        if (!made.readAttributes().owner().equals(old.owner())) {
            try {
                made.setOwner(old.owner());
            } catch (IOException forbidden) {
                // Only root may.
            }
        }
        if (!made.readAttributes().group().equals(old.group())) {
            try {
                made.setGroup(old.group());
            } catch (IOException forbidden) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasPermissions(Path file) {
        return Files.exists(file)
                && file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void delete(Path temporary, Throwable failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
    }

    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException impossible) {
            // Windows opens no directories. The file itself is written, and that it is may be said.
        }
    }
}
