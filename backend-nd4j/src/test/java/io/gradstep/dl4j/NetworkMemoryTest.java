package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Steps of networks leave no native memory behind: neither what ND4J counts, nor what the system does. */
class NetworkMemoryTest {
    /** One array of a bias lost in each step, 12 bytes, would be 240 kB. */
    private static final long ALLOWED_COUNT = 20_000;

    /**
     * The heap is touched before, but the JVM's own compiler and threads take memory as they run, another JVM more than
     * this one. It is there to see what ND4J does not count: three kilobytes in each step would be 120 MB.
     */
    private static final long ALLOWED_RESIDENT = 100L << 20;

    @Test
    void twenty_thousand_steps_take_no_memory() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NetworkMemory.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(printed).isZero();
        String[] grown = printed.substring(printed.lastIndexOf('\n') + 1).split(" ", -1);
        assertThat(Long.parseLong(grown[0])).as("bytes that ND4J counts").isLessThanOrEqualTo(ALLOWED_COUNT);
        assertThat(Long.parseLong(grown[1]))
                .as("bytes that the process has grown by")
                .isLessThanOrEqualTo(ALLOWED_RESIDENT);
    }
}
