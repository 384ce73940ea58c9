package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.tck.Bits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingModelSaver;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileGraphSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/**
 * A network that was written, copied or converted, by whatever DL4J has for it, goes on as if nothing had happened: to
 * the same bits of its parameters and of all state.
 */
class PersistenceTest {
    /** In the middle of an accumulation of 3. */
    private static final int SPLIT = 4;

    private static final int STEPS = 8;

    /** Settings, and whether they are attached. */
    @SuppressWarnings("ImmutableEnumChecker") // settings are immutable
    enum Case {
        PLAIN(RMSprop.builder().learningRate(0.01).build(), false),
        EVERYTHING(everything().build(), true);

        private final RMSprop settings;
        private final boolean isAttached;

        Case(RMSprop settings, boolean isAttached) {
            this.settings = settings;
            this.isAttached = isAttached;
        }

        TestNet start(boolean isGraph) {
            return start(isGraph, settings);
        }

        TestNet start(boolean isGraph, Settings other) {
            TestNet net = TestNet.of(isGraph, TestNetworks.common(new GradstepUpdater(other), DataType.FLOAT));
            attach(net);
            return net;
        }

        /** What a user does after the network was made, and again after it was loaded. */
        void attach(TestNet net) {
            if (isAttached) {
                net.attach().excludeFromWeightDecay("^b$");
            }
        }
    }

