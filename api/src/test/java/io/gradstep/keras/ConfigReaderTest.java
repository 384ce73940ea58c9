package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.BaseArguments;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Identifiers, the arguments of an optimizer, warnings, and that nothing given is changed. */
class ConfigReaderTest {
    private final ConfigReader reader = new ConfigReader();

    @Test
    void null_gives_null_and_settings_give_themselves() {
        Settings settings = new RMSprop(0.1);
        assertThat(reader.optimizer(null)).isNull();
        assertThat(reader.optimizer(settings)).isSameAs(settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RMSprop", "rmsprop", "RMSPROP", "rMsPrOp"})
    void the_case_of_a_class_of_keras_does_not_matter(String name) {
        assertThat(reader.optimizer(name)).isInstanceOf(RMSprop.class);
        assertThat(reader.optimizer(Map.of("class_name", name))).isInstanceOf(RMSprop.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'class_name': 'RMSprop'}",
                "{'class_name': 'RMSprop', 'config': null}",
                "{'class_name': 'RMSprop', 'config': {}, 'module': 'anywhere', 'registered_name': 'a>b'}",
                "{'class_name': 'RMSprop', 'config': {'name': null}}",
            })
    void what_is_missing_takes_its_default(String serialized) {
        RMSprop settings = (RMSprop) reader.optimizer(Json.map(serialized));
        assertThat(settings.name()).matches("rm_sprop(_\\d+)?");
        assertThat(settings).isEqualTo(RMSprop.builder().name(settings.name()).build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "typo",
                "rm_sprop",
                "Adam",
                "{'class_name': 'Adam', 'config': {}}",
                "{'class_name': 'java.lang.Runtime', 'module': 'java.lang', 'config': {}}",
                "{'class_name': 'function', 'module': 'builtins', 'config': 'f'}",
                "{'class_name': null}",
                "{'class_name': 3, 'config': {}}",
                "{'config': {}}",
                "{}",
                "3",
                "[]",
                "false",
            })
    void what_names_no_known_optimizer_is_refused(String identifier) {
        Object plain = identifier.matches("[{\\[3f].*")
                ? Json.map("{'it': " + identifier + "}").get("it")
                : identifier;
        assertThatThrownBy(() -> reader.withRule("Nudge", Nudge::of).optimizer(plain))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Could not interpret optimizer identifier: " + plain
                        + ". Known are RMSprop, LossScaleOptimizer, and registered with `withRule` [Nudge]");
    }

