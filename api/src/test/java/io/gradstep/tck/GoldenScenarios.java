package io.gradstep.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The scenarios that Keras ran. */
public final class GoldenScenarios {
    private GoldenScenarios() {}

    /**
     * Reads those that have all their values themselves.
     *
     * @return all of them, sorted by name
     */
    public static List<Scenario> all() {
        return in("/golden/scenarios", GoldenScenarios::read);
    }

    /**
     * Reads those that go on from a file of Keras's.
     *
     * @return all of them, sorted by name
     */
    public static List<Scenario> continued() {
        return in("/golden/keras-files", GoldenScenarios::read);
    }

    /**
     * Copies a file that Keras wrote out of the class path.
     *
     * @param name {@code dense-plain.weights.h5}
     * @param folder where to
     * @return the copy
     */
    public static Path kerasFile(String name, Path folder) {
        return copy("/golden/keras-files", name, folder);
    }

    /**
     * Copies an HDF5 file from which no scenario goes on out of the class path.
     *
     * @param name {@code bfloat16.weights.h5}
     * @param folder where to
     * @return the copy
     */
    public static Path hdf5File(String name, Path folder) {
        return copy("/golden/hdf5", name, folder);
    }

    private static Path copy(String from, String name, Path folder) {
        return in(
                from,
                files -> Files.copy(files.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING));
    }

    private interface Question<R> {
        R of(Path folder) throws IOException;
    }

    private static <R> R in(String name, Question<R> question) {
        try {
            URI folder = GoldenScenarios.class.getResource(name).toURI();
            if (!folder.getScheme().equals("jar")) {
                return question.of(Path.of(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                return question.of(jar.getPath(name));
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("The golden files are not on the class path", e);
        }
    }

    private static List<Scenario> read(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.toString().endsWith(".tree.json"))
                    .sorted()
                    .map(GoldenScenarios::readFile)
                    .toList();
        }
    }

    private static Scenario readFile(Path file) {
        try {
            return Scenario.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
