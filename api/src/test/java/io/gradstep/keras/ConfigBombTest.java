package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.RMSprop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that are small in a file and large in memory, or make long messages. */
class ConfigBombTest {
    private static final String VALID =
            "{\"compile_config\": {\"optimizer\": " + Keras.toJson(new RMSprop(0.5)) + "}, \"layers\": %s}";

    @TempDir
    private Path folder;

    private Path stored(String config) throws IOException {
        return archive(config, Deflater.NO_COMPRESSION);
    }

    private Path deflated(String config) throws IOException {
        return archive(config, Deflater.DEFAULT_COMPRESSION);
    }

    private Path archive(String config, int level) throws IOException {
        Path file = folder.resolve("model.keras");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(level);
            zip.putNextEntry(new ZipEntry(KerasArchive.CONFIG));
            zip.write(config.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(KerasArchive.WEIGHTS));
            zip.write(GoldenFiles.bytes("dense-plain.weights.h5"));
        }
        return file;
    }

    @Test
    void what_deflates_to_next_to_nothing_is_not_read() throws IOException {
        Path bomb = deflated(VALID.formatted("[" + "[],".repeat(1 << 20) + "[]]"));
        assertThat(Files.size(bomb)).isLessThan(40_000);
        assertThatThrownBy(() -> KerasFile.open(bomb))
                .isInstanceOf(KerasFileException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("that much is not read");
    }

    @Test
    void layers_are_checked_and_not_kept() throws IOException {
        try (KerasFile file = KerasFile.open(stored(VALID.formatted("[" + "[],".repeat(1 << 20) + "[]]")))) {
            assertThat(file.optimizer()).contains(new RMSprop(0.5));
        }
        try (KerasFile file = KerasFile.open(stored(VALID.formatted("[{\"a\": 1, \"a\": 2}]")))) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("`$.layers[0].a` is there twice");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"compile_config\": \"%s\"}",
                "{\"compile_config\": {\"optimizer\": \"%s\"}}",
                "{\"compile_config\": {\"optimizer\": {\"class_name\": \"%s\", \"config\": {}}}}",
                "{\"compile_config\": {\"optimizer\": {\"class_name\": \"RMSprop\", \"config\": {\"%s\": 1}}}}",
                "{\"compile_config\": {\"optimizer\": {\"class_name\": \"RMSprop\", \"config\": {\"name\": \"/%s\"}}}}",
                "{\"compile_config\": {\"optimizer\": {\"class_name\": \"RMSprop\", \"config\": {\"learning_rate\": "
                        + "{\"class_name\": \"%s\", \"config\": {}}}}}}",
                "{\"compile_config\": {\"optimizer\": {\"class_name\": \"RMSprop\", \"config\": {\"learning_rate\": "
                        + "{\"class_name\": \"function\", \"config\": \"%s\"}}}}}",
                "{\"%s\": 1, \"compile_config\": tru}"
            })
    void a_message_is_no_longer_than_one_reads_and_shows_no_control_characters(String config) throws IOException {
        String name = "\u202e\\u001b" + "x".repeat(1 << 20);
        try (KerasFile file = KerasFile.open(stored(config.formatted(name)))) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .satisfies(refusal -> assertThat(refusal.getMessage())
                            .hasSizeLessThan(5000)
                            .doesNotContain("\u202e")
                            .doesNotContain("\u001b"));
        }
    }
}
