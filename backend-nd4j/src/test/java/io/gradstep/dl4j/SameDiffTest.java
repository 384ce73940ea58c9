package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.CustomObjects;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.nd4j.SameDiffLoss;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The updater in SameDiff, which hands it the gradients of one variable after the other. */
class SameDiffTest {
    private static final int STEPS = 20;

    @TempDir
    private Path directory;

    private final ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
    private URLClassLoader application;

    /** Names {@link Objects} where an application names its own. */
    @BeforeEach
    void registerObjects() throws IOException {
        Path file = directory.resolve(CustomObjects.SERVICES_FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, Objects.class.getName());
        application = new URLClassLoader(new URL[] {directory.toUri().toURL()}, classLoader);
        Thread.currentThread().setContextClassLoader(application);
    }

    @AfterEach
    void unregisterObjects() throws IOException {
        Thread.currentThread().setContextClassLoader(classLoader);
        application.close();
    }

    /** What an updater can do alone. */
    @SuppressWarnings("ImmutableEnumChecker") // settings are immutable
    enum Case {
        PLAIN(RMSprop.builder().build()),
        ALL_AT_ONCE(RMSprop.builder()
                .momentum(0.9)
                .centered(true)
                .clipvalue(0.05)
                .lossScaleFactor(8.0)
                .gradientAccumulationSteps(3)
                .build()),
        SCHEDULED(RMSprop.builder()
                .learningRate(new ExponentialDecay(0.01, 3, 0.5, true))
                .gradientAccumulationSteps(2)
                .build()),
        STATELESS(new Descent().with(0.1));

        private final Settings settings;

        Case(Settings settings) {
            this.settings = settings;
        }
    }

