package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.RuleSettings;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules and schedules of somebody's own; callables are in {@link LearningRateConfigTest}. */
class RegisteredTest {
    private final ConfigReader reader = new ConfigReader();

    @Test
    void a_registered_rule_is_read_and_written_again() {
        RuleSettings settings = Settings.of(new Nudge(0.125))
                .name("mine")
                .learningRate(new Steady(0.5))
                .clipnorm(1.0)
                .build();
        ConfigReader registered = reader.withRule("Nudge", Nudge::of).withSchedule("Steady", Steady::of);
        assertThat(registered.optimizer(settings.serialize())).isEqualTo(settings);
        assertThat(registered.rule("Nudge", settings.config())).isEqualTo(settings);
        LossScale scaled = new LossScale(settings, 8, 2, "outer");
        assertThat(registered.optimizer(scaled.serialize())).isEqualTo(scaled);
    }

    @Test
    void a_rule_is_given_its_own_arguments_only() {
        List<Map<String, Object>> given = new ArrayList<>();
        ConfigReader registered = reader.withRule("Nudge", arguments -> {
            given.add(arguments);
            return Nudge.of(arguments);
        });
        registered.rule("Nudge", Json.map("{'name': 'n', 'learning_rate': 0.1, 'strength': 2.0, 'use_ema': true}"));
        assertThat(given).containsExactly(Map.of("strength", 2.0));
        assertThatThrownBy(() -> given.get(0).put("strength", 3.0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_rule_may_be_registered_as_a_class_that_keras_has() {
        ConfigReader registered = reader.withRule("Adam", Nudge::of).withRule("RMSprop", Nudge::of);
        String config = "'config': {'learning_rate': 0.1, 'strength': 2.0}, 'registered_name': null}";
        Settings adam =
                registered.optimizer(Json.map("{'module': 'keras.optimizers', 'class_name': 'Adam', " + config));
        assertThat(adam.rule()).isEqualTo(new Nudge(2));
        Settings mine =
                registered.optimizer(Json.map("{'module': 'keras.optimizers', 'class_name': 'RMSprop', " + config));
        assertThat(mine.rule()).isEqualTo(new Nudge(2));
        assertThat(registered.optimizer("rmsprop")).isInstanceOf(RMSprop.class);
        assertThatThrownBy(() -> registered.optimizer("adam")).hasMessageContaining("[Adam, RMSprop]");
    }

    @Test
    void the_registered_name_goes_before_the_class_name() {
        ConfigReader registered =
                reader.withRule("Nudge", arguments -> new Nudge(1)).withRule("a>Nudge", arguments -> new Nudge(2));
        String config = "'class_name': 'Nudge', 'config': {'learning_rate': 0.1}}";
        assertThat(registered
                        .optimizer(Json.map("{'registered_name': 'a>Nudge', " + config))
                        .rule())
                .isEqualTo(new Nudge(2));
        assertThat(registered
                        .optimizer(Json.map("{'registered_name': 'b>Nudge', " + config))
                        .rule())
                .isEqualTo(new Nudge(1));
        assertThat(registered.optimizer(Json.map("{'module': null, " + config)).rule())
                .isEqualTo(new Nudge(1));
    }

    @Test
    void a_rule_may_be_named_by_a_string_but_needs_a_learning_rate() {
        assertThatThrownBy(() -> reader.withRule("Nudge", Nudge::of).optimizer("Nudge"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("Received instead: learning_rate=null");
    }

    @Test
    void a_rule_that_is_not_registered_is_refused() {
        Map<String, Object> serialized =
                Settings.of(new Nudge(1)).name("n").learningRate(0.1).build().serialize();
        assertThatThrownBy(() -> reader.optimizer(serialized))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`Nudge`")
                .hasMessageContaining("`withRule`");
        assertThatThrownBy(() -> reader.rule("Nudge", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'Nudge'")
                .hasMessageContaining("`withRule`");
    }

    @Test
    void what_a_rule_does_not_write_is_not_recognized() {
        ConfigReader registered = reader.withRule("Nudge", Nudge::of);
        assertThatThrownBy(() -> registered.rule("Nudge", Json.map("{'learning_rate': 0.1, 'rho': 1, 'b': 'c'}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Argument(s) not recognized: {rho=1, b=c}");
    }

    @Test
    void a_rule_may_have_a_decay_of_its_own() {
        record Decaying(double decay) implements UpdateRule {
            @Override
            public List<Slot> slots() {
                return List.of();
            }

            @Override
            public Map<String, Object> config() {
                return Map.of("decay", decay);
            }

            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {}
        }
        List<String> warnings = new ArrayList<>();
        RuleSettings settings = reader.withWarnings(warnings::add)
                .withRule("Decaying", arguments -> new Decaying((double) arguments.get("decay")))
                .rule("Decaying", Json.map("{'learning_rate': 0.1, 'decay': 0.5}"));
        assertThat(settings.rule()).isEqualTo(new Decaying(0.5));
        assertThat(warnings).isEmpty();
    }

    @Test
    void a_registered_schedule_is_read_and_written_again() {
        ConfigReader registered = reader.withSchedule("Steady", Steady::of);
        Map<String, Object> serialized = new Steady(0.5).serialize();
        assertThat(registered.schedule(serialized)).isEqualTo(new Steady(0.5));
        RMSprop settings = RMSprop.builder().learningRate(new Steady(0.5)).build();
        assertThat(registered.optimizer(settings.serialize())).isEqualTo(settings);
        assertThatThrownBy(() -> reader.schedule(serialized)).hasMessageContaining("`Steady`");
        assertThatThrownBy(() -> reader.optimizer(settings.serialize())).hasMessageContaining("'Steady'");
    }

    @Test
    void what_a_schedule_does_not_write_is_not_recognized() {
        Map<String, Object> serialized = Json.map("{'class_name': 'Steady', 'config': {'rate': 0.5, 'foo': 1}}");
        assertThatThrownBy(() -> reader.withSchedule("Steady", Steady::of).schedule(serialized))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Argument(s) not recognized: {foo=1}");
    }

    @Test
    void a_schedule_that_cannot_be_written_looks_after_its_arguments_itself() {
        Map<String, Object> serialized = Json.map("{'class_name': 'Linear', 'config': {'slope': 0.5}}");
        assertThat(reader.withSchedule("Linear", arguments -> step -> step * (double) arguments.get("slope"))
                        .schedule(serialized)
                        .at(4))
                .isEqualTo(2);
    }

    @Test
    void a_schedule_may_be_registered_as_one_that_keras_has() {
        ConfigReader registered = reader.withSchedule("CosineDecay", Steady::of);
        Map<String, Object> serialized = Json.map("{'module': 'keras.optimizers.schedules', "
                + "'class_name': 'CosineDecay', 'config': {'rate': 0.5}, 'registered_name': null}");
        assertThat(registered.schedule(serialized)).isEqualTo(new Steady(0.5));
        assertThat(registered
                        .rmsprop(Map.of("learning_rate", serialized))
                        .base()
                        .learningRate())
                .isEqualTo(new LearningRate.Scheduled(new Steady(0.5)));
    }
}
