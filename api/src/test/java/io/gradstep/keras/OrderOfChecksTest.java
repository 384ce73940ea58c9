package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of several wrong arguments the one is reported that Keras reports. */
class OrderOfChecksTest {
    /** Wrong arguments, and words of the message, in the order of the checks; those of one place stand together. */
    private static final List<List<Wrong>> OPTIMIZER = List.of(
            List.of(new Wrong("{'foo': 1}", "not recognized: {foo=1}")),
            List.of(
                    new Wrong("{'gradient_accumulation_steps': 1}", ">= 2. Received: gradient_accumulation_steps=1"),
                    new Wrong("{'gradient_accumulation_steps': true}", "gradient_accumulation_steps=true"),
                    new Wrong("{'gradient_accumulation_steps': 2.5}", "gradient_accumulation_steps=2.5"),
                    new Wrong("{'gradient_accumulation_steps': 'x'}", "gradient_accumulation_steps=x")),
            List.of(
                    new Wrong("{'use_ema': true, 'ema_momentum': 1.5}", "[0, 1]. Received: ema_momentum=1.5"),
                    new Wrong("{'use_ema': true, 'ema_momentum': 'x'}", "ema_momentum=x"),
                    new Wrong("{'use_ema': 1}", "use_ema=1")),
            List.of(
                    new Wrong("{'use_ema': true, 'ema_overwrite_frequency': -3}", "ema_overwrite_frequency=-3"),
                    new Wrong("{'use_ema': true, 'ema_overwrite_frequency': 2.0}", "ema_overwrite_frequency=2.0"),
                    new Wrong("{'use_ema': true, 'ema_overwrite_frequency': 'x'}", "ema_overwrite_frequency=x")),
            List.of(
                    new Wrong("{'clipnorm': 0.0, 'clipvalue': 2.0}", "clipnorm=0.0, clipvalue=2.0"),
                    new Wrong("{'clipnorm': 'x'}", "clipnorm=x")),
            List.of(
                    new Wrong("{'name': 'a/b'}", "cannot contain character `/`. Received: name=a/b"),
                    new Wrong("{'name': 3}", "must be a string and cannot contain character `/`. Received: name=3")),
            List.of(
                    new Wrong("{'weight_decay': 'x'}", "weight_decay=x"),
                    new Wrong("{'loss_scale_factor': true}", "loss_scale_factor=true")),
            List.of(
                    new Wrong("{'learning_rate': 1}", "Received instead: learning_rate=1"),
                    new Wrong("{'learning_rate': null}", "Received instead: learning_rate=null"),
                    new Wrong("{'learning_rate': {'a': 1}}", "Received instead: learning_rate={a=1}")));

    private static final List<List<Wrong>> LOSS_SCALE = List.of(
            List.of(
                    new Wrong("{'inner_optimizer': null}", "inner_optimizer=null"),
                    new Wrong(inner("{'foo': 1}"), "not recognized: {foo=1}")),
            List.of(
                    new Wrong("{'dynamic': false}", "no longer supports `dynamic=false`"),
                    new Wrong("{'dynamic': null}", "no longer supports `dynamic=false`"),
                    new Wrong("{'dynamic': 0}", "no longer supports `dynamic=false`")),
            List.of(new Wrong("{'weight_decay': 0.1}", "does not support `weight_decay`. Instead")),
            List.of(new Wrong("{'clipnorm': 0.0}", "does not support `clipnorm`. Instead")),
            List.of(new Wrong("{'global_clipnorm': 1.0}", "does not support `global_clipnorm`. Instead")),
            List.of(new Wrong("{'clipvalue': 1.0}", "does not support `clipvalue`. Instead")),
            List.of(
                    new Wrong("{'use_ema': true}", "does not support `use_ema`. Instead"),
                    new Wrong("{'use_ema': null}", "does not support `use_ema`. Instead")),
            List.of(new Wrong("{'ema_momentum': 0.9}", "does not support `ema_momentum`. Instead")),
            List.of(new Wrong("{'ema_overwrite_frequency': 1}", "support `ema_overwrite_frequency`. Instead")),
            List.of(new Wrong("{'loss_scale_factor': 1.0}", "support `loss_scale_factor`. Instead")),
            List.of(new Wrong("{'gradient_accumulation_steps': 2}", "`gradient_accumulation_steps`. Instead")),
            List.of(
                    new Wrong("{'decay': 0.1, 'learning_rate': 0.0}", "support arguments: `decay`, `learning_rate`."),
                    new Wrong("{'rho': 0.9}", "does not support arguments: `rho`.")),
            List.of(
                    new Wrong("{'name': 'a/b'}", "cannot contain character `/`. Received: name=a/b"),
                    new Wrong("{'name': 3}", "must be a string and cannot contain character `/`. Received: name=3")),
            List.of(new Wrong("{'initial_scale': 'x'}", "initial_scale=x")),
            List.of(new Wrong("{'dynamic_growth_steps': 1.5}", "dynamic_growth_steps=1.5")));

    private record Wrong(String arguments, String message) {}

    private static String inner(String config) {
        return "{'inner_optimizer': {'module': 'keras.optimizers', 'class_name': 'RMSprop', 'config': " + config + "}}";
    }

    static List<Arguments> optimizerPairs() {
        return pairs(OPTIMIZER);
    }

    static List<Arguments> lossScalePairs() {
        return pairs(LOSS_SCALE);
    }

