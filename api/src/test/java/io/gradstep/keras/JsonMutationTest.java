package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Keras wrote, damaged in 20,000 ways; with 64 MB of memory. */
@Tag("json")
class JsonMutationTest {
    private static final Pattern COUNT = Pattern.compile("=(\\d+)");

    @Test
    void what_keras_wrote_is_refused_or_read_and_written_again_however_damaged(@TempDir Path folder)
            throws IOException, InterruptedException {
        String outcomes = ChildJvm.lastLineOf(folder, List.of("-Xmx64m"), JsonMutations.class, "20000");
        // Else the damage would be too small, or too great, to tell anything.
        assertThat(COUNT.matcher(outcomes).results())
                .as(outcomes)
                .hasSize(JsonProperty.Outcome.values().length)
                .allSatisfy(
                        count -> assertThat(Integer.parseInt(count.group(1))).isGreaterThan(500));
    }
}
