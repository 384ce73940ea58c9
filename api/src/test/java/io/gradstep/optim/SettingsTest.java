package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void defaults_are_those_of_keras() {
        assertThat(RMSprop.builder().build()).isEqualTo(new RMSprop("rmsprop", 0.001, 0.9, 0.0, 1e-7, false));
        assertThat(new RMSprop(0.001)).isEqualTo(RMSprop.builder().build());
    }

    @Test
    void settings_are_equal_by_value_and_say_what_they_are() {
        RMSprop settings = RMSprop.builder()
                .name("mine")
                .learningRate(0.01)
                .rho(0.8)
                .momentum(0.9)
                .epsilon(1e-5)
                .centered(true)
                .build();
        assertThat(settings).isEqualTo(new RMSprop("mine", 0.01, 0.8, 0.9, 1e-5, true));
        assertThat(settings)
                .hasToString(
                        "RMSprop[name=mine, learningRate=0.01, rho=0.8, momentum=0.9, epsilon=1.0E-5, centered=true]");
    }

    @Test
    void name_and_learning_rate_are_no_part_of_the_rule() {
        assertThat(new RMSprop(0.1).rule())
                .isEqualTo(RMSprop.builder().name("other").build().rule());
        assertThat(new RMSprop(0.1).rule())
                .isNotEqualTo(RMSprop.builder().rho(0.8).build().rule());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 0})
    void no_number_is_refused_as_in_keras(double number) {
        RMSprop settings = new RMSprop("rmsprop", number, number, number, number, false);
        assertThat(settings.learningRate()).isEqualTo(Double.valueOf(number));
    }

    @ParameterizedTest
    @CsvSource({"0.0, 1", "-0.5, 1", "NaN, 1", "0.1, 2"})
    void only_a_positive_momentum_has_a_slot(double momentum, int slots) {
        assertThat(RMSprop.builder().momentum(momentum).build().rule().slots()).hasSize(slots);
    }

    @Test
    void slots_stand_in_the_order_of_keras() {
        UpdateRule rule = RMSprop.builder().momentum(0.9).centered(true).build().rule();
        assertThat(rule.slots()).extracting(Slot::name).containsExactly("velocity", "momentum", "average_gradient");
    }

    @Test
    void a_name_has_no_slash() {
        assertThatThrownBy(() -> RMSprop.builder().name("a/b").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=a/b");
        assertThatThrownBy(() -> new RuleSettings("a/b", 0.1, new MyAdamRule()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=a/b");
    }

    @Test
    void without_a_name_there_is_an_automatic_one() {
        String first = RMSprop.builder().name(null).build().name();
        String second = RMSprop.builder().name(null).build().name();
        assertThat(first).startsWith("rm_sprop");
        assertThat(second).isEqualTo("rm_sprop_" + (number(first) + 1));
        assertThat(new RuleSettings(null, 0.1, new MyAdamRule()).name()).isEqualTo("my_adam_rule");
    }

    @Test
    void a_rule_without_a_class_name_has_a_name() {
        UpdateRule anonymous = new UpdateRule() {
            @Override
            public List<Slot> slots() {
                return List.of();
            }

            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.assignSub(slots.variable(), slots.gradient());
            }
        };
        assertThat(new RuleSettings(null, 0.1, anonymous).name()).startsWith("rule");
    }

    private static int number(String name) {
        return name.equals("rm_sprop") ? 0 : Integer.parseInt(name.substring("rm_sprop_".length()));
    }

    @ParameterizedTest
    @CsvSource({
        "RMSprop, rm_sprop",
        "Optimizer, optimizer",
        "LossScaleOptimizer, loss_scale_optimizer",
        "MyAdam, my_adam",
        "Ünder-Score, ünder_score"
    })
    void automatic_names_are_snake_case_as_keras_makes_it(String className, String name) {
        assertThat(Names.snakeCase(className)).isEqualTo(name);
    }

    private record MyAdamRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
        }
    }
}
