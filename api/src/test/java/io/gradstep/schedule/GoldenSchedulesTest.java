package io.gradstep.schedule;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.gradstep.keras.Keras;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Keras computed, wrote and refused. */
class GoldenSchedulesTest {
    private static final List<String> COSINES = List.of("CosineDecay", "CosineDecayRestarts");

    static List<GoldenSchedule> schedules() {
        return GoldenSchedule.all();
    }

    static List<JsonObject> refused() {
        return GoldenSchedule.objects(GoldenSchedule.read("configs.json").getAsJsonArray("refused"))
                .filter(entry -> entry.get("about").getAsString().matches(".*decay_steps.*|.*boundaries.*"))
                .toList();
    }

    /** Else a file that lost its content would pass. */
    @Test
    void all_of_the_files_is_seen() {
        assertThat(schedules()).hasSize(28);
        assertThat(schedules()).allSatisfy(golden -> {
            assertThat(golden.steps()).hasSize(27);
            assertThat(golden.rates()).hasSize(27);
        });
        assertThat(schedules().stream().collect(groupingBy(GoldenSchedule::className, counting())))
                .isEqualTo(Map.of(
                        "ExponentialDecay", 5L,
                        "PiecewiseConstantDecay", 4L,
                        "PolynomialDecay", 5L,
                        "InverseTimeDecay", 3L,
                        "CosineDecay", 6L,
                        "CosineDecayRestarts", 5L));
        assertThat(refused()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void rates_are_those_of_keras(GoldenSchedule golden) {
        LearningRateSchedule schedule = golden.schedule();
        for (int i = 0; i < golden.steps().size(); i++) {
            long step = golden.steps().get(i);
            double rate = schedule.at(step);
            float expected = golden.rates().get(i);
            assertThat(rate).as("a float32 at step %d", step).isEqualTo((double) (float) rate);
            if (COSINES.contains(golden.className())) {
                assertThat(rate).as("step %d", step).isCloseTo(expected, within(allowance(golden, expected)));
            } else {
                assertThat(Float.floatToIntBits((float) rate))
                        .as("step %d: %s, expected %s", step, rate, expected)
                        .isEqualTo(Float.floatToIntBits(expected));
            }
        }
    }

    /** NumPy's float32 cosine is off by up to a few ULP; near π, where 1 + cos is small, all of that shows. */
    private static double allowance(GoldenSchedule golden, float expected) {
        return Math.max(1e-6 * Math.abs(expected), 1e-7 * golden.initialRate());
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void a_schedule_is_written_as_keras_writes_it(GoldenSchedule golden) {
        Map<String, Object> written = golden.schedule().serialize();
        assertThat(written).isEqualTo(Keras.configFromJson(golden.serialized().toString()));
        assertThat(written.keySet())
                .containsExactlyElementsOf(golden.serialized().keySet());
        assertThat(golden.schedule().config().keySet())
                .containsExactlyElementsOf(
                        golden.serialized().getAsJsonObject("config").keySet());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_keras_refuses_is_refused_with_its_words(JsonObject refused) {
        JsonObject schedule =
                refused.getAsJsonObject("identifier").getAsJsonObject("config").getAsJsonObject("learning_rate");
        assertThatThrownBy(() -> GoldenSchedule.schedule(schedule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refused.get("message").getAsString());
    }
}
