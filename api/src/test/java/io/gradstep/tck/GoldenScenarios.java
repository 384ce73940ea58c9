package io.gradstep.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The scenarios that Keras ran. */
public final class GoldenScenarios {
    private GoldenScenarios() {}

    /**
     * Reads them.
     *
     * @return all of them, sorted by name
     */
    public static List<Scenario> all() {
        try {
            URI folder = GoldenScenarios.class.getResource("/golden/scenarios").toURI();
            if (!folder.getScheme().equals("jar")) {
                return read(Path.of(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                return read(jar.getPath("/golden/scenarios"));
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("The golden scenarios are not on the class path", e);
        }
    }

    private static List<Scenario> read(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(GoldenScenarios::readFile).toList();
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
