package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.initializer.Initializer;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.tck.Bits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, and that a step which fails is none. */
final class TrainerRefusalsTest {
    private static final Settings EVERYTHING = HandLoop.everything().build();

    // ---- steps that fail

    /** Throws while it is told to. */
    private static final class FailingRate {
        private boolean fails;

        double get() {
            if (fails) {
                throw new IllegalStateException("thrown by the learning rate");
            }
            return 0.01;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_step_that_fails_changes_nothing_and_is_taken_whole_when_asked_for_again(TrainerStepsTest.Way way) {
        FailingRate rate = new FailingRate();
        Settings settings = HandLoop.everything()
                .learningRate(rate::get)
                .gradientAccumulationSteps(null)
                .build();
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(settings, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(settings, model.train(optimizer).model())) {
            for (int step = 1; step <= 6; step++) {
                model.backward(step);
                Map<String, HostTensor> gradients = model.gradients();
                for (int attempt = 0; attempt < 2; attempt++) {
                    rate.fails = true;
                    assertThatThrownBy(() -> way.step(model, optimizer)).hasMessage("thrown by the learning rate");
                    rate.fails = false;
                    twin.assertSame("after the failure", optimizer);
                    Bits.assertEqual("of the gradients after the failure", gradients, model.gradients());
                }
                twin.step();
                way.step(model, optimizer);
                twin.assertStepped("after step " + step, optimizer);
            }
        }
    }

    /** Throws at the third of the calls that are still to come, when it has changed two variables and its own. */
    private static final class FailingRule implements UpdateRule {
        private final AtomicInteger calls = new AtomicInteger(Integer.MAX_VALUE);

        @Override
        public List<Slot> slots() {
            return List.of(new Slot("last", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), slots.gradient()));
            ops.assign(slots.slot("last"), slots.gradient());
            if (calls.decrementAndGet() == 0) {
                throw new IllegalStateException("thrown by the rule");
            }
        }
    }

    @Test
    void a_rule_that_throws_half_way_changes_nothing() {
        FailingRule rule = new FailingRule();
        Settings settings = Settings.of(rule)
                .learningRate(0.01)
                .weightDecay(0.1)
                .useEma(true)
                .build();
        try (HandLoop loop = new HandLoop(
                settings, HandLoop.mlp(), new Shape(4, 6), Options.DEFAULT.withExecution(ExecutionMode.EAGER))) {
            for (int step = 0; step < 4; step++) {
                loop.backward(step);
                rule.calls.set(3);
                assertThatThrownBy(() -> loop.optimizer().step()).hasMessage("thrown by the rule");
                rule.calls.set(Integer.MAX_VALUE);
                loop.twin().assertSame("after the failure", loop.optimizer());
                loop.step();
            }
        }
    }

    // ---- types

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void a_model_of_half_precision_is_refused_before_anything_is_made(DataType type) {
        try (Model model = Model.newInstance("half", "PyTorch")) {
            model.setDataType(type);
            int before = Census.count(model.getNDManager());
            assertThatThrownBy(() -> GradstepOptimizer.of(new RMSprop(0.01), model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Received: a model of type " + type.name() + ".")
                    .hasMessageContaining("FLOAT32");
            assertThat(Census.count(model.getNDManager())).isEqualTo(before);
        }
    }

    @Test
    void djls_own_step_is_warned_of_for_float64_alone() {
        try (Logged logged = Logged.open()) {
            for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
                assertThat(logged.entries()).isEmpty();
                try (TestModel model = TestModel.of(TestModel.Kind.MLP, type);
                        GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model())) {
                    model.train(optimizer);
                }
            }
            assertThat(logged.entries())
                    .singleElement()
                    .asString()
                    .startsWith("WARNING The model is FLOAT64, for which trainer.step() of DJL throws")
                    .endsWith("Call optimizer.step() instead");
        }
    }

    @Test
    void a_parameter_of_half_precision_is_refused_when_it_is_found() {
        SequentialBlock block = HandLoop.mlp();
        try (HandLoop loop = new HandLoop(EVERYTHING, block, new Shape(4, 6))) {
            loop.steps(2);
            Linear half = TestModel.linear(2);
            half.setInitializer(Initializer.ONES, Parameter.Type.WEIGHT);
            half.initialize(loop.model().getNDManager(), DataType.FLOAT16, new Shape(4, 3));
            loop.backward(2);
            block.add(half);
            Map<String, Runnable> steps = Map.of(
                    "step", () -> loop.optimizer().step(),
                    "update", () -> loop.update(loop.parameter("01Linear_bias")),
                    "state", () -> loop.optimizer().state());
            steps.forEach((name, step) -> assertThatThrownBy(step::run)
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("04Linear/weight")
                    .hasMessageContaining("Received an array of FLOAT16"));
            block.removeLastBlock();
            loop.step();
            loop.steps(2);
        }
    }

    // ---- models and parameters

