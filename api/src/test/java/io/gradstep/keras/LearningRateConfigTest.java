package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.LearningRate;
import io.gradstep.schedule.ExponentialDecay;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules, and what a learning rate may be. */
class LearningRateConfigTest {
    private static final String DECAY = "'config': {'initial_learning_rate': 0.1, 'decay_steps': 2, 'decay_rate': 0.5}";

    private final ConfigReader reader = new ConfigReader();

    private static Map<String, Object> rmspropWith(String learningRate) {
        return Json.map("{'name': 'n', 'learning_rate': " + learningRate + "}");
    }

    @Test
    void a_schedule_may_be_of_any_module_by_itself_but_not_within_an_optimizer() {
        ExponentialDecay decay = new ExponentialDecay(0.1, 2, 0.5);
        for (String module : List.of("", ", 'module': 'anywhere', 'registered_name': 'a>b'")) {
            String serialized = "{'class_name': 'ExponentialDecay', " + DECAY + module + "}";
            assertThat(reader.schedule(Json.map(serialized))).isEqualTo(decay);
            assertThatThrownBy(() -> reader.rmsprop(rmspropWith(serialized)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Could not locate class 'ExponentialDecay'");
        }
        String whole = "{'class_name': 'ExponentialDecay', 'module': 'keras.optimizers.schedules', " + DECAY + "}";
        assertThat(reader.rmsprop(rmspropWith(whole)).base().learningRate())
                .isEqualTo(new LearningRate.Scheduled(decay));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "exponentialdecay | keras.optimizers.schedules",
                "ExponentialDecay | keras.optimizers",
                "ExponentialDecay | keras",
                "LearningRateSchedule | keras.optimizers.schedules",
                "RMSprop | keras.optimizers",
            })
    void within_an_optimizer_class_and_module_are_compared_exactly(String className, String module) {
        Map<String, Object> config =
                rmspropWith("{'class_name': '" + className + "', 'module': '" + module + "', " + DECAY + "}");
        assertThatThrownBy(() -> reader.rmsprop(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Could not deserialize '" + module + "." + className + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exponentialdecay", "NoSuchDecay", "function", "RMSprop", "LearningRateSchedule"})
    void an_unknown_schedule_is_refused(String className) {
        assertThatThrownBy(() -> reader.schedule(Map.of("class_name", className, "config", Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Could not locate class '" + className + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'config': {}} | `class_name` must be a string",
                "{'class_name': null, 'config': {}} | `class_name` must be a string",
                "{'class_name': 'ExponentialDecay', 'module': null, 'config': {}} | of type `ExponentialDecay`",
                "{'class_name': 'ExponentialDecay', 'config': 'x'} | config=x",
                "{'class_name': 'ExponentialDecay'} | `initial_learning_rate` is missing",
            })
    void a_schedule_that_does_not_say_what_it_is_is_refused(String serialized, String message) {
        assertThatThrownBy(() -> reader.schedule(Json.map(serialized)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ExponentialDecay | {'decay_steps': 2, 'decay_rate': 0.5} | `initial_learning_rate` is missing",
                "ExponentialDecay | {'initial_learning_rate': 0.1, 'decay_rate': 0.5} | `decay_steps` is missing",
                "InverseTimeDecay | {'initial_learning_rate': 0.1, 'decay_steps': 2} | `decay_rate` is missing",
                "CosineDecayRestarts | {'initial_learning_rate': 0.1} | `first_decay_steps` is missing",
                "PiecewiseConstantDecay | {'boundaries': [1]} | `values` is missing",
                "PiecewiseConstantDecay | {'boundaries': 1, 'values': []} | boundaries=1",
                "PiecewiseConstantDecay | {'boundaries': [1], 'values': [0.1, null]} | values=[0.1, null]",
                "PolynomialDecay | {'initial_learning_rate': 1, 'decay_steps': 2} | initial_learning_rate=1",
                "PolynomialDecay | {'initial_learning_rate': '1', 'decay_steps': 2} | initial_learning_rate=1",
                "PolynomialDecay | {'initial_learning_rate': 1.0, 'decay_steps': null} | decay_steps=null",
                "PolynomialDecay | {'initial_learning_rate': 1.0, 'decay_steps': 2, 'cycle': 1} | cycle=1",
                "PolynomialDecay | {'initial_learning_rate': 1.0, 'decay_steps': 2, 'power': 'x'} | power=x",
                "CosineDecay | {'initial_learning_rate': 1.0, 'decay_steps': 2, 'name': 3} | name=3",
                "CosineDecay | {'initial_learning_rate': 1.0, 'decay_steps': 2, 'foo': 3} | recognized: {foo=3}",
            })
    void the_arguments_of_a_schedule_are_checked(String className, String config, String message) {
        assertThatThrownBy(() -> reader.schedule(Map.of("class_name", className, "config", Json.map(config))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ExponentialDecay | {'initial_learning_rate': 0.1, 'decay_steps': 2, 'decay_rate': 1}"
                        + " | {'initial_learning_rate': 0.1, 'decay_steps': 2, 'decay_rate': 1.0, 'staircase': false,"
                        + " 'name': 'ExponentialDecay'}",
                "PiecewiseConstantDecay | {'boundaries': [2.9], 'values': [1, 0.5]}"
                        + " | {'boundaries': [2], 'values': [1.0, 0.5], 'name': 'PiecewiseConstant'}",
                "PolynomialDecay | {'initial_learning_rate': 0.1, 'decay_steps': 2.5}"
                        + " | {'initial_learning_rate': 0.1, 'decay_steps': 2.5, 'end_learning_rate': 0.0001,"
                        + " 'power': 1.0, 'cycle': false, 'name': 'PolynomialDecay'}",
                "InverseTimeDecay | {'initial_learning_rate': 0.1, 'decay_steps': 2, 'decay_rate': 1, 'name': null}"
                        + " | {'initial_learning_rate': 0.1, 'decay_steps': 2, 'decay_rate': 1.0, 'staircase': false,"
                        + " 'name': null}",
                "CosineDecay | {'initial_learning_rate': 0.1, 'decay_steps': 2}"
                        + " | {'initial_learning_rate': 0.1, 'decay_steps': 2, 'alpha': 0.0, 'name': 'CosineDecay',"
                        + " 'warmup_target': null, 'warmup_steps': 0}",
                "CosineDecayRestarts | {'initial_learning_rate': 0.1, 'first_decay_steps': 2}"
                        + " | {'initial_learning_rate': 0.1, 'first_decay_steps': 2, 't_mul': 2.0, 'm_mul': 1.0,"
                        + " 'alpha': 0.0, 'name': 'SGDRDecay'}",
            })
    void a_schedule_has_the_defaults_of_keras(String className, String given, String written) {
        Map<String, Object> serialized = Map.of("class_name", className, "config", Json.map(given));
        assertThat(JsonText.of(reader.schedule(serialized).config())).isEqualTo(JsonText.of(Json.map(written)));
    }

    @Test
    void a_function_is_the_one_registered_under_its_name() {
        DoubleSupplier callable = () -> 0.25;
        Map<String, Object> config =
                rmspropWith("{'module': 'builtins', 'class_name': 'function', 'config': 'my>rate', "
                        + "'registered_name': 'function'}");
        assertThat(reader.withCallable("my>rate", callable)
                        .rmsprop(config)
                        .base()
                        .learningRate())
                .isEqualTo(new LearningRate.Callable(callable));
        assertThatThrownBy(() -> reader.withCallable("rate", callable).rmsprop(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Could not locate function 'my>rate'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "3"})
    void a_function_without_a_name_is_refused(String name) {
        assertThatThrownBy(() -> reader.rmsprop(rmspropWith("{'class_name': 'function', 'config': " + name + "}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Could not locate function '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'config': {}}", "{'class_name': 'ExponentialDecay'}"})
    void a_map_that_is_no_serialized_object_is_no_learning_rate(String map) {
        assertThatThrownBy(() -> reader.rmsprop(rmspropWith(map)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Argument `learning_rate` should be float");
    }

    @ParameterizedTest
    @ValueSource(classes = {Integer.class, Long.class})
    void an_initial_rate_is_no_integer_of_java(Class<?> type) {
        Number one = type == Integer.class ? (Number) 1 : (Number) 1L;
        Map<String, Object> config = Map.of("initial_learning_rate", one, "decay_steps", 2);
        assertThatThrownBy(() -> reader.schedule(Map.of("class_name", "PolynomialDecay", "config", config)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Received: initial_learning_rate=1");
    }

    @Test
    void a_lambda_is_refused() {
        String lambda = "{'class_name': '__lambda__', 'config': {'value': ['4wAA', null, null]}}";
        assertThatThrownBy(() -> reader.rmsprop(rmspropWith(lambda)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Python lambda");
    }

    @Test
    void a_class_of_keras_under_another_registered_name_is_refused_within_another_object() {
        String other = "'registered_name': 'a>b'}";
        String schedule = "{'module': 'keras.optimizers.schedules', 'class_name': 'ExponentialDecay', " + DECAY + ", ";
        assertThatThrownBy(() -> reader.rmsprop(rmspropWith(schedule + other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`registered_name=a>b`");
        String optimizer = "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': {}, ";
        assertThatThrownBy(() -> reader.lossScale(Json.map("{'inner_optimizer': " + optimizer + other + "}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`registered_name=a>b`");
    }
}
