package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.translate.TranslateException;
import io.gradstep.examples.bench.LibraryThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DjlDigitsTest {
    /** It prints one line, and nothing else. */
    @Test
    void reads_the_digits() throws IOException, TranslateException {
        String text = printed();
        assertThat(text.lines().toList()).singleElement().satisfies(line -> {
            assertThat(line).startsWith("Accuracy: ");
            assertThat(Double.parseDouble(line.substring(10))).isBetween(0.95, 1.0);
        });
        assertThat(printed()).isEqualTo(text);
    }

    private static String printed() throws IOException, TranslateException {
        LibraryThreads.djl(1); // several wait for each other longer than they compute
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            DjlDigits.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
