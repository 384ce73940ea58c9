package io.gradstep.examples;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the data set that a user means: one in the jar, or a file. */
final class Datasets {
    private static final String MNIST = "mnist";

    private Datasets() {}

    /**
     * Reads a data set.
     *
     * @param name that of one in the jar, mnist, else the path of a CSV file
     * @param folder where the files of mnist are; null if the user named none
     * @throws UserError if there is none, or if it is not as it must be
     */
    static Dataset read(String name, String folder) {
        boolean isMnist = name.equals(MNIST);
        if (isMnist && folder == null) {
            throw new UserError("--data mnist needs --data-dir DIR, the folder with its four files. Add it, or choose "
                    + "other data");
        }
        if (!isMnist && folder != null) {
            throw new UserError("--data-dir is for --data mnist alone. Leave it out, or choose that. Received: --data "
                    + name + " --data-dir " + folder);
        }
        return isMnist ? new MnistFolder(folder(folder)).read(name) : read(name);
    }

    /**
     * Reads a data set that needs no folder.
     *
     * @param name that of one in the jar, else the path of a CSV file
     * @throws UserError if there is none, or if it is not as it must be
     */
    static Dataset read(String name) {
        return Arrays.stream(BundledDataset.values())
                .filter(bundled -> bundled.id().equals(name))
                .findFirst()
                .map(BundledDataset::read)
                .orElseGet(() -> readFile(name));
    }

    private static Dataset readFile(String name) {
        Path path = path(name);
        if (Files.isDirectory(path)) {
            throw new UserError("--data: \"" + name + "\" is a directory. Name a CSV file in it");
        }
        if (!Files.exists(path)) {
            throw new UserError("--data: there is no data set and no file \"" + name + "\". Choose among " + ids()
                    + ", or give the path of a CSV file. Looked for " + path.toAbsolutePath());
        }
        try {
            return CsvDataset.parse(
                    name, "read from " + path.toAbsolutePath(), TextFile.decode(name, Files.readAllBytes(path)));
        } catch (AccessDeniedException e) {
            throw new UserError("--data: the file " + name + " may not be read. Change its permissions", e);
        } catch (IOException e) {
            throw new UserError("--data: the file " + name + " cannot be read: " + e + ". Copy it to a local disk", e);
        }
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserError(
                    "--data: this is no path of a file: \"" + name + "\". Choose among " + ids()
                            + ", or give the path of a CSV file",
                    e);
        }
    }

    private static Path folder(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserError("--data-dir: this is no path of a folder: \"" + name + "\". Name another", e);
        }
    }

    private static String ids() {
        return Stream.concat(Arrays.stream(BundledDataset.values()).map(BundledDataset::id), Stream.of(MNIST))
                .collect(Collectors.joining(", "));
    }
}