    private static List<Arguments> pairs(List<List<Wrong>> places) {
        List<Arguments> pairs = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            for (Wrong first : places.get(i)) {
                pairs.add(Arguments.of(first.arguments, "{}", first.message));
                places.subList(i + 1, places.size()).stream()
                        .flatMap(List::stream)
                        .filter(second -> !contradict(first, second))
                        .forEach(second -> pairs.add(Arguments.of(first.arguments, second.arguments, first.message)));
            }
        }
        return pairs;
    }

    /** {@code use_ema} may be given by both, but then it is the same. */
    private static boolean contradict(Wrong first, Wrong second) {
        Map<String, Object> both = new LinkedHashMap<>(Json.map(first.arguments));
        both.putAll(Json.map(second.arguments));
        return !both.entrySet().containsAll(Json.map(first.arguments).entrySet());
    }

    /** In both orders of the keys, since a map's order must not matter. */
    private static List<Map<String, Object>> together(String base, String first, String second) {
        List<Map<String, Object>> configs = new ArrayList<>();
        List<String> parts = new ArrayList<>(List.of(first, second));
        for (int i = 0; i < 2; i++) {
            Map<String, Object> config = new LinkedHashMap<>(Json.map(base));
            parts.forEach(part -> config.putAll(Json.map(part)));
            configs.add(config);
            Collections.reverse(parts);
        }
        return configs;
    }

    @ParameterizedTest
    @MethodSource("optimizerPairs")
    void of_two_wrong_arguments_the_one_is_reported_that_is_checked_first(String first, String second, String message) {
        for (Map<String, Object> config : together("{'rho': 0.8}", first, second)) {
            assertThatThrownBy(() -> new ConfigReader().rmsprop(config))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizerPairs")
    void a_registered_rule_has_the_same_order(String first, String second, String message) {
        ConfigReader reader = new ConfigReader().withRule("Nudge", Nudge::of);
        for (Map<String, Object> config : together("{'learning_rate': 0.1}", first, second)) {
            assertThatThrownBy(() -> reader.rule("Nudge", config))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @MethodSource("lossScalePairs")
    void the_loss_scale_has_its_own_order(String first, String second, String message) {
        for (Map<String, Object> config : together(inner("{'name': 'n'}"), first, second)) {
            assertThatThrownBy(() -> new ConfigReader().lossScale(config))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void all_wrong_arguments_of_a_kind_are_listed() {
        assertThatThrownBy(() -> new ConfigReader().rmsprop(Json.map("{'foo': 1, 'rho': 0.5, 'bar': null, 'baz': []}")))
                .hasMessage("Argument(s) not recognized: {foo=1, bar=null, baz=[]}");
    }

    @Test
    void a_learning_rate_that_is_a_map_is_read_before_anything_is_checked() {
        List<String> warnings = new ArrayList<>();
        ConfigReader reader = new ConfigReader().withWarnings(warnings::add).withRule("Nudge", Nudge::of);
        Map<String, Object> config = Json.map("{'decay': 0.1, 'foo': 1, 'learning_rate': "
                + "{'module': 'keras.optimizers.schedules', 'class_name': 'NoSuchDecay', 'config': {}}}");
        assertThatThrownBy(() -> reader.rmsprop(config)).hasMessageContaining("NoSuchDecay");
        assertThatThrownBy(() -> reader.rule("Nudge", config)).hasMessageContaining("NoSuchDecay");
        assertThat(warnings).isEmpty();
    }

    @Test
    void decay_warns_before_anything_is_refused() {
        List<String> warnings = new ArrayList<>();
        ConfigReader reader = new ConfigReader().withWarnings(warnings::add).withRule("Nudge", Nudge::of);
        Map<String, Object> config = Json.map("{'foo': 1, 'decay': 0.0, 'learning_rate': 0.1}");
        assertThatThrownBy(() -> reader.rmsprop(config)).hasMessage("Argument(s) not recognized: {foo=1}");
        assertThatThrownBy(() -> reader.rule("Nudge", config)).hasMessage("Argument(s) not recognized: {foo=1}");
        assertThat(warnings)
                .containsExactly(
                        "Argument `decay` is no longer supported and will be ignored.",
                        "Argument `decay` is no longer supported and will be ignored.");
    }

    @Test
    void an_automatic_name_counts_once_the_arguments_are_recognized_even_if_one_is_then_refused() {
        ConfigReader reader = new ConfigReader().withRule("Nudge", Nudge::of);
        int before = number(reader.rmsprop(Map.of()).name());
        assertThatThrownBy(() -> reader.rmsprop(Map.of("foo", 1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(number(reader.rmsprop(Map.of()).name())).isEqualTo(before + 1);
        for (String wrong : List.of("{'gradient_accumulation_steps': 'x'}", "{'learning_rate': 1}", "{'rho': 'x'}")) {
            assertThatThrownBy(() -> reader.rmsprop(Json.map(wrong))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(number(reader.rmsprop(Map.of()).name())).isEqualTo(before + 5);
        reader.rmsprop(Map.of("name", "given"));
        assertThatThrownBy(() -> reader.rmsprop(Map.of("name", 3))).isInstanceOf(IllegalArgumentException.class);
        assertThat(number(reader.rmsprop(Map.of()).name())).isEqualTo(before + 6);

        Map<String, Object> named = Json.map("{'learning_rate': 0.1, 'name': null}");
        int rules = number(reader.rule("Nudge", named).name());
        assertThatThrownBy(() -> reader.rule("Nudge", Map.of())).hasMessageContaining("learning_rate=null");
        assertThat(number(reader.rule("Nudge", named).name())).isEqualTo(rules + 2);
    }

    private static int number(String automatic) {
        assertThat(automatic).matches("(rm_sprop|nudge)(_\\d+)?");
        String digits = automatic.replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}