    static RMSprop.Builder everything() {
        return RMSprop.builder()
                .learningRate(0.01)
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.1)
                .weightDecay(0.01)
                .useEma(true)
                .emaMomentum(0.9)
                .emaOverwriteFrequency(2)
                .gradientAccumulationSteps(3);
    }

    static Stream<Arguments> cases() {
        return Stream.of(Case.values())
                .flatMap(each -> Stream.of(false, true).map(isGraph -> Arguments.of(each, isGraph)));
    }

    static Stream<Arguments> casesAndSplits() {
        return cases().flatMap(
                        each -> Stream.of(0, SPLIT).map(split -> Arguments.of(each.get()[0], each.get()[1], split)));
    }

    // ---- copies that DL4J makes

    @ParameterizedTest(name = "{0}, graph: {1}, after {2} steps")
    @MethodSource("casesAndSplits")
    void a_network_that_was_written_and_read_goes_on(Case of, boolean isGraph, int split) {
        assertGoesOn(of, isGraph, split, PersistenceTest::writtenAndRead);
    }

    @ParameterizedTest(name = "{0}, graph: {1}, after {2} steps")
    @MethodSource("casesAndSplits")
    void a_clone_goes_on(Case of, boolean isGraph, int split) {
        assertGoesOn(of, isGraph, split, PersistenceTest::clone);
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void a_network_in_javas_serialization_goes_on(Case of, boolean isGraph) {
        assertGoesOn(of, isGraph, SPLIT, net -> {
            TestNet read = serialized(net);
            // DL4J loses the count of a graph, and leaves null where what it reads has its listeners, so that it can
            // neither train nor be attached until it is written once more.
            Network.of(read.model()).setIterationCount(SPLIT);
            return writtenAndRead(read);
        });
    }

    @Test
    void a_clone_of_a_graph_has_listeners_but_no_iteration_count() {
        ComputationGraph graph =
                (ComputationGraph) trained(Case.EVERYTHING, true, SPLIT).model();
        ComputationGraph copy = graph.clone();
        assertThat(copy.getIterationCount()).isZero();
        assertThat(copy.getListeners()).hasAtLeastOneElementOfType(AttachedListener.class);
        assertThat(graph.getIterationCount()).isEqualTo(SPLIT);
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void a_network_goes_on_beside_its_copies(Case of, boolean isGraph) {
        TestNet expected = trained(of, isGraph, STEPS);
        TestNet net = trained(of, isGraph, SPLIT);
        TestNet copy = clone(net);
        of.attach(copy);
        train(copy, SPLIT, STEPS);
        writtenAndRead(net);
        train(net, SPLIT, STEPS);
        assertSame(expected, net);
    }

    @ParameterizedTest(name = "graph: {0}")
    @ValueSource(booleans = {false, true})
    void attaching_a_clone_leaves_the_original_as_it_was(boolean isGraph) {
        TestNet net = trained(Case.EVERYTHING, isGraph, SPLIT);
        clone(net).attach();
        // Makes another updater, which is bound anew.
        Network.of(net.model()).setLearningRate(0.003);
        train(net, SPLIT, STEPS);
        TestNet expected = trained(Case.EVERYTHING, isGraph, SPLIT);
        Network.of(expected.model()).setLearningRate(0.003);
        train(expected, SPLIT, STEPS);
        assertSame(expected, net);
    }

    @ParameterizedTest
    @MethodSource("onlyCases")
    void a_network_that_became_a_graph_goes_on_once_it_has_the_iteration_count(Case of) {
        assertGoesOn(of, false, SPLIT, net -> {
            ComputationGraph graph = ((MultiLayerNetwork) net.model()).toComputationGraph();
            // DL4J does not take it along.
            assertThat(graph.getIterationCount()).isZero();
            graph.getConfiguration().setIterationCount(SPLIT);
            return new TestNet(graph);
        });
    }

    static Stream<Case> onlyCases() {
        return Stream.of(Case.values());
    }

    // ---- early stopping

    /** Has its best score after the second epoch. */
    private static final class SecondIsBest<M extends Model> implements ScoreCalculator<M> {
        private static final long serialVersionUID = 1;
        private final double[] scores = {2, 1, 3};
        private int epoch;

        @Override
        public double calculateScore(M network) {
            return scores[epoch++];
        }

        @Override
        public boolean minimizeScore() {
            return true;
        }
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void early_stopping_keeps_models_in_memory_that_go_on(Case of, boolean isGraph) throws IOException {
        assertEarlyStoppingGoesOn(of, isGraph, new InMemoryModelSaver<>(), new InMemoryModelSaver<>());
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void early_stopping_keeps_models_in_files_that_go_on(Case of, boolean isGraph, @TempDir Path folder)
            throws IOException {
        assertEarlyStoppingGoesOn(
                of, isGraph, new LocalFileModelSaver(folder.toString()), new LocalFileGraphSaver(folder.toString()));
    }

    private static void assertEarlyStoppingGoesOn(
            Case of,
            boolean isGraph,
            EarlyStoppingModelSaver<MultiLayerNetwork> ofNetworks,
            EarlyStoppingModelSaver<ComputationGraph> ofGraphs)
            throws IOException {
        int epoch = 2;
        TestNet net = of.start(isGraph);
        Model best;
        Model latest;
        if (net.model() instanceof MultiLayerNetwork network) {
            best = best(new EarlyStoppingTrainer(earlyStopping(ofNetworks), network, batches(epoch)).fit());
            latest = ofNetworks.getLatestModel();
        } else {
            ComputationGraph graph = (ComputationGraph) net.model();
            best = best(new EarlyStoppingGraphTrainer(earlyStopping(ofGraphs), graph, batches(epoch)).fit());
            latest = ofGraphs.getLatestModel();
        }
        if (isGraph && ofGraphs instanceof InMemoryModelSaver) {
            // It clones, and DL4J's clones of graphs begin to count anew.
            Network.of(best).setIterationCount(2 * epoch);
            Network.of(latest).setIterationCount(3 * epoch);
        }
        assertGoesOnInEpochs(of, isGraph, new TestNet(best), 2, epoch);
        assertGoesOnInEpochs(of, isGraph, new TestNet(latest), 3, epoch);
    }

    private static <M extends Model> EarlyStoppingConfiguration<M> earlyStopping(EarlyStoppingModelSaver<M> saver) {
        return new EarlyStoppingConfiguration.Builder<M>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new SecondIsBest<M>())
                .modelSaver(saver)
                .saveLastModel(true)
                .build();
    }

    private static Model best(EarlyStoppingResult<? extends Model> result) {
        // What a step throws is nothing but such a reason.
        assertThat(result.getTerminationReason())
                .as(result.getTerminationDetails())
                .isEqualTo(EarlyStoppingResult.TerminationReason.EpochTerminationCondition);
        return result.getBestModel();
    }

    private static void assertGoesOnInEpochs(Case of, boolean isGraph, TestNet kept, int epochs, int steps) {
        TestNet expected = of.start(isGraph);
        for (int i = 0; i < epochs; i++) {
            train(expected, 0, steps);
        }
        assertSame(expected, kept);
        of.attach(kept);
        train(expected, 0, STEPS);
        train(kept, 0, STEPS);
        assertSame(expected, kept);
    }

    // ---- another type of numbers

    @ParameterizedTest(name = "{0}, graph: {1}, after {2} steps")
    @MethodSource("casesAndSplits")
    void a_network_in_another_type_goes_on_from_converted_values(Case of, boolean isGraph, int split) {
        TestNet net = trained(of, isGraph, split);
        TestNet converted = converted(net, DataType.DOUBLE);
        assertThat(Network.of(converted.model()).iterationCount()).isEqualTo(split);
        Bits.assertEqual(
                "parameters",
                host(net.model().params()).cast(DType.FLOAT64),
                host(converted.model().params()));
        Bits.assertEqual("state", host(stateOf(net)).cast(DType.FLOAT64), host(stateOf(converted)));

        TestNet expected = TestNet.of(isGraph, TestNetworks.common(new GradstepUpdater(of.settings), DataType.DOUBLE));
        expected.model().setParams(converted.model().params());
        expected.attach().restore(net.attach().state());
        of.attach(expected);
        of.attach(converted);
        for (int step = split; step < STEPS; step++) {
            expected.fit(TestNetworks.batch(step, DataType.DOUBLE));
            converted.fit(TestNetworks.batch(step, DataType.DOUBLE));
        }
        assertSame(expected, converted);
    }

    @ParameterizedTest(name = "graph: {0}")
    @ValueSource(booleans = {false, true})
    void averages_that_have_not_begun_stay_marked_in_every_copy(boolean isGraph) {
        TestNet net =
                TestNet.of(isGraph, TestNetworks.common(new GradstepUpdater(Case.EVERYTHING.settings), DataType.FLOAT));
        net.attach();
        assertThat(UnsetAverage.is(stateOf(net))).isTrue();
        TestNet converted = converted(net, DataType.DOUBLE);
        assertThat(UnsetAverage.is(stateOf(converted))).isTrue();
        assertThat(UnsetAverage.is(stateOf(converted(converted, DataType.FLOAT))))
                .isTrue();
        assertThat(UnsetAverage.is(stateOf(clone(net)))).isTrue();
        assertThat(UnsetAverage.is(stateOf(writtenAndRead(net)))).isTrue();
        assertThat(UnsetAverage.is(stateOf(writtenAndRead(converted)))).isTrue();
        TestNet read = writtenAndRead(net);
        read.attach();
        train(net, 0, STEPS);
        train(read, 0, STEPS);
        assertSame(net, read);
        assertThat(UnsetAverage.is(stateOf(net))).isFalse();
        assertThat(net.model().params().data().asFloat()).doesNotContain(Float.NaN);
    }

    // ---- transfer learning

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void frozen_layers_keep_their_bits_while_the_others_train_and_go_on_from_a_file(Case of, boolean isGraph) {
        UnaryOperator<TestNet> frozen = net -> {
            TestNet result = frozenUpToTheConvolution(net);
            of.attach(result);
            return result;
        };
        TestNet net = frozen.apply(trained(of, isGraph, SPLIT));
        Map<String, HostTensor> before = net.parameters();
        train(net, 0, SPLIT);
        Map<String, HostTensor> after = net.parameters();
        Set<String> layers = isGraph ? Set.of("LSTM", "Convolution1DLayer") : Set.of("0", "1");
        assertThat(before.keySet()).anyMatch(path -> layers.contains(layer(path)));
        before.forEach((path, values) -> {
            if (layers.contains(layer(path))) {
                Bits.assertEqual(path, values, after.get(path));
            } else {
                assertThat(after.get(path).toString()).as(path).isNotEqualTo(values.toString());
            }
        });

        TestNet read = writtenAndRead(net);
        of.attach(read);
        TestNet copy = clone(net);
        of.attach(copy);
        train(net, SPLIT, STEPS);
        train(read, SPLIT, STEPS);
        train(copy, SPLIT, STEPS);
        assertSame(net, read);
        assertSame(net, copy);
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void transfer_learning_begins_with_an_updater_as_new(Case of, boolean isGraph) {
        TestNet net = trained(of, isGraph, SPLIT);
        TestNet expected = of.start(isGraph);
        expected.model().setParams(net.model().params());
        // The running mean and deviation of batch normalization lie among the parameters.
        TestNet transferred = transferred(net);
        of.attach(transferred);
        train(expected, 0, STEPS);
        train(transferred, 0, STEPS);
        assertSame(expected, transferred);
    }

    private static String layer(String path) {
        return path.substring(0, path.indexOf('/'));
    }

    private static TestNet transferred(TestNet net) {
        return net.model() instanceof MultiLayerNetwork network
                ? new TestNet(new TransferLearning.Builder(network).build())
                : new TestNet(new TransferLearning.GraphBuilder((ComputationGraph) net.model()).build());
    }

    private static TestNet frozenUpToTheConvolution(TestNet net) {
        return net.model() instanceof MultiLayerNetwork network
                ? new TestNet(new TransferLearning.Builder(network)
                        .setFeatureExtractor(1)
                        .build())
                : new TestNet(new TransferLearning.GraphBuilder((ComputationGraph) net.model())
                        .setFeatureExtractor("Convolution1DLayer")
                        .build());
    }

    // ---- learning rates

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void a_learning_rate_that_is_set_in_between_keeps_the_state(Case of, boolean isGraph) {
        LearningRateSchedule both = step -> step < SPLIT ? 0.01f : 0.003f;
        TestNet expected = of.start(isGraph, withLearningRate(of, both));
        train(expected, 0, STEPS);
        assertChangesOnlyTheRate(
                of, isGraph, expected, net -> Network.of(net.model()).setLearningRate(0.003));
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void a_schedule_of_dl4j_that_is_set_in_between_keeps_the_state(Case of, boolean isGraph) {
        ISchedule schedule = new StepSchedule(ScheduleType.ITERATION, 0.02, 0.5, 4);
        LearningRateSchedule both = step -> step < SPLIT ? 0.01f : schedule.valueAt((int) step, 0);
        TestNet expected = of.start(isGraph, withLearningRate(of, both));
        train(expected, 0, STEPS);
        assertChangesOnlyTheRate(of, isGraph, expected, net -> {
            if (net.model() instanceof MultiLayerNetwork network) {
                network.setLearningRate(schedule);
            } else {
                ((ComputationGraph) net.model()).setLearningRate(schedule);
            }
        });
    }

    @ParameterizedTest(name = "graph: {0}")
    @ValueSource(booleans = {false, true})
    void an_attached_optimizer_sets_the_learning_rate_of_the_network(boolean isGraph) {
        Case of = Case.EVERYTHING;
        TestNet net = of.start(isGraph);
        NetworkOptimizer optimizer = net.attach().excludeFromWeightDecay("^b$");
        train(net, 0, SPLIT);
        optimizer.setLearningRate(0.003);
        assertThat(optimizer.learningRate()).isEqualTo(0.003f);
        train(net, SPLIT, STEPS);
        TestNet expected = of.start(isGraph);
        train(expected, 0, SPLIT);
        Network.of(expected.model()).setLearningRate(0.003);
        train(expected, SPLIT, STEPS);
        assertSame(expected, net);
    }

    private static Settings withLearningRate(Case of, LearningRateSchedule schedule) {
        return of.settings.withLearningRate(new LearningRate.Scheduled(schedule));
    }

    private static void assertChangesOnlyTheRate(Case of, boolean isGraph, TestNet expected, Consumer<TestNet> change) {
        TestNet net = trained(of, isGraph, SPLIT);
        INDArray parameters = net.model().params().dup();
        INDArray state = stateOf(net).dup();
        change.accept(net);
        Bits.assertEqual("parameters", host(parameters), host(net.model().params()));
        Bits.assertEqual("state", host(state), host(stateOf(net)));
        // What was set is written and copied, too.
        TestNet read = writtenAndRead(net);
        of.attach(read);
        TestNet copy = clone(net);
        of.attach(copy);
        train(net, SPLIT, STEPS);
        assertSame(expected, net);
        train(read, SPLIT, STEPS);
        assertSame(expected, read);
        train(copy, SPLIT, STEPS);
        assertSame(expected, copy);
    }

    // ---- the state of the optimizer

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void the_state_goes_from_one_network_to_another_with_the_learning_rate(Case of, boolean isGraph) {
        TestNet expected = trained(of, isGraph, STEPS);
        TestNet from = trained(of, isGraph, SPLIT);
        TestNet to = of.start(isGraph, of.settings.withLearningRate(new LearningRate.Fixed(0.5)));
        train(to, 0, 4);
        to.model().setParams(from.model().params());
        to.attach().restore(from.attach().state());
        of.attach(to);
        assertThat(Network.of(to.model()).iterationCount()).isEqualTo(SPLIT);
        assertThat(to.attach().learningRate()).isEqualTo(0.01f);
        of.attach(to);
        train(to, SPLIT, STEPS);
        assertSame(expected, to);
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void the_state_goes_to_an_optimizer_of_another_backend_and_back(Case of, boolean isGraph) {
        TestNet expected = trained(of, isGraph, STEPS);
        TestNet net = trained(of, isGraph, SPLIT);
        NetworkOptimizer attached = net.attach().excludeFromWeightDecay("^b$");
        TestNet twin = TestNet.of(isGraph, TestNetworks.common(new Sgd(1), DataType.FLOAT));
        TestNet back = of.start(isGraph);
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = of.settings.on(backend)) {
            Map<String, HostTensor> parameters = net.parameters();
            List<TensorVariable<HostTensor>> variables = new ArrayList<>();
            parameters.forEach((path, values) -> variables.add(backend.wrap(values, path)));
            optimizer.build(variables);
            optimizer.excludeFromWeightDecay(List.of(), List.of("^b$"));
            optimizer.loadOwnVariables(attached.state());
            Bits.assertEqual("when loaded", attached.state(), optimizer.saveOwnVariables());
            for (int step = SPLIT; step < SPLIT + 2; step++) {
                DataSet batch = TestNetworks.batch(step);
                Map<String, HostTensor> gradients = net.gradientsOn(twin, batch, step);
                net.fit(batch);
                optimizer.apply(new ArrayList<>(gradients.values()));
            }
            Bits.assertEqual("parameters", parameters, net.parameters());
            Bits.assertEqual("state", optimizer.saveOwnVariables(), attached.state());
            back.model().setParams(net.model().params());
            back.attach().restore(optimizer.saveOwnVariables());
            of.attach(back);
        }
        train(back, SPLIT + 2, STEPS);
        assertSame(expected, back);
    }

    @ParameterizedTest(name = "{0}, graph: {1}")
    @MethodSource("cases")
    void a_state_that_does_not_fit_changes_nothing(Case of, boolean isGraph) {
        TestNet other = of.start(isGraph, of.settings.withLearningRate(new LearningRate.Fixed(0.5)));
        List<NamedArray> arrays = other.attach().state().arrays();
        NamedArray last = arrays.get(arrays.size() - 1);
        List<NamedArray> another = new ArrayList<>(arrays);
        another.set(
                arrays.size() - 1,
                new NamedArray(
                        last.name(),
                        HostTensor.of(
                                Shape.of(last.values().length() + 1),
                                new float[last.values().length() + 1])));
        List<NamedArray> more = new ArrayList<>(arrays);
        more.add(last);
        TestNet net = trained(of, isGraph, SPLIT);
        NetworkOptimizer optimizer = net.attach().excludeFromWeightDecay("^b$");
        TestNet untouched = trained(of, isGraph, SPLIT);
        for (List<NamedArray> wrong :
                List.of(arrays.subList(0, arrays.size() - 1), another, more, List.<NamedArray>of())) {
            assertThatThrownBy(() -> optimizer.restore(new OptimizerState(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The state has " + wrong.size() + " arrays");
            assertSame(untouched, net);
            assertThat(optimizer.learningRate()).isEqualTo(0.01f);
        }
        train(net, SPLIT, STEPS);
        assertSame(trained(of, isGraph, STEPS), net);
    }

    @Test
    void a_state_that_fits_the_first_optimizer_of_several_only_changes_nothing() {
        MultiLayerNetwork net = twoUpdaters();
        NetworkOptimizer optimizer = GradstepUpdater.attach(net);
        IntStream.range(0, SPLIT).forEach(step -> net.fit(TestNetworks.denseBatch(step)));
        TestNet before = new TestNet(net.clone());
        OptimizerState state = GradstepUpdater.attach(twoUpdaters()).state();
        List<NamedArray> wrong = state.arrays().subList(0, state.arrays().size() - 1);
        assertThatThrownBy(() -> optimizer.restore(new OptimizerState(wrong)))
                .isInstanceOf(IllegalArgumentException.class);
        assertSame(before, new TestNet(net));
    }

    @Test
    void the_state_of_several_optimizers_goes_from_one_network_to_another() {
        MultiLayerNetwork net = twoUpdaters();
        NetworkOptimizer optimizer = GradstepUpdater.attach(net);
        IntStream.range(0, SPLIT).forEach(step -> net.fit(TestNetworks.denseBatch(step)));
        MultiLayerNetwork other = twoUpdaters();
        other.setParams(net.params());
        GradstepUpdater.attach(other).restore(optimizer.state());
        IntStream.range(SPLIT, STEPS).forEach(step -> {
            net.fit(TestNetworks.denseBatch(step));
            other.fit(TestNetworks.denseBatch(step));
        });
        assertSame(new TestNet(net), new TestNet(other));
    }

    private static MultiLayerNetwork twoUpdaters() {
        MultiLayerConfiguration configuration = TestNetworks.common(
                        new GradstepUpdater(everything().build()), DataType.FLOAT)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .updater(new GradstepUpdater(
                                RMSprop.builder().learningRate(0.02).build()))
                        .build())
                .layer(new OutputLayer.Builder()
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        return net;
    }

    // ---- helpers

    private static void assertGoesOn(Case of, boolean isGraph, int split, UnaryOperator<TestNet> copy) {
        TestNet expected = trained(of, isGraph, split);
        TestNet resumed = copy.apply(trained(of, isGraph, split));
        assertSame(expected, resumed);
        of.attach(resumed);
        train(expected, split, STEPS);
        train(resumed, split, STEPS);
        assertSame(expected, resumed);
    }

    private static TestNet trained(Case of, boolean isGraph, int steps) {
        TestNet net = of.start(isGraph);
        train(net, 0, steps);
        return net;
    }

    private static void train(TestNet net, int from, int to) {
        for (int step = from; step < to; step++) {
            net.fit(TestNetworks.batch(step));
        }
    }

    private static DataSetIterator batches(int count) {
        return new ExistingDataSetIterator(
                IntStream.range(0, count).mapToObj(TestNetworks::batch).toList());
    }

    static void assertSame(TestNet expected, TestNet actual) {
        Network network = Network.of(actual.model());
        assertThat(network.iterationCount())
                .as("iteration count")
                .isEqualTo(Network.of(expected.model()).iterationCount());
        Bits.assertEqual(
                "parameters",
                host(expected.model().params()),
                host(actual.model().params()));
        Bits.assertEqual("state", host(stateOf(expected)), host(stateOf(actual)));
    }

    static INDArray stateOf(TestNet net) {
        return Network.of(net.model()).updater().getStateViewArray();
    }

    static HostTensor host(INDArray array) {
        Shape shape = Shape.of(array.length());
        INDArray rowMajor = array.dup('c');
        return array.dataType() == DataType.FLOAT
                ? HostTensor.of(shape, rowMajor.data().asFloat())
                : HostTensor.of(shape, rowMajor.data().asDouble());
    }

    private static TestNet clone(TestNet net) {
        if (net.model() instanceof MultiLayerNetwork network) {
            return new TestNet(network.clone());
        }
        ComputationGraph graph = (ComputationGraph) net.model();
        ComputationGraph copy = graph.clone();
        // DL4J does not take it along; it is the phase of an accumulation.
        copy.getConfiguration().setIterationCount(graph.getIterationCount());
        return new TestNet(copy);
    }

    private static TestNet converted(TestNet net, DataType type) {
        return new TestNet(
                net.model() instanceof MultiLayerNetwork network
                        ? network.convertDataType(type)
                        : ((ComputationGraph) net.model()).convertDataType(type));
    }

    private static TestNet writtenAndRead(TestNet net) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ModelSerializer.writeModel(net.model(), out, true);
            ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
            return new TestNet(
                    net.model() instanceof MultiLayerNetwork
                            ? ModelSerializer.restoreMultiLayerNetwork(in)
                            : ModelSerializer.restoreComputationGraph(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestNet serialized(TestNet net) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(net.model());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return new TestNet((Model) in.readObject());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