    @Test
    void parameters_of_another_model_are_refused() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING);
                HandLoop other = HandLoop.mlp(EVERYTHING)) {
            loop.steps(2);
            loop.backward(2);
            assertThatThrownBy(() -> loop.update(other.parameter("01Linear_weight")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("of shape (5, 6) is none of the model loop")
                    .hasMessageContaining("GradstepOptimizer.of(settings, model)");
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.step();
        }
    }

    @Test
    void parameters_of_a_block_that_was_replaced_are_refused() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            List<Parameter> former = loop.model().getBlock().getParameters().values();
            loop.backward(0);
            loop.step(() -> former.forEach(loop::update));
            loop.setBlock(HandLoop.mlp());
            loop.backward(1);
            assertThatThrownBy(() -> loop.update(former.get(0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is none of the model loop");
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.step();
        }
    }

    /** The very first step has begun with one parameter and waits for the next then. */
    @Test
    void the_very_first_step_begins_anew_after_a_parameter_of_another_model() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING);
                HandLoop other = HandLoop.mlp(EVERYTHING)) {
            loop.backward(0);
            loop.update(loop.parameter("01Linear_weight"));
            assertThatThrownBy(() -> loop.update(other.parameter("01Linear_weight")))
                    .isInstanceOf(IllegalArgumentException.class);
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.step(() -> loop.model().getBlock().getParameters().values().forEach(loop::update));
        }
    }

    @Test
    void a_step_without_gradients_is_refused_until_there_are_some() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            assertThatThrownBy(() -> loop.optimizer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Go backward from a loss");
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.steps(1);
            // DJL has gradients of 0 now.
            loop.step();
            loop.steps(2);
        }
    }

    @Test
    void a_model_without_parameters_to_train_is_refused_until_it_has_some() {
        try (Model model = Model.newInstance("empty", "PyTorch");
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model)) {
            assertThatThrownBy(optimizer::step)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The model empty has no block. Call model.setBlock(block)");
            List<Runnable> calls =
                    List.of(optimizer::step, optimizer::state, optimizer::execution, optimizer::finalizeVariableValues);
            SequentialBlock block = HandLoop.mlp();
            for (SequentialBlock empty : List.of(new SequentialBlock(), block)) {
                model.setBlock(empty);
                for (Runnable call : calls) {
                    assertThatThrownBy(call::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("The model empty has no parameter that can be trained. Initialize");
                }
            }
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(4, 6));
            assertThat(optimizer.state().arrays()).isNotEmpty();
        }
    }

    @Test
    void a_model_that_is_frozen_as_a_whole_is_refused_until_it_is_not() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.model().getBlock().freezeParameters(true);
            assertThatThrownBy(() -> loop.optimizer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("do not freeze all of it");
            loop.model().getBlock().freezeParameters(false);
            loop.steps(3);
            loop.model().getBlock().freezeParameters(true);
            assertThatThrownBy(() -> loop.optimizer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("All parameters of the model loop are frozen. Unfreeze some");
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.model().getBlock().freezeParameters(false);
            loop.steps(3);
        }
    }

    @Test
    void a_model_that_was_loaded_after_its_trainer_was_made_needs_another_trainer(@TempDir Path directory)
            throws Exception {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model())) {
            model.train(optimizer);
            model.backward(1);
            model.trainer().step();
            model.model().save(directory, "saved");
            model.model().load(directory, "saved");
            Map<String, HostTensor> loaded = ReferenceTwin.values(model.model());
            model.backward(2);
            assertThatThrownBy(() -> model.trainer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was loaded since its trainer was made")
                    .hasMessageContaining("optimizer.restore(former.state())");
            Bits.assertEqual("after the error", loaded, ReferenceTwin.values(model.model()));
            assertThat(optimizer.iterations()).isZero();
        }
    }

    // ---- arguments

    @Test
    void nulls_are_refused() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            Model model = loop.model();
            assertThatThrownBy(() -> GradstepOptimizer.of(null, model))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("settings");
            assertThatThrownBy(() -> GradstepOptimizer.of(EVERYTHING, model, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("options");
            assertThatThrownBy(() -> GradstepOptimizer.of(EVERYTHING, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("model");
            List<Runnable> calls = List.of(
                    () -> loop.optimizer().restore(null),
                    () -> loop.optimizer().minimize(null),
                    () -> loop.optimizer().setLearningRate((LearningRateSchedule) null),
                    () -> loop.optimizer().setLearningRate((DoubleSupplier) null),
                    () -> loop.optimizer().onWarning(null));
            loop.steps(2);
            for (Runnable call : calls) {
                assertThatThrownBy(call::run)
                        .isInstanceOfAny(NullPointerException.class, IllegalArgumentException.class);
            }
            loop.steps(2);
            loop.parameter("01Linear_bias").freeze(true);
            loop.steps(2);
        }
    }

    @Test
    void a_loss_scale_with_the_name_of_what_is_in_it_is_refused() {
        RMSprop inner = RMSprop.builder().name("same").build();
        try (Model model = Model.newInstance("scaled", "PyTorch")) {
            int before = Census.count(model.getNDManager());
            assertThatThrownBy(() -> GradstepOptimizer.of(new LossScale(inner, 64, 3, "same"), model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("are both named \"same\"")
                    .hasMessageContaining("Give one of them another name");
            assertThat(Census.count(model.getNDManager())).isEqualTo(before);
        }
    }

    @Test
    void an_invalid_pattern_leaves_the_exclusions_as_they_were() {
        try (HandLoop loop = HandLoop.mlp(HandLoop.everything().weightDecay(0.5).build())) {
            loop.parameter("03Linear_bias").freeze(true);
            loop.optimizer().excludeFromWeightDecay("bias");
            loop.twin().optimizer().excludeFromWeightDecay(List.of(), List.of("bias"));
            loop.steps(2);
            assertThatThrownBy(() -> loop.optimizer().excludeFromWeightDecay("weight", "("))
                    .isInstanceOf(IllegalArgumentException.class);
            loop.steps(2);
            // Another optimizer takes over here.
            loop.parameter("03Linear_bias").freeze(false);
            loop.steps(3);
        }
    }

    @Test
    void what_the_last_exclusions_say_counts() {
        try (HandLoop loop = HandLoop.mlp(HandLoop.everything().weightDecay(0.5).build())) {
            // Linear is in no short name.
            for (List<String> patterns : List.of(List.of("bias"), List.of("weight"), List.of("Linear"))) {
                loop.optimizer().excludeFromWeightDecay(patterns.toArray(new String[0]));
                loop.twin().optimizer().excludeFromWeightDecay(List.of(), patterns);
                loop.steps(3);
            }
        }
    }

    // ---- closed

    static Stream<Arguments> methods() {
        return Stream.of(
                method("step", GradstepOptimizer::step),
                method("update", optimizer -> optimizer.update("id", null, null)),
                method("minimize", optimizer -> optimizer.minimize(() -> null)),
                method("minimize some", optimizer -> optimizer.minimize(() -> null, List.of())),
                method("lossScale", GradstepOptimizer::lossScale),
                method("scaleLoss", optimizer -> optimizer.scaleLoss(null)),
                method("scaledLoss", optimizer -> optimizer.scaledLoss(TestModel.loss())),
                method("excludeFromWeightDecay", optimizer -> optimizer.excludeFromWeightDecay("bias")),
                method("finalizeVariableValues", GradstepOptimizer::finalizeVariableValues),
                method("iterations", GradstepOptimizer::iterations),
                method("learningRate", GradstepOptimizer::learningRate),
                method("setLearningRate", optimizer -> optimizer.setLearningRate(0.1)),
                method(
                        "setLearningRate of a schedule",
                        optimizer -> optimizer.setLearningRate(new ExponentialDecay(0.1, 1, 0.5))),
                method("setLearningRate of a callable", optimizer -> optimizer.setLearningRate(() -> 0.1)),
                method("state", GradstepOptimizer::state),
                method("restore", optimizer -> optimizer.restore(new OptimizerState(List.of()))),
                method("execution", GradstepOptimizer::execution),
                method("onWarning", optimizer -> optimizer.onWarning(warning -> {})));
    }

    private static Arguments method(String name, Consumer<GradstepOptimizer> method) {
        return Arguments.of(name, method);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void a_closed_optimizer_says_so(String name, Consumer<GradstepOptimizer> method) {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(1);
            loop.backward(1);
            Map<String, HostTensor> before = ReferenceTwin.values(loop.model());
            loop.optimizer().close();
            assertThatThrownBy(() -> method.accept(loop.optimizer()))
                    .as(name)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The optimizer is closed. Make another one for the model: "
                            + "GradstepOptimizer.of(settings, model)");
            Bits.assertEqual("after the error", before, ReferenceTwin.values(loop.model()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void an_optimizer_of_a_closed_model_says_so(String name, Consumer<GradstepOptimizer> method) {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(1);
            loop.backward(1);
            loop.model().close();
            assertThatThrownBy(() -> method.accept(loop.optimizer()))
                    .as(name)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The model loop is closed, and all that this optimizer had with it. Take its state() "
                            + "before");
            assertThat(loop.optimizer().settings()).isEqualTo(EVERYTHING);
        }
    }

    @Test
    void closing_twice_is_closing_once_and_settings_stay() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(1);
            loop.optimizer().close();
            int after = Census.count(loop.model().getNDManager());
            assertThatCode(() -> loop.optimizer().close()).doesNotThrowAnyException();
            assertThat(Census.count(loop.model().getNDManager())).isEqualTo(after);
            assertThat(loop.optimizer().settings()).isEqualTo(EVERYTHING);
        }
    }

    @Test
    void another_optimizer_may_follow_a_closed_one() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(3);
            OptimizerState state = loop.optimizer().state();
            loop.optimizer().close();
            try (GradstepOptimizer next = GradstepOptimizer.of(EVERYTHING, loop.model())) {
                next.restore(state);
                loop.backward(3, loss -> loss);
                loop.twin().step();
                next.step();
                loop.twin().assertStepped("after the step of the next", next);
            }
        }
    }

    @Test
    void an_optimizer_may_be_closed_after_its_model() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(1);
            loop.model().close();
            assertThatCode(() -> loop.optimizer().close()).doesNotThrowAnyException();
        }
    }
}
