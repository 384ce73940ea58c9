package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.keras.KerasFile;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Bits;
import io.gradstep.tck.GoldenScenarios;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.stepfunctions.DefaultStepFunction;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What networks do with the updater beside stepping, and what is refused before anything has changed. */
class NetworksTest {
    private static final RMSprop PLAIN = new RMSprop(0.01);
    private static final RMSprop WITH_EVERYTHING = RMSprop.builder()
            .learningRate(0.01)
            .momentum(0.9)
            .globalClipnorm(0.1)
            .weightDecay(0.01)
            .useEma(true)
            .build();

    /** A rule that makes the variable smaller in a way of its own. */
    private record Shrink() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T shrunk = ops.multiply(ops.read(slots.variable()), ops.scalar(0.5));
            ops.assign(slots.variable(), ops.subtract(shrunk, slots.gradient()));
        }
    }

    // ---- what needs to be attached

    static Stream<Arguments> unattachable() {
        return Stream.of(
                Arguments.of("clipnorm=0.5", RMSprop.builder().clipnorm(0.5).build()),
                Arguments.of(
                        "global_clipnorm=0.5",
                        RMSprop.builder().globalClipnorm(0.5).build()),
                Arguments.of(
                        "weight_decay=0.1", RMSprop.builder().weightDecay(0.1).build()),
                Arguments.of("use_ema=true", RMSprop.builder().useEma(true).build()),
                Arguments.of(
                        "Shrink",
                        Settings.of(new Shrink()).learningRate(1).name("own").build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unattachable")
    void what_needs_the_parameters_is_refused_at_the_first_step(String reason, Settings settings) {
        MultiLayerNetwork net = TestNetworks.network(new GradstepUpdater(settings));
        INDArray before = net.params().dup();
        assertThatThrownBy(() -> net.fit(TestNetworks.batch(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("GradstepUpdater.attach(net);");
        assertThat(net.params()).isEqualTo(before);
        GradstepUpdater.attach(net);
        net.fit(TestNetworks.batch(0));
        assertThat(net.params()).isNotEqualTo(before);
    }

    @Test
    void limits_of_zero_or_less_are_none_as_in_keras() {
        MultiLayerNetwork net = TestNetworks.dense(
                new GradstepUpdater(RMSprop.builder().clipnorm(0.0).build()));
        INDArray before = net.params().dup();
        net.fit(TestNetworks.denseBatch(0));
        assertThat(net.params()).isNotEqualTo(before);
    }

    // ---- what DL4J has and cannot be matched

    @Test
    void weight_decay_of_dl4j_works_alone_and_is_refused_when_attached() {
        MultiLayerNetwork net = TestNetworks.dense(
                TestNetworks.common(new GradstepUpdater(PLAIN), DataType.FLOAT).weightDecay(0.1));
        MultiLayerNetwork without = TestNetworks.dense(new GradstepUpdater(PLAIN));
        net.fit(TestNetworks.denseBatch(0));
        without.fit(TestNetworks.denseBatch(0));
        assertThat(net.params()).isNotEqualTo(without.params());
        assertThatThrownBy(() -> GradstepUpdater.attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("WeightDecay")
                .hasMessageContaining("0/W")
                .hasMessageContaining("RMSprop.builder().weightDecay");
        net.fit(TestNetworks.denseBatch(1));
    }

    @ParameterizedTest
    @EnumSource(
            value = OptimizationAlgorithm.class,
            names = {"LBFGS", "CONJUGATE_GRADIENT", "LINE_GRADIENT_DESCENT"})
    void line_searches_are_refused(OptimizationAlgorithm algorithm) {
        MultiLayerNetwork net = TestNetworks.dense(
                TestNetworks.common(new GradstepUpdater(PLAIN), DataType.FLOAT).optimizationAlgo(algorithm));
        INDArray before = net.params().dup();
        assertThatThrownBy(() -> net.fit(TestNetworks.denseBatch(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("STOCHASTIC_GRADIENT_DESCENT");
        assertThat(net.params()).isEqualTo(before);
        assertThatThrownBy(() -> GradstepUpdater.attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(algorithm.name());
    }

    /** BFLOAT16 is refused by DL4J's builder. */
    @Test
    @SuppressWarnings("deprecation") // it is how DL4J's users write it
    void short_numbers_are_refused() {
        DataType type = DataType.HALF;
        MultiLayerNetwork net = TestNetworks.dense(TestNetworks.common(new GradstepUpdater(PLAIN), type));
        assertThatThrownBy(net::getUpdater)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.name())
                .hasMessageContaining("dataType(DataType.FLOAT)");
    }

    @Test
    @SuppressWarnings("deprecation") // step functions, but they are still obeyed
    void a_network_is_attached_once_it_has_parameters_of_ours() {
        MultiLayerNetwork net = new MultiLayerNetwork(
                TestNetworks.dense(new GradstepUpdater(PLAIN)).getLayerWiseConfigurations());
        assertThatThrownBy(() -> GradstepUpdater.attach(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("net.init()");
        assertThatThrownBy(() -> GradstepUpdater.attach(TestNetworks.dense(new Adam())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GradstepUpdater");
        MultiLayerNetwork ascends = TestNetworks.dense(TestNetworks.common(new GradstepUpdater(PLAIN), DataType.FLOAT)
                .stepFunction(new DefaultStepFunction()));
        assertThatThrownBy(() -> GradstepUpdater.attach(ascends))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stepFunction");
    }

    // ---- what goes on working

    @Test
    void constraints_of_dl4j_hold_after_each_step() {
        NeuralNetConfiguration.ListBuilder layers = TestNetworks.common(
                        new GradstepUpdater(WITH_EVERYTHING), DataType.FLOAT)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .constrainWeights(new NonNegativeConstraint())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(6).nOut(3).build());
        MultiLayerNetwork net = new MultiLayerNetwork(layers.build());
        net.init();
        GradstepUpdater.attach(net);
        for (int step = 0; step < 5; step++) {
            net.fit(TestNetworks.denseBatch(step));
            assertThat(net.getParam("0_W").minNumber().doubleValue()).isNotNegative();
        }
        assertThat(net.getParam("1_W").minNumber().doubleValue()).isNegative();
    }

    @Test
    void layers_with_updaters_of_their_own_are_left_to_them() {
        MultiLayerNetwork mixed =
                new MultiLayerNetwork(TestNetworks.common(new GradstepUpdater(WITH_EVERYTHING), DataType.FLOAT)
                        .list()
                        .layer(new DenseLayer.Builder()
                                .nIn(4)
                                .nOut(6)
                                .updater(new Sgd(0))
                                .build())
                        .layer(new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(6)
                                .nOut(3)
                                .biasUpdater(new GradstepUpdater(PLAIN))
                                .build())
                        .build());
        mixed.init();
        NetworkOptimizer optimizer = GradstepUpdater.attach(mixed);
        INDArray first = mixed.getParam("0_W").dup();
        mixed.fit(TestNetworks.denseBatch(0));
        assertThat(mixed.getParam("0_W")).isEqualTo(first);
        // One optimizer for the weight, another for the bias: each with its counter and learning rate.
        assertThat(optimizer.state().arrays().stream().map(array -> array.name()))
                .containsExactly(
                        "rmsprop/iteration",
                        "rmsprop/learning_rate",
                        "rmsprop/1_W_average",
                        "rmsprop/1_W_velocity",
                        "rmsprop/1_W_momentum",
                        "rmsprop/iteration",
                        "rmsprop/learning_rate",
                        "rmsprop/1_b_velocity");
    }

    @Test
    void an_attached_network_stays_so_when_its_listeners_are_replaced() {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(WITH_EVERYTHING));
        GradstepUpdater.attach(net);
        net.setListeners(new CollectScoresIterationListener());
        net.fit(TestNetworks.denseBatch(0));
        assertThat(net.getIterationCount()).isEqualTo(1);
    }

    @Test
    void attaching_twice_is_attaching_once() {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(WITH_EVERYTHING));
        MultiLayerNetwork once = TestNetworks.dense(new GradstepUpdater(WITH_EVERYTHING));
        GradstepUpdater.attach(net).excludeFromWeightDecay("W");
        GradstepUpdater.attach(once).excludeFromWeightDecay("W");
        GradstepUpdater.attach(net);
        assertThat(net.getListeners()).hasSize(1);
        for (int step = 0; step < 3; step++) {
            net.fit(TestNetworks.denseBatch(step));
            once.fit(TestNetworks.denseBatch(step));
        }
        assertThat(net.params()).isEqualTo(once.params());
    }

    /** As in reinforcement learning, where the gradients of one network update another. */
    @Test
    void gradients_from_elsewhere_are_stepped_with() {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(WITH_EVERYTHING));
        MultiLayerNetwork expected = TestNetworks.dense(new GradstepUpdater(WITH_EVERYTHING));
        GradstepUpdater.attach(net);
        GradstepUpdater.attach(expected);
        MultiLayerNetwork source = TestNetworks.dense(new Sgd(1));
        for (int step = 0; step < 3; step++) {
            source.setParams(net.params());
            source.setInput(TestNetworks.denseBatch(step).getFeatures());
            source.setLabels(TestNetworks.denseBatch(step).getLabels());
            source.computeGradientAndScore();
            net.getUpdater()
                    .update(net, source.gradient(), step, 0, TestNetworks.BATCH, LayerWorkspaceMgr.noWorkspaces());
            assertThat(source.gradient().gradient().maxNumber().doubleValue()).isZero();
            expected.fit(TestNetworks.denseBatch(step));
            assertThat(net.params()).isEqualTo(expected.params());
        }
    }

    @Test
    void the_state_of_a_keras_file_goes_on_in_a_network(@TempDir Path folder) throws IOException {
        try (KerasFile file = KerasFile.open(GoldenScenarios.kerasFile("dense-everything.keras", folder))) {
            MultiLayerNetwork net = new MultiLayerNetwork(
                    TestNetworks.common(new GradstepUpdater(file.optimizer().orElseThrow()), DataType.FLOAT)
                            .list()
                            .layer(new DenseLayer.Builder().nIn(4).nOut(8).build())
                            .layer(new OutputLayer.Builder(LossFunction.MSE)
                                    .nIn(8)
                                    .nOut(3)
                                    .build())
                            .build());
            net.init();
            NetworkOptimizer optimizer = GradstepUpdater.attach(net);
            OptimizerState state = file.optimizerState();
            optimizer.restore(state);
            assertThat(net.getIterationCount()).isPositive();
            List<NamedArray> taken = optimizer.state().arrays();
            for (int i = 0; i < taken.size(); i++) {
                Bits.assertEqual(
                        taken.get(i).name(),
                        state.arrays().get(i).values(),
                        taken.get(i).values());
            }
            net.fit(TestNetworks.denseBatch(0));
            file.copy().optimizerState(optimizer.state()).writeTo(folder.resolve("trained.keras"));
        }
    }

    @Test
    void an_average_that_begins_late_begins_with_the_parameters() {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(
                RMSprop.builder().useEma(true).emaMomentum(1).build()));
        net.setIterationCount(100);
        NetworkOptimizer optimizer = GradstepUpdater.attach(net);
        INDArray before = net.params().dup();
        net.fit(TestNetworks.denseBatch(0));
        assertThat(net.params()).isNotEqualTo(before);
        optimizer.finalizeVariableValues();
        assertThat(net.params()).isEqualTo(before);
    }
}
