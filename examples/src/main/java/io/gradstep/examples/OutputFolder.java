package io.gradstep.examples;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder for results. A file in it is whole or not there at all. */
final class OutputFolder {
    private final Path path;

    private OutputFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes the folder if it is not there, and tries to write into it.
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
            Files.delete(Files.createTempFile(path, ".gradstep", ".tmp"));
            return new OutputFolder(path);
        } catch (InvalidPathException | FileAlreadyExistsException e) {
            throw new UserError("--out must be a folder. Received: " + name + ". Name another one", e);
        } catch (IOException e) {
            throw new UserError(
                    "--out: cannot write into the folder " + name + ": " + e
                            + ". Name another one, or change its permissions",
                    e);
        }
    }

    /**
     * Writes a file, in place of one of the same name.
     *
     * @throws UserError if that fails, for want of space perhaps
     */
    void write(String name, String content) {
        // Not createTempFile, whose files nobody but their owner may read.
        Path temporary = path.resolve("." + name + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try {
                Files.writeString(temporary, content);
                Files.move(temporary, path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UserError("--out: cannot write " + path.resolve(name) + ": " + e + ". Name another folder", e);
        }
    }
}
