package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an int does not count. */
class LargeArrayTest {
    private static final long ROOM = 4L << 30;

    @TempDir
    private Path folder;

    @Test
    void an_array_above_2_GiB_is_written_and_read() throws IOException, InterruptedException {
        assumeTrue(folder.toFile().getUsableSpace() > ROOM, "4 GB of disk");
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        assumeTrue(machine.getFreeMemorySize() > ROOM, "4 GB of memory");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmn64m",
                        "-Xmx2600m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeArray.class.getName(),
                        folder.resolve("large.weights.h5").toString())
                .redirectErrorStream(true)
                .start();
        try (var output = process.getInputStream()) {
            assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualToIgnoringNewLines("the same");
        }
        assertThat(process.waitFor()).isZero();
    }
}
