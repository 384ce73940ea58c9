package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static BaseArguments defaults(String name) {
        LearningRate rate = new LearningRate.Fixed(0.001);
        return new BaseArguments(name, rate, null, null, null, null, false, 0.99, null, null, null);
    }

    @Test
    void defaults_are_those_of_keras() {
        assertThat(RMSprop.builder().build()).isEqualTo(new RMSprop(defaults("rmsprop"), 0.9, 0.0, 1e-7, false));
        assertThat(new RMSprop(0.001)).isEqualTo(RMSprop.builder().build());
        LossScale lossScale = new LossScale(new RMSprop(0.001));
        assertThat(lossScale.initialScale()).isEqualTo(32768);
        assertThat(lossScale.dynamicGrowthSteps()).isEqualTo(2000);
        assertThat(lossScale.name()).startsWith("loss_scale_optimizer");
    }

    private static RMSprop.Builder everything() {
        return RMSprop.builder()
                .name("mine")
                .learningRate(0.01)
                .rho(0.8)
                .momentum(0.7)
                .epsilon(1e-5)
                .centered(true)
                .weightDecay(0.02)
                .clipnorm(1.5)
                .useEma(true)
                .emaMomentum(0.95)
                .emaOverwriteFrequency(3)
                .lossScaleFactor(8.0)
                .gradientAccumulationSteps(2);
    }

    @Test
    void each_argument_of_the_builder_is_in_the_configuration_under_keras_name_in_keras_order() {
        assertThat(everything().build().config().toString())
                .isEqualTo("{name=mine, learning_rate=0.009999999776482582, weight_decay=0.02, clipnorm=1.5, "
                        + "global_clipnorm=null, clipvalue=null, use_ema=true, ema_momentum=0.95, "
                        + "ema_overwrite_frequency=3, loss_scale_factor=8.0, gradient_accumulation_steps=2, rho=0.8, "
                        + "momentum=0.7, epsilon=1.0E-5, centered=true}");
        assertThat(RMSprop.builder().clipvalue(0.5).build().config()).containsEntry("clipvalue", 0.5);
        assertThat(RMSprop.builder().globalClipnorm(2.0).build().config()).containsEntry("global_clipnorm", 2.0);
    }

    @Test
    void settings_are_equal_by_value_and_say_what_they_are() {
        assertThat(everything().build()).isEqualTo(everything().build());
        assertThat(everything().build())
                .isNotEqualTo(everything().weightDecay(null).build());
        assertThat(everything().build().toString()).contains("RMSprop[", "name=mine", "emaMomentum=0.95", "rho=0.8");
    }

    @Test
    void name_and_base_arguments_are_no_part_of_the_rule() {
        assertThat(everything().build().rule())
                .isEqualTo(everything()
                        .name("other")
                        .clipnorm(null)
                        .learningRate(1.0)
                        .build()
                        .rule());
        assertThat(new RMSprop(0.1).rule())
                .isNotEqualTo(RMSprop.builder().rho(0.8).build().rule());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 0})
    void these_numbers_are_not_checked_as_in_keras(double number) {
        RMSprop settings = RMSprop.builder()
                .learningRate(number)
                .rho(number)
                .momentum(number)
                .epsilon(number)
                .weightDecay(number)
                .clipnorm(number)
                .lossScaleFactor(number)
                .emaMomentum(number)
                .build();
        assertThat(settings.base().learningRate()).isEqualTo(new LearningRate.Fixed(number));
        assertThat(RMSprop.builder()
                        .useEma(true)
                        .emaMomentum(Double.NaN)
                        .build()
                        .base()
                        .emaMomentum())
                .isNaN();
    }

    private record Refused(RMSprop.Builder builder, String message) {}

    /** In the order in which they are checked: each also has all that is checked after it wrong. */
    static List<Refused> refused() {
        RMSprop.Builder builder = RMSprop.builder();
        List<Refused> rows = new ArrayList<>();
        rows.add(new Refused(
                wrongFromTheFirst(),
                "`gradient_accumulation_steps` must be an integer >= 2. Received: " + "gradient_accumulation_steps=1"));
        rows.add(new Refused(
                wrongFromTheFirst().gradientAccumulationSteps(2),
                "`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=1.5"));
        rows.add(new Refused(
                wrongFromTheFirst().gradientAccumulationSteps(0).emaMomentum(-0.1),
                "`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=-0.1"));
        rows.add(new Refused(
                wrongFromTheFirst().gradientAccumulationSteps(null).emaMomentum(0),
                "`ema_overwrite_frequency` must be an integer >= 1 or null. Received: ema_overwrite_frequency=-3"));
        Refused limits = new Refused(
                wrongFromTheFirst()
                        .gradientAccumulationSteps(null)
                        .emaMomentum(1)
                        .emaOverwriteFrequency(0),
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: clipnorm=0.0, "
                        + "clipvalue=null, global_clipnorm=1.0");
        rows.add(limits);
        rows.add(new Refused(
                wrongFromTheFirst()
                        .gradientAccumulationSteps(null)
                        .useEma(false)
                        .clipnorm(null),
                "Argument `name` must be a string and cannot contain character `/`. Received: name=a/b"));
        rows.add(new Refused(
                builder.learningRate((LearningRate) null),
                "Argument `learning_rate` should be a double, a LearningRateSchedule, or a DoubleSupplier. Received "
                        + "instead: learning_rate=null"));
        return rows;
    }

    private static RMSprop.Builder wrongFromTheFirst() {
        return RMSprop.builder()
                .gradientAccumulationSteps(1)
                .useEma(true)
                .emaMomentum(1.5)
                .emaOverwriteFrequency(-3)
                .clipnorm(0.0)
                .globalClipnorm(1.0)
                .name("a/b")
                .learningRate((LearningRate) null);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void arguments_are_checked_in_the_order_of_keras(Refused refused) {
        assertThatThrownBy(refused.builder()::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refused.message());
    }

    @Test
    void a_refused_argument_has_used_up_an_automatic_name_as_in_keras() {
        int before = number(RMSprop.builder().name(null).build().name());
        assertThatThrownBy(() -> RMSprop.builder()
                        .name(null)
                        .gradientAccumulationSteps(1)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(RMSprop.builder().name(null).build().name()).isEqualTo("rm_sprop_" + (before + 2));
    }

    @Test
    void a_loss_scale_drops_the_inner_factor_and_takes_no_loss_scale() {
        LossScale lossScale = new LossScale(everything().build(), 8, 2, "outer");
        assertThat(lossScale.inner())
                .isEqualTo(everything().lossScaleFactor(null).build());
        assertThat(lossScale.rule()).isEqualTo(everything().build().rule());
        RMSprop byValue = RMSprop.builder().clipvalue(0.5).lossScaleFactor(8.0).build();
        assertThat(new LossScale(byValue, 8, 2, "outer").inner().config())
                .containsEntry("clipvalue", 0.5)
                .containsEntry("global_clipnorm", null)
                .containsEntry("loss_scale_factor", null);
        RuleSettings withFactor = Settings.of(new MyAdamRule())
                .name("m")
                .learningRate(0.1)
                .globalClipnorm(2.0)
                .lossScaleFactor(8.0)
                .build();
        assertThat(new LossScale(withFactor, 8, 2, "outer").inner().config())
                .containsEntry("global_clipnorm", 2.0)
                .containsEntry("loss_scale_factor", null);
        assertThatThrownBy(() -> new LossScale(lossScale))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inner=LossScale[")
                .hasMessageContaining("outer");
        assertThatThrownBy(() -> new LossScale(new RMSprop(0.1), 1, 1, "a/b")).hasMessageContaining("name=a/b");
    }

    @ParameterizedTest(name = "clipnorm {0}, clipvalue {1}, global_clipnorm {2}")
    @CsvSource({
        "1,   ,    ,    'ByNorm[limit=1.0]'",
        ",    0.5, ,    'ByValue[limit=0.5]'",
        ",    ,    2,   'ByGlobalNorm[limit=2.0]'",
        "0,   ,    ,    'None[]'",
        ",    -1,  ,    'None[]'",
        ",    ,    NaN, 'None[]'",
        ",    ,    ,    'None[]'"
    })
    void a_limit_clips_if_it_is_positive(Double clipnorm, Double clipvalue, Double globalClipnorm, String clipping) {
        BaseArguments base = RMSprop.builder()
                .clipnorm(clipnorm)
                .clipvalue(clipvalue)
                .globalClipnorm(globalClipnorm)
                .build()
                .base();
        assertThat(base.clipping()).hasToString(clipping);
        assertThat(base.clipping().limit() > 0).isEqualTo(!clipping.equals("None[]"));
    }

    private record Missing(String what, Runnable call) {}

    static List<Missing> missing() {
        BaseArguments base = defaults("x");
        UpdateRule rule = new MyAdamRule();
        return List.of(
                new Missing("name", () -> defaults(null)),
                new Missing("inner", () -> new LossScale(null)),
                new Missing("base", () -> new RMSprop(null, 0.9, 0, 1e-7, false)),
                new Missing("base", () -> new RuleSettings(null, rule)),
                new Missing("rule", () -> new RuleSettings(base, null)),
                new Missing("rule", () -> Settings.of(null)),
                new Missing("schedule", () -> RMSprop.builder().learningRate((LearningRateSchedule) null)),
                new Missing("supplier", () -> RMSprop.builder().learningRate((DoubleSupplier) null)),
                new Missing("backend", () -> new RMSprop(0.1).on(null)),
                new Missing("name", () -> new NamedArray(null, HostTensor.of(Shape.scalar(), 1))),
                new Missing("values", () -> new NamedArray("x", null)));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void what_is_null_is_named(Missing missing) {
        assertThatThrownBy(missing.call()::run)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(missing.what());
    }

    @Test
    void a_state_keeps_the_list_of_its_making() {
        List<NamedArray> arrays = new ArrayList<>(List.of(new NamedArray("x", HostTensor.of(Shape.scalar(), 1))));
        OptimizerState state = new OptimizerState(arrays);
        arrays.clear();
        assertThat(state.arrays()).hasSize(1);
    }

    @Test
    void a_callable_learning_rate_has_no_configuration() {
        RMSprop settings = RMSprop.builder().learningRate(() -> 0.1).build();
        assertThatThrownBy(settings::config)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("callable")
                .hasMessageContaining("SettingsTest");
    }

    @Test
    void serialized_settings_say_whose_class_they_are() {
        assertThat(new RMSprop(0.1).serialize())
                .containsEntry("module", "keras.optimizers")
                .containsEntry("class_name", "RMSprop")
                .containsEntry("registered_name", null);
        assertThat(mine("m").serialize())
                .containsEntry("module", null)
                .containsEntry("class_name", "MyAdamRule")
                .containsEntry("registered_name", "MyAdamRule");
    }

    private record DecayingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public Map<String, Object> config() {
            return Map.of("weight_decay", 0.1, "rate", 2.0);
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
        }
    }

    @Test
    void a_rule_has_no_number_under_the_name_of_a_base_argument() {
        assertThat(BaseArguments.NAMES)
                .containsExactlyElementsOf(defaults("n").config().keySet());
        assertThatThrownBy(
                        () -> Settings.of(new DecayingRule()).learningRate(0.1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DecayingRule")
                .hasMessageContaining("[weight_decay]");
    }

    @Test
    void whole_numbers_are_numbers_too() {
        assertThat(RMSprop.builder()
                        .clipnorm(1)
                        .weightDecay(0)
                        .lossScaleFactor(8)
                        .build()
                        .config())
                .containsEntry("clipnorm", 1.0)
                .containsEntry("weight_decay", 0.0)
                .containsEntry("loss_scale_factor", 8.0);
        assertThat(RMSprop.builder().clipvalue(1).build().base().clipping()).isEqualTo(new Clipping.ByValue(1));
        assertThat(RMSprop.builder().globalClipnorm(2).build().base().clipping())
                .isEqualTo(new Clipping.ByGlobalNorm(2));
    }

    @Test
    void steps_that_do_the_same_are_equal() {
        EffectiveGradient scaled = new EffectiveGradient(true, 2);
        UpdateRule rule = new RMSprop(0.1).rule();
        KerasStep averages = new KerasStep(rule, false, false, scaled, new Clipping.ByNorm(1), 0.1, true, false);
        EffectiveGradient plain = new EffectiveGradient(false, 2);
        assertThat(averages)
                .isEqualTo(new KerasStep(null, false, false, plain, new Clipping.None(), null, true, false));
        KerasStep updates = new KerasStep(rule, true, true, scaled, new Clipping.ByNorm(1), 0.1, true, false);
        assertThat(updates.rule()).isEqualTo(rule);
        assertThat(updates.clipping()).isEqualTo(new Clipping.ByNorm(1));
        assertThat(updates.weightDecay()).isEqualTo(0.1);
        assertThat(updates.gradient()).isEqualTo(scaled);
    }

    @ParameterizedTest(name = "with a gradient: {0}, updates: {1}")
    @CsvSource({"true, false, false", "false, true, false", "false, false, false", "true, true, true"})
    void a_step_keeps_the_rule_where_it_updates_with_a_gradient(boolean hasGradient, boolean updates, boolean kept) {
        UpdateRule rule = new RMSprop(0.1).rule();
        EffectiveGradient plain = new EffectiveGradient(false, 2);
        KerasStep step = new KerasStep(rule, hasGradient, updates, plain, new Clipping.ByNorm(1), 0.1, true, false);
        assertThat(step.rule()).isEqualTo(kept ? rule : null);
        assertThat(step.clipping()).isEqualTo(kept ? new Clipping.ByNorm(1) : new Clipping.None());
        assertThat(step.weightDecay()).isEqualTo(kept ? 0.1 : null);
        assertThat(step.gradient()).isEqualTo(plain);
    }

    @Test
    void a_rule_needs_a_learning_rate() {
        assertThatThrownBy(() -> Settings.of(new MyAdamRule()).build()).hasMessageContaining("learning_rate=null");
    }

    private static RuleSettings mine(String name) {
        return Settings.of(new MyAdamRule()).name(name).learningRate(0.1).build();
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
        assertThatThrownBy(() -> mine("a/b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=a/b");
    }

    @Test
    void without_a_name_there_is_an_automatic_one() {
        String first = RMSprop.builder().name(null).build().name();
        String second = RMSprop.builder().name(null).build().name();
        assertThat(first).startsWith("rm_sprop");
        assertThat(second).isEqualTo("rm_sprop_" + (number(first) + 1));
        assertThat(mine(null).name()).isEqualTo("my_adam_rule");
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
        assertThat(Settings.of(anonymous).learningRate(0.1).build().name()).startsWith("rule");
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
        "InverseRule, inverse_rule",
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
