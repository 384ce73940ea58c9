package io.gradstep.keras;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.tck.GoldenScenarios;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The files that Keras wrote. */
final class GoldenFiles {
    static final List<String> NAMES =
            List.of("batch-norm-ema", "dense-everything", "dense-loss-scale", "dense-plain", "two-inputs-momentum");
    static final List<String> ENDINGS = List.of(".weights.h5", ".keras");

    private GoldenFiles() {}

    static List<String> all() {
        return NAMES.stream()
                .flatMap(name -> ENDINGS.stream().map(ending -> name + ending))
                .toList();
    }

    static byte[] bytes(String file) {
        try (InputStream in = GoldenFiles.class.getResourceAsStream("/golden/keras-files/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is, not to be written to. */
    static Path path(String file) {
        try {
            return Path.of(
                    GoldenFiles.class.getResource("/golden/keras-files/" + file).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A copy. */
    static Path in(Path folder, String file) {
        return GoldenScenarios.kerasFile(file, folder);
    }

    /** What h5py found in a file. */
    static JsonObject tree(String file) {
        String name = file.replaceAll("\\.(weights\\.h5|keras)$", "");
        return JsonParser.parseString(new String(bytes(name + ".tree.json"), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }
}
