package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
    @TempDir
    private Path folder;

    @Test
    void is_made_with_its_parents_and_left_empty() throws IOException {
        OutputFolder.open(folder.resolve("a/b").toString());

        try (var files = Files.list(folder.resolve("a/b"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_file_replaces_one_of_the_same_name() throws IOException {
        OutputFolder out = OutputFolder.open(folder.toString());
        out.write("name.txt", "old and long");
        out.write("name.txt", "ne\u00fc");

        assertThat(out.resolve("name.txt")).hasContent("ne\u00fc");
        try (var files = Files.list(folder)) {
            assertThat(files).as("no temporary file is left").hasSize(1);
        }
    }

    static boolean hasFullDevice() {
        return Files.isDirectory(Path.of("/proc/self/fd"));
    }

    /** Where nothing can be written, and no permission says so. */
    @Test
    @EnabledIf("hasFullDevice")
    void where_nothing_can_be_written_is_said_at_once() {
        assertThatThrownBy(() -> OutputFolder.open("/proc/self"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--out: cannot write into the folder /proc/self")
                .hasMessageContaining("make room");
    }
}
