package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.RuleSettings;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings and schedules through text. */
@Tag("json")
class KerasTest {
    private static final ConfigReader REGISTERED =
            new ConfigReader().withRule("Nudge", Nudge::of).withSchedule("Steady", Steady::of);

    static List<Map<String, Object>> written() {
        return Json.golden("configs.json", "written");
    }

    static List<Map<String, Object>> schedules() {
        return Json.golden("schedules.json", "schedules");
    }

    @ParameterizedTest
    @MethodSource("written")
    void what_keras_wrote_is_read_and_written_again(Map<String, Object> golden) {
        Settings settings = Keras.fromJson(JsonText.of(golden.get("serialized")));
        assertThat(Keras.toJson(settings)).isEqualTo(JsonText.of(golden.get("serialized")));
        assertThat(Keras.toJson(settings.config())).isEqualTo(JsonText.of(golden.get("get_config")));
        assertThat(Keras.fromJson(Keras.toJson(settings))).isEqualTo(settings);
        assertThat(Keras.fromJson(Keras.toJson(settings.config()))).isEqualTo(settings);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void a_schedule_that_keras_wrote_is_read_and_written_again(Map<String, Object> golden) {
        LearningRateSchedule schedule = Keras.scheduleFromJson(JsonText.of(golden.get("schedule")));
        assertThat(Keras.toJson(schedule)).isEqualTo(JsonText.of(golden.get("schedule")));
        assertThat(Keras.scheduleFromJson(Keras.toJson(schedule))).isEqualTo(schedule);
    }

    @Test
    void the_text_is_what_json_dumps_writes_but_for_spaces_and_exponents() {
        assertThat(Keras.toJson(RMSprop.builder()
                        .name("n")
                        .learningRate(0.5)
                        .clipnorm(2.0)
                        .build()))
                .isEqualTo("{\"module\":\"keras.optimizers\",\"class_name\":\"RMSprop\",\"config\":{\"name\":\"n\","
                        + "\"learning_rate\":0.5,\"weight_decay\":null,\"clipnorm\":2.0,\"global_clipnorm\":null,"
                        + "\"clipvalue\":null,\"use_ema\":false,\"ema_momentum\":0.99,"
                        + "\"ema_overwrite_frequency\":null,\"loss_scale_factor\":null,"
                        + "\"gradient_accumulation_steps\":null,\"rho\":0.9,\"momentum\":0.0,\"epsilon\":1.0E-7,"
                        + "\"centered\":false},\"registered_name\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': %s, 'registered_name': null}",
                "{'module': 'keras.src.backend.torch.optimizers.torch_rmsprop', 'class_name': 'RMSprop', "
                        + "'config': %s, 'registered_name': 'RMSprop'}",
                "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': %s, 'registered_name': null, "
                        + "'build_config': {'input_shape': [NaN, -Infinity]}}",
                "{'class_name': 'rmsprop', 'config': %s}",
                "%s",
            })
    void settings_are_read_with_or_without_what_surrounds_them(String around) {
        // As Keras 3.0 wrote it: no loss_scale_factor, no gradient_accumulation_steps.
        String config = "{'name': 'n', 'learning_rate': 0.5, 'weight_decay': null, 'clipnorm': null, "
                + "'global_clipnorm': null, 'clipvalue': null, 'use_ema': false, 'ema_momentum': 0.99, "
                + "'ema_overwrite_frequency': null, 'rho': 0.8, 'momentum': 0.5, 'epsilon': 1e-05, 'centered': true}";
        assertThat(Keras.fromJson(json(around.formatted(config))))
                .isEqualTo(RMSprop.builder()
                        .name("n")
                        .learningRate(0.5)
                        .rho(0.8)
                        .momentum(0.5)
                        .epsilon(1e-5)
                        .centered(true)
                        .build());
    }

    private static String json(String singleQuotes) {
        return singleQuotes.replace('\'', '"');
    }

    @Test
    void an_inner_optimizer_means_a_loss_scale() {
        LossScale settings =
                new LossScale(RMSprop.builder().name("n").learningRate(0.5).build(), 8, 2, "outer");
        assertThat(Keras.fromJson(Keras.toJson(settings))).isEqualTo(settings);
        assertThat(Keras.fromJson(Keras.toJson(settings.config()))).isEqualTo(settings);
    }

    @Test
    void a_class_name_means_its_defaults() {
        assertThat(Keras.fromJson("\"rmsprop\"")).isInstanceOf(RMSprop.class);
        assertThat(Keras.fromJson("{}")).isInstanceOf(RMSprop.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "3", "[]", "true", "NaN", "['rmsprop']"})
    void what_is_no_identifier_is_refused(String text) {
        assertThatThrownBy(() -> Keras.fromJson(json(text)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`$` must be a JSON object. Received: ");
        assertThatThrownBy(() -> Keras.scheduleFromJson(json(text))).hasMessageStartingWith("`$` must be a JSON obj");
        assertThatThrownBy(() -> Keras.configFromJson(json(text))).hasMessageStartingWith("`$` must be a JSON object");
    }

    @Test
    void a_rule_and_a_schedule_of_somebodys_own_go_through_text() {
        RuleSettings settings = Settings.of(new Nudge(0.125))
                .name("mine")
                .learningRate(new Steady(0.5))
                .clipnorm(1.0)
                .build();
        LossScale scaled = new LossScale(settings, 8, 2, "outer");
        assertThat(Keras.fromJson(Keras.toJson(settings), REGISTERED)).isEqualTo(settings);
        assertThat(Keras.fromJson(Keras.toJson(scaled), REGISTERED)).isEqualTo(scaled);
        assertThat(REGISTERED.rule("Nudge", Keras.configFromJson(Keras.toJson(settings.config()))))
                .isEqualTo(settings);
        assertThat(Keras.scheduleFromJson(Keras.toJson(new Steady(0.25)), REGISTERED))
                .isEqualTo(new Steady(0.25));
        assertThatThrownBy(() -> Keras.fromJson(Keras.toJson(settings)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Nudge");
    }

    @Test
    void a_learning_rate_is_written_as_the_double_of_its_float32() {
        Settings settings = RMSprop.builder().name("n").learningRate(0.001).build();
        Settings read = Keras.fromJson(Keras.toJson(settings));
        assertThat(read)
                .isEqualTo(RMSprop.builder().name("n").learningRate(0.001f).build());
        assertThat(Keras.fromJson(Keras.toJson(read))).isEqualTo(read);
    }

    @Test
    void what_has_no_configuration_is_not_written() {
        assertThatThrownBy(() ->
                        Keras.toJson(RMSprop.builder().learningRate(step -> 0.1).build()))
                .isInstanceOf(UnsupportedOperationException.class);
        LearningRateSchedule lambda = step -> 0.1;
        assertThatThrownBy(() -> Keras.toJson(lambda)).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
    void a_learning_rate_that_is_no_finite_float32_is_not_written(double rate) {
        assertThatThrownBy(
                        () -> Keras.toJson(RMSprop.builder().learningRate(rate).build()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`$.config.learning_rate` must be a finite number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void a_number_that_is_not_finite_is_refused_with_its_path(String number) {
        String schedule = "{'module': 'keras.optimizers.schedules', 'class_name': 'ExponentialDecay', 'config': "
                + "{'initial_learning_rate': 0.1, 'decay_steps': 10, 'decay_rate': " + number + "}}";
        assertNotFinite("{'class_name': 'RMSprop', 'config': {'rho': " + number + "}}", "$.config.rho", number);
        assertNotFinite("{'learning_rate': " + number + "}", "$.learning_rate", number);
        assertNotFinite("{'learning_rate': " + schedule + "}", "$.learning_rate.config.decay_rate", number);
        assertThatThrownBy(() -> Keras.scheduleFromJson(json(schedule)))
                .hasMessage("`$.config.decay_rate` must be a finite number. Received: " + number);
        assertThatThrownBy(() -> Keras.configFromJson(json(schedule)))
                .hasMessage("`$.config.decay_rate` must be a finite number. Received: " + number);
    }

    private static void assertNotFinite(String text, String path, String number) {
        assertThatThrownBy(() -> Keras.fromJson(json(text)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("`" + path + "` must be a finite number. Received: " + number);
    }

    private static final List<String> WRONG_FOR_ALL = List.of("{}", "{'a': 1}", "[]", "['x']", "[1.0]");
    private static final List<String> NUMBERS = List.of("1.5", "3000000000", "1" + "0".repeat(30));
    private static final List<String> OTHERS = List.of("'x'", "'NaN'", "'1'", "'true'");

    private record Field(String name, List<String> wrong) {}

    private static Field field(String name, List<?>... wrong) {
        List<String> all = new ArrayList<>(WRONG_FOR_ALL);
        List.of(wrong).forEach(values -> values.forEach(value -> all.add((String) value)));
        return new Field(name, all);
    }

    private static final List<String> NULL = List.of("null");
    private static final List<String> FLAGS = List.of("true", "false");

    private static final List<Field> RMSPROP = List.of(
            field("name", NUMBERS, FLAGS),
            field("learning_rate", List.of("3", NUMBERS.get(2)), FLAGS, NULL, OTHERS),
            field("weight_decay", FLAGS, OTHERS),
            field("clipnorm", FLAGS, OTHERS),
            field("global_clipnorm", FLAGS, OTHERS),
            field("clipvalue", FLAGS, OTHERS),
            field("use_ema", NUMBERS, NULL, OTHERS),
            field("ema_momentum", FLAGS, NULL, OTHERS),
            field("ema_overwrite_frequency", NUMBERS, OTHERS),
            field("loss_scale_factor", FLAGS, OTHERS),
            field("gradient_accumulation_steps", NUMBERS, List.of("true"), OTHERS),
            field("rho", FLAGS, NULL, OTHERS),
            field("momentum", FLAGS, NULL, OTHERS),
            field("epsilon", FLAGS, NULL, OTHERS),
            field("centered", NUMBERS, NULL, OTHERS));

    private static final List<Field> LOSS_SCALE = List.of(
            field("inner_optimizer", NUMBERS, FLAGS, NULL, OTHERS),
            field("initial_scale", FLAGS, NULL, OTHERS),
            field("dynamic_growth_steps", NUMBERS, FLAGS, NULL, OTHERS),
            field("dynamic", NULL, List.of("false"), OTHERS),
            field("name", NUMBERS, FLAGS));

    private static final List<Field> SERIALIZED = List.of(
            field("module", NUMBERS, FLAGS),
            field("class_name", NUMBERS, FLAGS, NULL),
            new Field("config", List.of("[]", "['x']", "1.5", "true", "'x'")),
            field("registered_name", NUMBERS, FLAGS));

    private static final Map<String, List<Field>> SCHEDULES = Map.of(
            "{'initial_learning_rate': 0.5, 'decay_steps': 10, 'decay_rate': 0.5, 'class': 'ExponentialDecay'}",
            List.of(
                    field("initial_learning_rate", List.of("3", NUMBERS.get(2)), FLAGS, NULL, OTHERS),
                    field("decay_steps", FLAGS, NULL, OTHERS),
                    field("decay_rate", FLAGS, NULL, OTHERS),
                    field("staircase", NUMBERS, NULL, OTHERS),
                    field("name", NUMBERS, FLAGS)),
            "{'boundaries': [1], 'values': [1.0, 0.5], 'class': 'PiecewiseConstantDecay'}",
            List.of(
                    new Field(
                            "boundaries",
                            List.of(
                                    "{}",
                                    "1",
                                    "'x'",
                                    "null",
                                    "['x']",
                                    "[null]",
                                    "[true]",
                                    "[[1]]",
                                    "[{}]",
                                    "[1e300]",
                                    "[9223372036854775808]",
                                    "[-9223372036854775809]",
                                    "[1" + "0".repeat(30) + "]")),
                    new Field(
                            "values",
                            List.of(
                                    "{}",
                                    "1",
                                    "'x'",
                                    "null",
                                    "['x', 'y']",
                                    "[null, null]",
                                    "[1.0, true]",
                                    "[[1.0], 1]"))),
            "{'initial_learning_rate': 0.5, 'decay_steps': 10, 'class': 'CosineDecay'}",
            List.of(
                    field("alpha", FLAGS, NULL, OTHERS),
                    field("warmup_target", FLAGS, OTHERS),
                    field("warmup_steps", FLAGS, NULL, OTHERS)));

    static List<String[]> wrongTypes() {
        List<String[]> rows = new ArrayList<>();
        String inner = "{'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': {}}";
        add(rows, RMSPROP, "{}");
        add(rows, LOSS_SCALE, "{'inner_optimizer': " + inner + "}");
        add(rows, SERIALIZED, inner);
        return rows;
    }

    private static void add(List<String[]> rows, List<Field> fields, String config) {
        for (Field field : fields) {
            for (String value : field.wrong) {
                Map<String, Object> with = Json.map(config);
                with.put(field.name, Json.map("{'value': " + value + "}").get("value"));
                rows.add(new String[] {field.name, Keras.toJson(with)});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void a_value_of_another_type_is_refused_with_its_name(String name, String text) {
        assertThatThrownBy(() -> Keras.fromJson(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    static List<String[]> wrongTypesOfSchedules() {
        List<String[]> rows = new ArrayList<>();
        SCHEDULES.forEach((config, fields) -> {
            List<String[]> configs = new ArrayList<>();
            add(configs, fields, config);
            for (String[] row : configs) {
                Map<String, Object> arguments = Keras.configFromJson(row[1]);
                Object className = arguments.remove("class");
                rows.add(new String[] {row[0], Keras.toJson(Map.of("class_name", className, "config", arguments))});
            }
        });
        add(rows, SERIALIZED.subList(0, 2), "{'class_name': 'ExponentialDecay', 'config': {}}");
        return rows;
    }

    @ParameterizedTest
    @MethodSource("wrongTypesOfSchedules")
    void a_value_of_another_type_in_a_schedule_is_refused_with_its_name(String name, String text) {
        assertThatThrownBy(() -> Keras.scheduleFromJson(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`" + name + "`");
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807", "-9223372036854775808"})
    void a_boundary_may_be_any_long(long boundary) {
        String text = "{'class_name': 'PiecewiseConstantDecay', 'config': {'boundaries': [" + boundary
                + "], 'values': [1.0, 0.5]}}";
        assertThat(Keras.toJson(Keras.scheduleFromJson(json(text)))).contains("[" + boundary + "]");
    }
}
