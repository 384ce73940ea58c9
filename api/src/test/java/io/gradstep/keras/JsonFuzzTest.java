package io.gradstep.keras;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In every build on the seeds alone; it looks for other texts with {@code JAZZER_FUZZ=1 mvn -pl api test
 * -Dtest=JsonFuzzTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("fuzz")
class JsonFuzzTest {
    private static final List<String> HOSTILE = List.of(
            "\"rmsprop\"",
            "{\"a\":[NaN,Infinity,-Infinity,1e999,01,1E5,-0]}",
            "{\"a\":1,\"a\":2}",
            "[".repeat(70),
            "[\"\\ud800\\u0000\\/\", TRUE, 'a'] // end",
            "\ufeff{\"class_name\": [\"RMSprop\"], \"config\": {\"rho\": 123456789012345678901234567890}}",
            "{\"inner_optimizer\": {\"class_name\": \"LossScaleOptimizer\", \"config\": {}}, \"dynamic\": 0.0}");

    static Stream<String> seeds() {
        return Stream.concat(JsonMutations.goldenTexts().stream(), HOSTILE.stream());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "2m")
    void any_text_is_refused_or_read_and_written_again(@NotNull String text) {
        JsonProperty.check(text);
    }
}
