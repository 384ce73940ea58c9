package io.gradstep.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder for results. A file in it is whole or not there at all. */
final class OutputFolder {
    /** More than all files of a report have. */
    private static final int ROOM = 16 << 20;

    private final Path path;

    private OutputFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes the folder if it is not there, and tries to write as much into it as the results may need.
     *
     * @throws UserError if that fails: better now than after the work
     */
    static OutputFolder open(String name) {
        if (name.isBlank()) {
            throw new UserError("--out must be a folder. Received: nothing. Write --out . for the current one");
        }
        try {
            Path path = Path.of(name);
            Files.createDirectories(path);
            tryToWrite(path);
            return new OutputFolder(path);
        } catch (InvalidPathException | FileAlreadyExistsException e) {
            throw new UserError("--out must be a folder. Received: " + name + ". Name another one", e);
        } catch (IOException e) {
            throw new UserError(
                    "--out: cannot write into the folder " + name + ": " + e
                            + ". Name another one, or change its permissions, or make room",
                    e);
        }
    }

    /** Really, because a quota does not show in what the file system says is free. */
    private static void tryToWrite(Path path) throws IOException {
        Path temporary = Files.createTempFile(path, ".gradstep", ".tmp");
        try {
            Files.write(temporary, new byte[ROOM]);
        } finally {
            Files.delete(temporary);
        }
    }

    /** Where a file of this name is, or would be. */
    Path resolve(String name) {
        return path.resolve(name);
    }

    /**
     * Writes a file, in place of one of the same name.
     *
     * @throws UserError if that fails, for want of space perhaps
     */
    void write(String name, String content) {
        write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same with bytes.
     *
     * @throws UserError if that fails
     */
    void write(String name, byte[] content) {
        // Not createTempFile, whose files nobody but their owner may read.
        Path temporary = path.resolve("." + name + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try {
                Files.write(temporary, content);
                Files.move(temporary, path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UserError("--out: cannot write " + path.resolve(name) + ": " + e + ". Name another folder", e);
        }
    }
}
