package io.gradstep.keras;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * A file that nobody else can read and that is gone with its channel. Unix takes its name away at once: there nothing is
 * left even by a process that is killed.
 */
final class TemporaryFile {
    private static final Set<StandardOpenOption> NEW = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);

    private TemporaryFile() {}

    /** Where they are made. */
    static Path folder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    static FileChannel create(Path folder) throws IOException {
        // The process by its number: whoever finds the file where names stay can tell whether it is in use.
        String name = "gradstep-%d-%s.h5".formatted(ProcessHandle.current().pid(), UUID.randomUUID());
        return FileChannel.open(folder.resolve(name), NEW, ownersAlone(folder));
    }

    private static FileAttribute<?>[] ownersAlone(Path folder) {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }
}
