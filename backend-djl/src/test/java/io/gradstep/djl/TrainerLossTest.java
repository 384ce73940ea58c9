package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scaled losses, losses that are minimized, and learning rates that change: with the bits of a reference twin. */
final class TrainerLossTest {
    private static final Settings EVERYTHING = HandLoop.everything().build();

    private static Settings scaled() {
        return HandLoop.everything().lossScaleFactor(8.0).build();
    }

    // ---- dynamic loss scales

    @ParameterizedTest
    @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NaN})
    void a_step_whose_gradients_are_not_finite_is_left_out_and_halves_the_scale(float factor) {
        try (HandLoop loop = HandLoop.mlp(new LossScale(EVERYTHING, 64, 3, null))) {
            loop.steps(2);
            assertThat(loop.optimizer().lossScale()).isEqualTo(64);
            Map<String, HostTensor> before = ReferenceTwin.values(loop.model());
            loop.backward(2, loss -> loop.optimizer().scaleLoss(loss).mul(factor));
            loop.step();
            Bits.assertEqual("after the step left out", before, ReferenceTwin.values(loop.model()));
            assertThat(loop.optimizer().lossScale()).isEqualTo(32);
            // Three good ones double it again.
            loop.steps(3);
            assertThat(loop.optimizer().lossScale()).isEqualTo(64);
        }
    }

    @Test
    void a_gradient_that_is_no_number_spoils_its_own_step_and_none_after_it() {
        Settings settings = RMSprop.builder().clipvalue(1.0).build();
        try (HandLoop loop = HandLoop.mlp(settings)) {
            loop.backward(0, loss -> loss.mul(Float.NaN));
            loop.step();
            assertThat(ReferenceTwin.values(loop.model()).get("01Linear/bias").floats())
                    .containsOnly(Float.NaN);
            try (NDArray gradient =
                    Torch.gradient(loop.parameter("01Linear_bias").getArray())) {
                assertThat(gradient.toFloatArray()).containsOnly(0f);
            }
        }
    }

    // ---- scaled losses

    @Test
    void a_scaled_loss_is_scaled_where_it_is_differentiated_and_not_where_it_is_reported() {
        Loss plain = TestModel.loss();
        try (TestModel model = TestModel.mlp().initialize();
                NDManager batch = model.model().getNDManager().newSubManager();
                GradstepOptimizer optimizer = GradstepOptimizer.of(scaled(), model.model())) {
            Loss loss = optimizer.scaledLoss(plain);
            NDList labels = TestModel.labels(batch, 1);
            NDList predictions = new NDList(batch.randomNormal(new ai.djl.ndarray.types.Shape(4, 3)));
            NDArray unscaled = plain.evaluate(labels, predictions);
            assertThat(loss.evaluate(labels, predictions).getFloat()).isEqualTo(8 * unscaled.getFloat());
            assertThat(loss.getName()).isEqualTo(plain.getName());
            for (String key : List.of("a", "b", "c")) {
                loss.addAccumulator(key);
                assertThat(loss.getAccumulator(key)).isNaN();
            }
            loss.updateAccumulator("a", labels, predictions);
            loss.updateAccumulators(new String[] {"b", "c"}, labels, predictions);
            for (String key : List.of("a", "b", "c")) {
                assertThat(loss.getAccumulator(key)).isEqualTo(unscaled.getFloat());
                assertThat(plain.getAccumulator(key)).isEqualTo(unscaled.getFloat());
            }
            loss.resetAccumulator("b");
            assertThat(loss.getAccumulator("b")).isNaN();
        }
    }

    @Test
    void a_loss_is_its_own_scaled_one_where_there_is_no_scale() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING);
                NDArray loss = loop.model().getNDManager().create(3f)) {
            assertThat(loop.optimizer().lossScale()).isEqualTo(1);
            assertThat(loop.optimizer().scaleLoss(loss)).isSameAs(loss);
        }
    }

    @Test
    void a_scaled_loss_has_the_type_and_the_shape_of_the_loss() {
        Settings settings = RMSprop.builder().lossScaleFactor(0.1).build();
        try (HandLoop loop = HandLoop.mlp(settings);
                NDManager batch = loop.model().getNDManager().newSubManager()) {
            NDArray number = loop.optimizer().scaleLoss(batch.create(3f));
            assertThat(number.getShape().dimension()).isZero();
            assertThat(number.toFloatArray()).containsExactly(3 * 0.1f);
            NDArray matrix = loop.optimizer().scaleLoss(batch.create(new double[][] {{3, 5}}));
            assertThat(matrix.getShape().getShape()).containsExactly(1, 2);
            assertThat(matrix.toDoubleArray()).containsExactly(3 * 0.1, 5 * 0.1);
        }
    }

    /** A power of two changes no bit of what comes out. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_program_of_djls_trains_and_reports_with_a_loss_scale_as_without(boolean dynamic) throws Exception {
        Settings settings = RMSprop.builder().momentum(0.9).build();
        Fitted plain = fit(settings);
        Fitted withScale = fit(
                dynamic
                        ? new LossScale(settings, 1024, 5, null)
                        : RMSprop.builder()
                                .momentum(0.9)
                                .lossScaleFactor(1024.0)
                                .build());
        Bits.assertEqual("with a scale", plain.parameters(), withScale.parameters());
        assertThat(withScale.reported()).isEqualTo(plain.reported());
        assertThat(plain.lossScale()).isEqualTo(1);
        // 12 batches, and the scale doubled after the fifth and the tenth.
        assertThat(withScale.lossScale()).isEqualTo(dynamic ? 4096 : 1024);
        assertThat(withScale.warnings()).isEmpty();
    }

    private record Fitted(
            Map<String, HostTensor> parameters, float reported, double lossScale, List<String> warnings) {}

    private static Fitted fit(Settings settings) throws Exception {
        List<String> warnings = new ArrayList<>();
        EvaluatorTrainingListener evaluators = new EvaluatorTrainingListener();
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(settings, model.model())) {
            optimizer.onWarning(warnings::add);
            model.train(new DefaultTrainingConfig(optimizer.scaledLoss(TestModel.loss()))
                    .optOptimizer(optimizer)
                    .addTrainingListeners(evaluators));
            EasyTrain.fit(model.trainer(), 2, model.data(6), null);
            float reported = evaluators.getLatestEvaluations().get("train_loss");
            return new Fitted(model.parameters(), reported, optimizer.lossScale(), warnings);
        }
    }

    @Test
    void there_is_a_warning_if_no_loss_was_multiplied_by_the_scale() {
        try (HandLoop loop = HandLoop.mlp(scaled())) {
            List<String> warnings = new ArrayList<>();
            loop.optimizer().onWarning(warnings::add);
            loop.steps(2);
            assertThat(warnings).isEmpty();
            loop.backward(2, loss -> loss);
            loop.step();
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .startsWith("Gradients are divided by the loss scale, 8.0, but no loss was multiplied by it")
                    .contains("optimizer.scaledLoss(loss)")
                    .contains("optimizer.scaleLoss(loss)");
            loop.steps(1);
            assertThat(warnings).hasSize(1);
        }
    }

    @Test
    void it_is_logged_once_where_nobody_listens_and_there_is_a_scale() {
        try (Logged logged = Logged.open();
                HandLoop scaled = HandLoop.mlp(scaled());
                HandLoop plain = HandLoop.mlp(EVERYTHING)) {
            for (int step = 0; step < 3; step++) {
                for (HandLoop loop : List.of(plain, scaled)) {
                    loop.backward(step, loss -> loss);
                    loop.step();
                }
            }
            assertThat(logged.entries())
                    .singleElement()
                    .asString()
                    .startsWith("WARNING Gradients are divided by the loss scale, 8.0, but no loss was");
        }
    }

    // ---- minimize

    @Test
    void a_loss_is_minimized_and_returned_unscaled() {
        try (HandLoop loop = HandLoop.mlp(scaled())) {
            List<String> warnings = new ArrayList<>();
            loop.optimizer().onWarning(warnings::add);
            for (int step = 0; step < 6; step++) {
                int seed = step;
                loop.parameter("01Linear_bias").freeze(step == 3);
                loop.backward(seed);
                try (NDManager batch = loop.model().getNDManager().newSubManager()) {
                    float expected = loop.loss(batch, seed).getFloat();
                    loop.step(() -> assertThat(loop.optimizer().minimize(() -> loop.loss(batch, seed)))
                            .isEqualTo(expected));
                }
            }
            assertThat(warnings).isEmpty();
        }
    }

    @Test
    void a_loss_is_minimized_by_some_parameters() {
        try (HandLoop loop = HandLoop.mlp(scaled())) {
            List<Parameter> some = List.of(loop.parameter("03Linear_bias"), loop.parameter("01Linear_weight"));
            for (int step = 0; step < 6; step++) {
                minimize(loop, step, some);
            }
            HostTensor before = TestModel.read(loop.parameter("03Linear_weight").getArray());
            minimize(loop, 6, some);
            assertThat(TestModel.read(loop.parameter("03Linear_weight").getArray())
                            .floats())
                    .isEqualTo(before.floats());
            loop.steps(4);
        }
    }

    private static void minimize(HandLoop loop, int seed, List<Parameter> some) {
        loop.backward(seed);
        loop.twin().step(some::contains);
        loop.minimize(seed, some);
        loop.assertStepped();
    }

    @Test
    void a_parameter_that_cannot_be_trained_is_not_minimized_by() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING);
                HandLoop other = HandLoop.mlp(EVERYTHING)) {
            loop.steps(2);
            Parameter frozen = loop.parameter("01Linear_bias");
            frozen.freeze(true);
            for (Parameter wrong : List.of(frozen, other.parameter("01Linear_bias"))) {
                assertThatThrownBy(() -> loop.optimizer()
                                .minimize(
                                        () -> {
                                            throw new AssertionError("asked for the loss");
                                        },
                                        List.of(loop.parameter("01Linear_weight"), wrong)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(
                                "The parameter \"bias\" is frozen, not initialized, or none of the model loop")
                        .hasMessageContaining("[01Linear/weight, 03Linear/weight, 03Linear/bias]");
                loop.twin().assertSame("after the error", loop.optimizer());
            }
            loop.steps(2);
        }
    }

    @Test
    void a_loss_that_throws_changes_nothing() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(3);
            List<Supplier<NDArray>> losses = List.of(
                    () -> {
                        throw new IllegalStateException("thrown by the loss");
                    },
                    () -> loop.model().getNDManager().create(new float[] {1, 2}));
            for (Supplier<NDArray> loss : losses) {
                assertThatThrownBy(() -> loop.optimizer().minimize(loss)).isInstanceOf(IllegalStateException.class);
                loop.twin().assertStepped("after the error", loop.optimizer());
            }
            loop.steps(3);
        }
    }

    @Test
    void no_loss_is_minimized_while_a_collector_is_open() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING);
                NDManager batch = loop.model().getNDManager().newSubManager()) {
            loop.steps(1);
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                assertThatThrownBy(() -> loop.optimizer().minimize(() -> loop.loss(batch, 1)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already collecting");
                assertThat(collector).isNotNull();
            }
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.steps(2);
        }
    }

    // ---- learning rates

    enum Rate {
        NUMBER {
            @Override
            void set(HandLoop loop) {
                loop.optimizer().setLearningRate(0.025);
                loop.twin().optimizer().setLearningRate(0.025);
            }
        },
        SCHEDULE {
            @Override
            void set(HandLoop loop) {
                ExponentialDecay schedule = new ExponentialDecay(0.5, 2, 0.5);
                loop.optimizer().setLearningRate(schedule);
                loop.twin().optimizer().setLearningRate(schedule);
            }
        },
        CALLABLE {
            @Override
            void set(HandLoop loop) {
                loop.optimizer().setLearningRate(() -> loop.optimizer().iterations() % 2 == 0 ? 0.125 : 0.25);
                loop.twin()
                        .optimizer()
                        .setLearningRate(() -> loop.twin().optimizer().iterations() % 2 == 0 ? 0.125 : 0.25);
            }
        };

        abstract void set(HandLoop loop);
    }

    /** Before the optimizer knows its parameters, when it does, and when another one has taken over. */
    @ParameterizedTest
    @CsvSource({
        "NUMBER, 0, false", "NUMBER, 2, false", "NUMBER, 6, false", "NUMBER, 0, true", "NUMBER, 2, true",
        "SCHEDULE, 0, false", "SCHEDULE, 2, false", "SCHEDULE, 6, false", "SCHEDULE, 0, true", "SCHEDULE, 2, true",
        "CALLABLE, 0, false", "CALLABLE, 2, false", "CALLABLE, 6, false", "CALLABLE, 0, true", "CALLABLE, 2, true"
    })
    void a_learning_rate_stays_when_parameters_join(Rate rate, int at, boolean underALossScale) {
        Settings settings =
                RMSprop.builder().learningRate(0.01).weightDecay(0.1).build();
        try (HandLoop loop = HandLoop.mlp(underALossScale ? new LossScale(settings, 4, 100, null) : settings)) {
            loop.parameter("03Linear_weight").freeze(true);
            loop.optimizer().excludeFromWeightDecay("bias");
            loop.twin().optimizer().excludeFromWeightDecay(List.of(), List.of("bias"));
            for (int step = 0; step < 9; step++) {
                if (step == at) {
                    rate.set(loop);
                }
                if (step == 4) {
                    loop.parameter("03Linear_weight").freeze(false);
                }
                loop.steps(1);
            }
        }
    }

    @Test
    void settings_have_the_learning_rate_that_was_set_last_unless_it_was_a_number() {
        RMSprop settings = RMSprop.builder().learningRate(0.01).build();
        ExponentialDecay schedule = new ExponentialDecay(0.5, 2, 0.5);
        try (HandLoop loop = HandLoop.mlp(settings)) {
            assertThat(loop.optimizer().settings()).isSameAs(settings);
            loop.optimizer().setLearningRate(0.25);
            assertThat(loop.optimizer().settings()).isEqualTo(settings);
            assertThat(loop.optimizer().learningRate()).isEqualTo(0.25);
            loop.optimizer().setLearningRate(schedule);
            assertThat(loop.optimizer().settings())
                    .isEqualTo(settings.withLearningRate(new LearningRate.Scheduled(schedule)));
            assertThat(loop.optimizer().learningRate()).isEqualTo(0.5);
            assertThatThrownBy(() -> loop.optimizer().setLearningRate(0.1)).isInstanceOf(IllegalStateException.class);
            assertThat(loop.optimizer().learningRate()).isEqualTo(0.5);
        }
    }

    @Test
    void a_loss_that_fails_leaves_the_gradients_that_were_gathered() {
        try (HandLoop loop = HandLoop.mlp(new RMSprop(0.01))) {
            loop.backward(0);
            assertThatThrownBy(() -> loop.optimizer().minimize(() -> {
                        throw new IllegalStateException("thrown by the loss");
                    }))
                    .hasMessage("thrown by the loss");
            loop.step();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "INT32"})
    void a_loss_of_another_type_is_not_scaled(DataType type) {
        try (HandLoop loop = HandLoop.mlp(RMSprop.builder().lossScaleFactor(8.0).build());
                NDArray loss = loop.model().getNDManager().create(1f);
                NDArray other = loss.toType(type, true)) {
            assertThatThrownBy(() -> loop.optimizer().scaleLoss(other))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Received: " + type.name());
        }
    }
}
