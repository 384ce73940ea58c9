package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.LossScale;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Keras wrote, read and refused. */
@Tag("json")
class GoldenConfigsTest {
    /** Where the words cannot be Keras's, by what the case is about. */
    private static final Map<String, String> OTHER_WORDS = Map.of(
            "an unknown schedule class",
            "Could not deserialize 'keras.optimizers.schedules.NoSuchDecay' because it is neither known here nor "
                    + "registered with `withRule` or `withSchedule`.",
            "a module that is null",
            "Cannot deserialize object of type `RMSprop`. If `RMSprop` is a custom class, please register it with "
                    + "`withRule` or `withSchedule`.",
            "unknown arguments",
            "Argument(s) not recognized: {foo=1, bar=2}");

    static List<Named<Map<String, Object>>> written() {
        return named("written");
    }

    static List<Named<Map<String, Object>>> read() {
        return named("read");
    }

    static List<Named<Map<String, Object>>> refused() {
        return named("refused");
    }

    static List<Map<String, Object>> schedules() {
        return Json.golden("schedules.json", "schedules").stream()
                .map(entry -> map(entry, "schedule"))
                .toList();
    }

    private static List<Named<Map<String, Object>>> named(String table) {
        return Json.golden("configs.json", table).stream()
                .map(golden -> Named.of((String) golden.get("about"), golden))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> golden, String key) {
        return (Map<String, Object>) golden.get(key);
    }

    /** Else a file that lost its content would pass. */
    @Test
    void all_of_the_files_is_seen() {
        assertThat(written()).hasSizeGreaterThanOrEqualTo(21);
        assertThat(read()).hasSizeGreaterThanOrEqualTo(8);
        assertThat(refused()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(schedules()).hasSizeGreaterThanOrEqualTo(28);
        assertThat(refused().stream().map(Named::getName)).containsAll(OTHER_WORDS.keySet());
    }

    @ParameterizedTest
    @MethodSource("written")
    void what_keras_wrote_is_read_and_written_again(Map<String, Object> golden) {
        Settings settings = new ConfigReader().optimizer(golden.get("serialized"));
        assertThat(JsonText.of(settings.config())).isEqualTo(JsonText.of(golden.get("get_config")));
        assertThat(JsonText.of(settings.serialize())).isEqualTo(JsonText.of(golden.get("serialized")));
    }

    @ParameterizedTest
    @MethodSource("written")
    void from_config_makes_of_the_configuration_what_get_makes_of_the_whole(Map<String, Object> golden) {
        ConfigReader reader = new ConfigReader();
        Settings whole = reader.optimizer(golden.get("serialized"));
        Map<String, Object> config = map(golden, "get_config");
        assertThat(whole instanceof LossScale ? reader.lossScale(config) : reader.rmsprop(config))
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @MethodSource("read")
    void what_keras_reads_is_read(Map<String, Object> golden) {
        List<String> warnings = new ArrayList<>();
        Map<String, Object> expected = map(golden, "get_config");

        Map<String, Object> config = new ConfigReader()
                .withWarnings(warnings::add)
                .optimizer(golden.get("identifier"))
                .config();

        assertThat(warnings).isEqualTo(golden.get("warnings"));
        if (expected.get("name").equals("rm_sprop")) {
            // The counter of automatic names has gone on.
            assertThat((String) config.get("name")).matches("rm_sprop(_\\d+)?");
            config.put("name", "rm_sprop");
        }
        assertThat(JsonText.of(config)).isEqualTo(JsonText.of(expected));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_keras_refuses_is_refused(Map<String, Object> golden) {
        String inJava = ((String) golden.get("message")).replace("None", "null").replace("False", "false");
        assertThatThrownBy(() -> new ConfigReader().optimizer(golden.get("identifier")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(OTHER_WORDS.getOrDefault((String) golden.get("about"), inJava));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void a_schedule_that_keras_wrote_is_read_and_written_again(Map<String, Object> serialized) {
        assertThat(JsonText.of(new ConfigReader().schedule(serialized).serialize()))
                .isEqualTo(JsonText.of(serialized));
    }
}
