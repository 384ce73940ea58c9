package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a file: it is read, or refused by our exception; with 64 MB of memory. */
class Hdf5DamagedFilesTest {
    private static final int FILES = 20_000;

    @Test
    void damaged_files_are_read_or_refused_and_one_bit_changes_one_thing(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hdf5DamagedFiles.class.getName(),
                        folder.toString(),
                        Integer.toString(FILES)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean hasEnded = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(output);
        assertThat(hasEnded).as("%s", lines).isTrue();
        assertThat(process.exitValue()).as("%s", lines).isZero();
        assertThat(lines.get(lines.size() - 1)).contains("read=", "refused=", "the same=", "another number=");
    }
}