    /** A rule that has no state. */
    record Descent() implements UpdateRule {
        Settings with(double learningRate) {
            return Settings.of(this).learningRate(learningRate).build();
        }

        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), slots.gradient()));
        }
    }

    /** Found by itself, as an application's would be. */
    public static final class Objects implements CustomObjects {
        @Override
        public ConfigReader addTo(ConfigReader reader) {
            return reader.withRule("Descent", config -> new Descent());
        }
    }

    /** Two dense layers. Without JUnit, which the other JVM does not need. */
    static final class Graphs {
        private Graphs() {}

        static SameDiff graph(DataType type, char order) {
            Random random = new Random(3);
            SameDiff graph = SameDiff.create();
            SDVariable x = graph.placeHolder("x", type, -1, 3);
            SDVariable y = graph.placeHolder("y", type, -1, 2);
            SDVariable kernel1 = graph.var("kernel1", normal(random, type, 3, 4).dup(order));
            SDVariable bias1 = graph.var("bias1", normal(random, type, 4));
            SDVariable kernel2 = graph.var("kernel2", normal(random, type, 4, 2).dup(order));
            SDVariable bias2 = graph.var("bias2", normal(random, type, 2));
            SDVariable hidden = graph.math.tanh(x.mmul(kernel1).add(bias1));
            SDVariable error = hidden.mmul(kernel2).add(bias2).sub(y);
            error.mul(error).mean().rename("loss");
            graph.setLossVariables("loss");
            return graph;
        }

        static SameDiff graph(DataType type, IUpdater updater) {
            SameDiff graph = graph(type, 'c');
            graph.setTrainingConfig(config(updater));
            return graph;
        }

        static TrainingConfig config(IUpdater updater) {
            return TrainingConfig.builder()
                    .updater(updater)
                    .dataSetFeatureMapping("x")
                    .dataSetLabelMapping("y")
                    .build();
        }

        static DataSet batch(DataType type, int seed) {
            Random random = new Random(seed);
            return new DataSet(normal(random, type, 5, 3), normal(random, type, 5, 2));
        }

        private static INDArray normal(Random random, DataType type, long... shape) {
            long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            double[] values = random.doubles(length, -1, 1).toArray();
            return Nd4j.createFromArray(values).reshape(shape).castTo(type);
        }

        static void fit(SameDiff graph, DataType type, int from, int to) {
            for (int step = from; step < to; step++) {
                graph.fit(batch(type, step));
            }
        }

        /** Copies of the arrays of the graph's variables, by name. */
        static Map<String, HostTensor> parameters(SameDiff graph) {
            Map<String, HostTensor> parameters = new TreeMap<>();
            for (SDVariable variable : graph.variables()) {
                if (variable.getVariableType() == VariableType.VARIABLE) {
                    parameters.put(variable.name(), host(variable.getArr()));
                }
            }
            return parameters;
        }

        static HostTensor host(INDArray array) {
            INDArray rowMajor = array.dup('c');
            Shape shape = Shape.of(array.shape());
            return array.dataType() == DataType.FLOAT
                    ? HostTensor.of(shape, rowMajor.data().asFloat())
                    : HostTensor.of(shape, rowMajor.data().asDouble());
        }
    }

    /** Started in a JVM that lacks DL4J's networks. */
    static final class WithoutNetworks {
        static final int SAVED_AFTER = 4;
        static final int STEPS = 9;

        private WithoutNetworks() {}

        static GradstepUpdater updater() {
            return new GradstepUpdater(RMSprop.builder()
                    .learningRate(new ExponentialDecay(0.01, 3, 0.5))
                    .momentum(0.9)
                    .centered(true)
                    .clipvalue(0.05)
                    .gradientAccumulationSteps(3)
                    .build());
        }

        /** Writes into the file that it is given what {@link #text} gives at the end. */
        public static void main(String[] args) throws IOException {
            try {
                Class.forName("org.deeplearning4j.nn.multilayer.MultiLayerNetwork");
                throw new AssertionError("DL4J's networks are on the class path");
            } catch (ClassNotFoundException expected) {
                // So it should be.
            }
            Path result = Path.of(args[0]);
            File model = result.resolveSibling("model").toFile();
            SameDiff graph = Graphs.graph(DataType.FLOAT, updater());
            Graphs.fit(graph, DataType.FLOAT, 0, SAVED_AFTER);
            graph.save(model, true);
            SameDiff loaded = SameDiff.load(model, true);
            if (!loaded.getTrainingConfig().getUpdater().equals(updater())) {
                throw new AssertionError("Another updater was read: "
                        + loaded.getTrainingConfig().getUpdater());
            }
            Graphs.fit(loaded, DataType.FLOAT, SAVED_AFTER, STEPS);
            Files.writeString(result, text(loaded));
        }

        static String text(SameDiff graph) {
            return Graphs.parameters(graph).entrySet().stream()
                    .map(parameter -> parameter.getKey() + " "
                            + Arrays.toString(parameter.getValue().floats()) + "\n")
                    .collect(Collectors.joining());
        }
    }

    // ---- bits

    static Stream<Arguments> cases() {
        return Arrays.stream(Case.values())
                .flatMap(each -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                        .flatMap(type -> Stream.of('c', 'f').map(order -> Arguments.of(each, type, order))));
    }

    @ParameterizedTest(name = "{0}, {1}, parameters in the order {2}")
    @MethodSource("cases")
    void a_graph_is_stepped_as_an_optimizer_steps(Case of, DataType type, char order) {
        SameDiff graph = Graphs.graph(type, order);
        graph.setTrainingConfig(Graphs.config(new GradstepUpdater(of.settings)));
        try (Expected expected = new Expected(of.settings, graph, type)) {
            for (int step = 0; step < STEPS; step++) {
                expected.step(Graphs.batch(type, step));
                graph.fit(Graphs.batch(type, step));
                Bits.assertEqual("after step " + step, expected.parameters, Graphs.parameters(graph));
            }
        }
    }

    /** What an optimizer on the reference backend makes of the gradients of a twin of the graph. */
    private static final class Expected implements AutoCloseable {
        private final SameDiff twin;
        private final Map<String, HostTensor> parameters;
        private final Backend<HostTensor> backend = new ReferenceProvider().open();
        private final Optimizer<HostTensor> optimizer;

        Expected(Settings settings, SameDiff graph, DataType type) {
            this.twin = Graphs.graph(type, 'c');
            this.parameters = Graphs.parameters(graph);
            this.optimizer = settings.on(backend);
            List<TensorVariable<HostTensor>> variables = new ArrayList<>();
            parameters.forEach((name, values) -> variables.add(backend.wrap(values, name)));
            optimizer.build(variables);
        }

        void step(DataSet batch, Regularization... regularizations) {
            parameters.forEach((name, values) -> {
                INDArray array = twin.getVariable(name).getArr();
                INDArray source = array.dataType() == DataType.FLOAT
                        ? Nd4j.createFromArray(values.floats())
                        : Nd4j.createFromArray(values.doubles());
                array.assign(source.reshape(array.shape()));
            });
            Map<String, INDArray> placeholders = Map.of("x", batch.getFeatures(), "y", batch.getLabels());
            Map<String, INDArray> gradients = twin.calculateGradients(placeholders, parameters.keySet());
            for (Regularization each : regularizations) {
                gradients.forEach(
                        (name, gradient) -> each.apply(twin.getVariable(name).getArr(), gradient, Double.NaN, 0, 0));
            }
            optimizer.apply(parameters.keySet().stream()
                    .map(name -> Graphs.host(gradients.get(name)))
                    .toList());
        }

        @Override
        public void close() {
            optimizer.close();
            backend.close();
        }
    }

    @Test
    void regularization_of_samediff_keeps_working_beside_it() {
        Settings settings = Case.ALL_AT_ONCE.settings;
        SameDiff graph = Graphs.graph(DataType.FLOAT, 'c');
        Regularization l1 = new L1Regularization(0.01);
        Regularization l2 = new L2Regularization(0.02);
        TrainingConfig config = Graphs.config(new GradstepUpdater(settings));
        config.setRegularization(List.of(l1, l2));
        graph.setTrainingConfig(config);
        try (Expected expected = new Expected(settings, graph, DataType.FLOAT)) {
            for (int step = 0; step < STEPS; step++) {
                expected.step(Graphs.batch(DataType.FLOAT, step), l1, l2);
                Graphs.fit(graph, DataType.FLOAT, step, step + 1);
                Bits.assertEqual("after step " + step, expected.parameters, Graphs.parameters(graph));
            }
        }
    }

    @Test
    void batches_and_epochs_of_one_fit_are_steps_like_any_other() {
        SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(Case.ALL_AT_ONCE.settings));
        SameDiff stepwise = Graphs.graph(DataType.FLOAT, new GradstepUpdater(Case.ALL_AT_ONCE.settings));
        DataSet batch = Graphs.batch(DataType.FLOAT, 0);
        graph.fit(new SingletonDataSetIterator(batch), 7);
        for (int step = 0; step < 7; step++) {
            stepwise.fit(batch);
        }
        Bits.assertEqual("after 7 epochs", Graphs.parameters(stepwise), Graphs.parameters(graph));
    }

    @Test
    void a_constant_that_becomes_a_variable_is_stepped_from_then_on() {
        for (Settings settings : List.of(Case.PLAIN.settings, Case.STATELESS.settings)) {
            SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(settings));
            graph.convertToConstant(graph.getVariable("kernel1"));
            Graphs.fit(graph, DataType.FLOAT, 0, 2);
            graph.convertToVariable(graph.getVariable("kernel1"));
            try (Expected expected = new Expected(settings, graph, DataType.FLOAT)) {
                expected.step(Graphs.batch(DataType.FLOAT, 2));
                Graphs.fit(graph, DataType.FLOAT, 2, 3);
                // Only its state is as new as that of all expected ones.
                Bits.assertEqual(
                        "kernel1",
                        expected.parameters.get("kernel1"),
                        Graphs.parameters(graph).get("kernel1"));
            }
        }
    }

    static Stream<Arguments> layouts() {
        return Arrays.stream(Case.values())
                .flatMap(each -> Stream.of(0, 1, 2, 3).map(first -> Arguments.of(each, first)));
    }

    @ParameterizedTest(name = "{0}, from layout {1}")
    @MethodSource("layouts")
    void gradients_may_come_in_any_order(Case of, int first) {
        GradientUpdater<?> updater = updaterOfMatrix(of.settings);
        GradientUpdater<?> other = updaterOfMatrix(of.settings);
        for (int step = 0; step < STEPS; step++) {
            INDArray gradient = Graphs.batch(DataType.FLOAT, step).getFeatures();
            INDArray changing = inOrder(gradient, (first + step) % 4);
            updater.applyUpdater(gradient, step, 0);
            other.applyUpdater(changing, step, 0);
            Bits.assertEqual("step " + step, Graphs.host(gradient), Graphs.host(changing));
        }
    }

    @Test
    void what_lies_between_the_elements_of_a_gradient_is_left_alone() {
        INDArray wider = Nd4j.ones(DataType.FLOAT, 10, 7);
        INDArray gradient = viewWithGaps(wider);
        GradientUpdater<?> updater = updaterOfMatrix(Case.PLAIN.settings);
        updater.applyUpdater(gradient.dup('c'), 0, 0);
        updater.applyUpdater(gradient, 1, 0);
        gradient.assign(1);
        Bits.assertEqual("the array", Graphs.host(Nd4j.ones(DataType.FLOAT, 10, 7)), Graphs.host(wider));
    }

    private static GradientUpdater<?> updaterOfMatrix(Settings settings) {
        IUpdater config = new GradstepUpdater(settings);
        long size = config.stateSize(15);
        INDArray state = size == 0 ? null : Nd4j.createUninitialized(DataType.FLOAT, 1, size);
        GradientUpdater<?> updater = config.instantiate(state, false);
        updater.setStateViewArray(state, new long[] {5, 3}, 'c', true);
        return updater;
    }

    private static INDArray inOrder(INDArray matrix, int which) {
        return switch (which) {
            case 0 -> matrix.dup('f');
            case 1 -> matrix.dup('c');
            case 2 -> matrix.transpose().dup('c').transpose();
            default -> viewWithGaps(Nd4j.ones(DataType.FLOAT, 10, 7)).assign(matrix);
        };
    }

    private static INDArray viewWithGaps(INDArray wider) {
        return wider.get(NDArrayIndex.interval(0, 2, 10), NDArrayIndex.interval(1, 2, 7));
    }

    // ---- files

    static Stream<Arguments> savings() {
        return Arrays.stream(Case.values())
                .flatMap(each -> Stream.of(3, 4, 5).map(savedAfter -> Arguments.of(each, savedAfter)));
    }

    @ParameterizedTest(name = "{0}, saved after step {1}")
    @MethodSource("savings")
    void a_loaded_graph_goes_on_with_the_same_bits(Case of, int savedAfter) {
        SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(of.settings));
        Graphs.fit(graph, DataType.FLOAT, 0, savedAfter);
        File file = directory.resolve("model").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        assertThat(loaded.getTrainingConfig().getUpdater())
                .isEqualTo(graph.getTrainingConfig().getUpdater());
        for (int step = savedAfter; step < savedAfter + 7; step++) {
            Graphs.fit(graph, DataType.FLOAT, step, step + 1);
            Graphs.fit(loaded, DataType.FLOAT, step, step + 1);
            Bits.assertEqual("after step " + step, Graphs.parameters(graph), Graphs.parameters(loaded));
        }
    }

    @Test
    void a_loaded_graph_of_parameters_in_fortran_order_goes_on_with_the_same_bits() {
        SameDiff graph = Graphs.graph(DataType.DOUBLE, 'f');
        graph.setTrainingConfig(Graphs.config(new GradstepUpdater(Case.ALL_AT_ONCE.settings)));
        Graphs.fit(graph, DataType.DOUBLE, 0, 5);
        File file = directory.resolve("model").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        Graphs.fit(graph, DataType.DOUBLE, 5, 12);
        Graphs.fit(loaded, DataType.DOUBLE, 5, 12);
        Bits.assertEqual("after loading", Graphs.parameters(graph), Graphs.parameters(loaded));
    }

    @Test
    void state_of_other_settings_is_refused() {
        SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(Case.PLAIN.settings));
        Graphs.fit(graph, DataType.FLOAT, 0, 1);
        GradstepUpdater other =
                new GradstepUpdater(RMSprop.builder().momentum(0.9).build());
        Map<String, INDArray> state = Map.of("velocity", Nd4j.zeros(DataType.FLOAT, 2));
        assertThatThrownBy(() -> other.instantiate(state, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[velocity, momentum]")
                .hasMessageContaining("Received: [velocity]");
    }

    @ParameterizedTest
    @EnumSource
    void a_training_configuration_is_read_as_it_was_written(Case of) {
        TrainingConfig config = Graphs.config(new GradstepUpdater(of.settings));
        TrainingConfig read = TrainingConfig.fromJson(config.toJson());
        assertThat(read).isEqualTo(config);
        assertThat(read.toJson()).isEqualTo(config.toJson());
    }

    @Test
    void a_schedule_of_dl4j_is_read_as_it_was_written() {
        GradstepUpdater updater = new GradstepUpdater(Case.PLAIN.settings);
        updater.setLrAndSchedule(Double.NaN, new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9));
        TrainingConfig config = Graphs.config(updater);
        TrainingConfig read = TrainingConfig.fromJson(config.toJson());
        assertThat(read).isEqualTo(config);
        assertThat(read.getUpdater().getLearningRate(2, 0)).isEqualTo(0.1 * 0.9 * 0.9);
    }

    // ---- what an updater cannot do alone

    /** What needs the parameters. */
    @SuppressWarnings("ImmutableEnumChecker") // settings are immutable
    enum Refused {
        CLIPNORM(RMSprop.builder().clipnorm(0.1)),
        GLOBAL_CLIPNORM(RMSprop.builder().globalClipnorm(0.1)),
        WEIGHT_DECAY(RMSprop.builder().weightDecay(0.1)),
        USE_EMA(RMSprop.builder().useEma(true).emaOverwriteFrequency(2));

        private final RMSprop settings;

        Refused(RMSprop.Builder settings) {
            this.settings = settings.build();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_needs_the_parameters_is_refused_before_anything_changes(Refused refused) {
        SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(refused.settings));
        Map<String, HostTensor> before = Graphs.parameters(graph);
        for (int step = 0; step < 2; step++) {
            assertThatThrownBy(() -> graph.fit(Graphs.batch(DataType.FLOAT, 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(refused.name().toLowerCase(Locale.ROOT) + "=")
                    .hasMessageContaining("SameDiffLoss")
                    .hasMessageContaining("optimizer.minimize(loss, variables)");
            Bits.assertEqual("after the refusal", before, Graphs.parameters(graph));
        }
    }

    /** What the refusal advises, on the graph that was refused. */
    @ParameterizedTest
    @EnumSource
    void what_is_refused_works_with_an_optimizer_of_ones_own(Refused refused) {
        SameDiff graph = Graphs.graph(DataType.FLOAT, new GradstepUpdater(refused.settings));
        assertThatThrownBy(() -> graph.fit(Graphs.batch(DataType.FLOAT, 0))).hasMessageContaining("SameDiffLoss");
        DataSet[] batch = new DataSet[1];
        try (Backend<INDArray> backend = new Nd4jProvider().open();
                Optimizer<INDArray> optimizer = refused.settings.on(backend);
                SameDiffLoss loss = SameDiffLoss.of(
                        graph, "loss", () -> Map.of("x", batch[0].getFeatures(), "y", batch[0].getLabels()));
                Expected expected = new Expected(refused.settings, graph, DataType.FLOAT)) {
            List<TensorVariable<INDArray>> variables = loss.variables(backend);
            for (int step = 0; step < STEPS; step++) {
                batch[0] = Graphs.batch(DataType.FLOAT, step);
                optimizer.minimize(loss, variables);
                expected.step(batch[0]);
                Bits.assertEqual("after step " + step, expected.parameters, Graphs.parameters(graph));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HALF", "BFLOAT16"})
    void parameters_that_no_rule_runs_in_are_refused(String type) {
        SameDiff graph = Graphs.graph(DataType.valueOf(type), new GradstepUpdater(Case.PLAIN.settings));
        INDArray kernel = graph.getVariable("kernel1").getArr();
        INDArray before = kernel.dup();
        assertThatThrownBy(() -> graph.fit(Graphs.batch(DataType.valueOf(type), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Rules run in FLOAT and DOUBLE. Received: parameters of the type " + type);
        assertThat(kernel).isEqualTo(before);
    }

    // ---- class path

    /** Its methods that attach to networks must not be looked at. */
    @Test
    void a_graph_is_trained_saved_and_loaded_where_there_are_no_networks() throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().contains("deeplearning4j"))
                .collect(Collectors.joining(File.pathSeparator));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path result = directory.resolve("result");
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        java.toString(), "-cp", classPath, WithoutNetworks.class.getName(), result.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        assertThat(exit).as(() -> text(output)).isZero();
        SameDiff graph = Graphs.graph(DataType.FLOAT, WithoutNetworks.updater());
        Graphs.fit(graph, DataType.FLOAT, 0, WithoutNetworks.STEPS);
        assertThat(result).content().isEqualTo(WithoutNetworks.text(graph));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
