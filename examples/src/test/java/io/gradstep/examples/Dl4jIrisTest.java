package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.LibraryThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Dl4jIrisTest {
    /** It prints what DL4J's own model prints, and nothing else. */
    @Test
    void tells_the_flowers_apart() throws IOException {
        LibraryThreads.nd4j(1); // several wait for each other longer than they compute
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Dl4jIris.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(text.strip()).startsWith("========================Evaluation Metrics");
        assertThat(text.lines().filter(line -> line.startsWith(" Accuracy: ")).toList())
                .singleElement()
                .satisfies(line ->
                        assertThat(Double.parseDouble(line.substring(10))).isGreaterThan(0.9));
    }
}