    @Test
    void a_map_with_keys_that_are_no_strings_is_refused() {
        assertThatThrownBy(() -> reader.optimizer(Map.of("class_name", "RMSprop", 3, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The keys of a configuration must be strings. Received: 3");
    }

    @Test
    void a_configuration_that_is_no_map_is_refused() {
        assertThatThrownBy(() -> reader.optimizer(Map.of("class_name", "RMSprop", "config", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RMSprop")
                .hasMessageContaining("config=x");
    }

    @Test
    void each_argument_goes_where_it_belongs() {
        RMSprop settings = reader.rmsprop(Json.map("{'name': 'mine', 'learning_rate': 0.01, 'weight_decay': 0.02, "
                + "'clipvalue': 0.75, 'use_ema': true, 'ema_momentum': 0.95, 'ema_overwrite_frequency': 3, "
                + "'loss_scale_factor': 8.0, 'gradient_accumulation_steps': 2, 'rho': 0.85, 'momentum': 0.7, "
                + "'epsilon': 1e-05, 'centered': true}"));
        BaseArguments base =
                new BaseArguments("mine", new LearningRate.Fixed(0.01), 0.02, null, 0.75, null, true, 0.95, 3, 8.0, 2);
        assertThat(settings).isEqualTo(new RMSprop(base, 0.85, 0.7, 1e-5, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rho                         | 'high' | a number",
                "rho                         | null   | a number",
                "rho                         | true   | a number",
                "momentum                    | []     | a number",
                "epsilon                     | {}     | a number",
                "centered                    | 1      | a boolean",
                "centered                    | null   | a boolean",
                "weight_decay                | 'x'    | a number",
                "weight_decay                | false  | a number",
                "clipnorm                    | 'x'    | a number",
                "clipvalue                   | 'x'    | a number",
                "global_clipnorm             | 'x'    | a number",
                "use_ema                     | 1      | a boolean",
                "use_ema                     | null   | a boolean",
                "ema_momentum                | null   | a number",
                "ema_overwrite_frequency     | 2.5    | an integer >= 1 or null",
                "ema_overwrite_frequency     | 'x'    | an integer >= 1 or null",
                "ema_overwrite_frequency     | 3000000000 | an integer >= 1 or null",
                "loss_scale_factor           | 'x'    | a number",
                "gradient_accumulation_steps | 'x'    | an integer >= 2",
                "gradient_accumulation_steps | 2.5    | an integer >= 2",
                "gradient_accumulation_steps | true   | an integer >= 2",
                "gradient_accumulation_steps | 3000000000 | an integer >= 2",
                "name                        | 3      | a string",
                "name                        | false  | a string",
            })
    void a_value_of_another_type_is_refused_with_its_name(String argument, String value, String expected) {
        Map<String, Object> config = Json.map("{'" + argument + "': " + value + "}");
        assertThatThrownBy(() -> reader.rmsprop(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`" + argument + "` must be " + expected)
                .hasMessageEndingWith("Received: " + argument + "=" + config.get(argument));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "'0.1'", "null", "[0.1]", "{}", "{'class_name': 'ExponentialDecay'}"})
    void a_learning_rate_is_a_float_or_a_serialized_object(String value) {
        Map<String, Object> config = Json.map("{'learning_rate': " + value + "}");
        assertThatThrownBy(() -> reader.rmsprop(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Argument `learning_rate` should be float, ")
                .hasMessageEndingWith("Received instead: learning_rate=" + config.get("learning_rate"));
    }

    @Test
    void a_float32_or_an_int_is_no_learning_rate() {
        assertThatThrownBy(() -> reader.rmsprop(Map.of("learning_rate", 0.5f)))
                .hasMessageEndingWith("learning_rate=0.5");
        assertThatThrownBy(() -> reader.rmsprop(Map.of("learning_rate", 1))).hasMessageEndingWith("learning_rate=1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 0})
    void any_float_is_a_learning_rate(double rate) {
        assertThat(reader.rmsprop(Map.of("name", "n", "learning_rate", rate)))
                .isEqualTo(RMSprop.builder().name("n").learningRate(rate).build());
    }

    @Test
    void integers_will_do_for_floats() {
        RMSprop settings = reader.rmsprop(Json.map("{'name': 'n', 'rho': 1, 'momentum': 0, 'clipnorm': 2}"));
        assertThat(settings)
                .isEqualTo(RMSprop.builder()
                        .name("n")
                        .rho(1)
                        .momentum(0)
                        .clipnorm(2.0)
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"null,", "false, 0", "0, 0", "0.0, 0", "2, 2", "2.0, 2"})
    void accumulation_is_off_for_what_python_holds_false(String value, Integer expected) {
        RMSprop settings = reader.rmsprop(Json.map("{'gradient_accumulation_steps': " + value + "}"));
        assertThat(settings.base().gradientAccumulationSteps()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "true, null,",
        "true, false, 0",
        "true, 0, 0",
        "true, 0.0, 0",
        "true, true, 1",
        "true, 5, 5",
        "false, null,",
        "false, 2.0, 2",
        "false, -3, -3",
    })
    void the_overwrite_frequency_is_what_python_takes_for_an_integer(String useEma, String value, Integer expected) {
        RMSprop settings =
                reader.rmsprop(Json.map("{'use_ema': " + useEma + ", 'ema_overwrite_frequency': " + value + "}"));
        assertThat(settings.base().emaOverwriteFrequency()).isEqualTo(expected);
    }

    @Test
    void the_overwrite_frequency_may_be_any_integer_of_java() {
        assertThat(reader.rmsprop(Map.of("use_ema", true, "ema_overwrite_frequency", 5))
                        .base()
                        .emaOverwriteFrequency())
                .isEqualTo(5);
        assertThat(reader.rmsprop(Map.of("use_ema", true, "ema_overwrite_frequency", 5L))
                        .base()
                        .emaOverwriteFrequency())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0", "1", "false", "'x'"})
    void decay_warns(String decay) {
        List<String> warnings = new ArrayList<>();
        reader.withWarnings(warnings::add).rmsprop(Json.map("{'decay': " + decay + "}"));
        assertThat(warnings).containsExactly("Argument `decay` is no longer supported and will be ignored.");
    }

    @Test
    void a_decay_of_null_is_silent() {
        List<String> warnings = new ArrayList<>();
        reader.withWarnings(warnings::add).rmsprop(Json.map("{'decay': null}"));
        assertThat(warnings).isEmpty();
    }

    @Test
    void warnings_go_to_the_log_unless_somebody_listens() {
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("io.gradstep");
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        try {
            reader.rmsprop(Map.of("decay", 0.0));
        } finally {
            log.removeHandler(handler);
            log.setUseParentHandlers(true);
        }
        assertThat(logged).containsExactly("Argument `decay` is no longer supported and will be ignored.");
    }

    static List<Function<ConfigReader, ConfigReader>> changes() {
        return List.of(
                reader -> reader.withRule("Nudge", Nudge::of),
                reader -> reader.withSchedule("Steady", Steady::of),
                reader -> reader.withCallable("rate", () -> 1),
                reader -> reader.withWarnings(warning -> {}));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void each_change_makes_a_new_reader_that_keeps_the_others(Function<ConfigReader, ConfigReader> change) {
        List<String> warnings = new ArrayList<>();
        ConfigReader full = reader.withRule("Nudge", Nudge::of)
                .withSchedule("Steady", Steady::of)
                .withCallable("rate", () -> 1)
                .withWarnings(warnings::add);
        List<String> notKnown = List.of(
                "{'class_name': 'Nudge', 'config': {'name': 'n', 'learning_rate': 0.1}}",
                "{'class_name': 'RMSprop', 'config': {'learning_rate': {'class_name': 'Steady', 'config': {}}}}",
                "{'class_name': 'RMSprop', 'config': {'learning_rate': {'class_name': 'function', 'config': 'rate'}}}");

        assertThat(change.apply(full)).isNotSameAs(full);
        assertThat(change.apply(reader)).isNotSameAs(reader);
        for (String serialized : notKnown) {
            assertThat(change.apply(full).optimizer(Json.map(serialized))).isNotNull();
            assertThatThrownBy(() -> reader.optimizer(Json.map(serialized)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        full.rmsprop(Map.of("decay", 1));
        assertThat(warnings).hasSize(1);
    }

    @Test
    void nothing_can_be_registered_as_null() {
        assertThatThrownBy(() -> reader.withRule("x", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> reader.withSchedule(null, Steady::of)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> reader.withCallable("x", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> reader.withWarnings(null)).isInstanceOf(NullPointerException.class);
    }

    static List<Map<String, Object>> identifiers() {
        return Arrays.stream(new String[] {"written", "read", "refused"})
                .flatMap(table -> Json.golden("configs.json", table).stream())
                .map(golden -> golden.getOrDefault("identifier", golden.get("serialized")))
                .filter(Map.class::isInstance)
                .map(identifier -> Keras.configFromJson(JsonText.of(identifier)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void maps_are_not_changed(Map<String, Object> identifier) {
        String before = JsonText.of(identifier);
        readQuietly(frozen(identifier));
        readQuietly(identifier);
        assertThat(JsonText.of(identifier)).isEqualTo(before);
    }

    private void readQuietly(Map<String, Object> identifier) {
        try {
            reader.withWarnings(warning -> {}).optimizer(identifier);
        } catch (IllegalArgumentException e) {
            // Some are refused; changing a frozen map would throw something else.
            assertThat(e).isNotNull();
        }
    }

    private static Map<String, Object> frozen(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, value instanceof Map<?, ?> inner ? frozen(inner) : value));
        return Collections.unmodifiableMap(copy);
    }
}
