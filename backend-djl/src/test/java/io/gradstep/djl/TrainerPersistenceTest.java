package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.WeightsFile;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import io.gradstep.tck.Lion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training goes on from a state in another model, whose ids are others, as if nothing had been between. */
final class TrainerPersistenceTest {
    private static final int BEFORE = 7;
    private static final int AFTER = 10;
    private static final String NAME = "test";

    @TempDir
    private Path directory;

    enum Case {
        PLAIN {
            @Override
            Settings settings() {
                return new RMSprop(0.001);
            }
        },
        EVERYTHING {
            @Override
            Settings settings() {
                return TestModel.everything().lossScaleFactor(8.0).build();
            }
        },
        A_LOSS_SCALE {
            @Override
            Settings settings() {
                return new LossScale(TestModel.everything().build(), 64, 3, null);
            }
        },
        A_RULE_OF_ONES_OWN {
            @Override
            Settings settings() {
                return Settings.of(new Lion(0.9, 0.99))
                        .learningRate(0.001)
                        .weightDecay(0.01)
                        .globalClipnorm(0.1)
                        .build();
            }
        };

        /** Of another automatic name each time. */
        abstract Settings settings();
    }

    /** A model and its optimizer, in training. */
    private static final class Run implements AutoCloseable {
        private final TestModel model = TestModel.mlp();
        private final GradstepOptimizer optimizer;

        private Run(Settings settings) {
            optimizer = GradstepOptimizer.of(settings, model.model()).excludeFromWeightDecay("bias");
        }

        static Run begin(Settings settings) {
            Run run = new Run(settings);
            run.train();
            return run;
        }

        static Run load(Settings settings, Path directory) throws Exception {
            Run run = new Run(settings);
            run.model.model().load(directory, NAME);
            run.train();
            return run;
        }

        private void train() {
            model.train(new DefaultTrainingConfig(optimizer.scaledLoss(TestModel.loss())).optOptimizer(optimizer));
        }

        Run steps(int from, int to) {
            for (int step = from; step < to; step++) {
                model.backward(step);
                model.trainer().step();
            }
            return this;
        }

        void freeze(String key, boolean frozen) {
            model.parameter(key).freeze(frozen);
        }

        Path save(Path directory) throws IOException {
            model.model().save(directory, NAME);
            return directory;
        }

        OptimizerState state() {
            return optimizer.state();
        }

        @Override
        public void close() {
            optimizer.close();
            model.close();
        }
    }

    private static void assertEqual(Run expected, Run actual) {
        Bits.assertEqual("of the model", expected.model.parameters(), actual.model.parameters());
        assertThat(actual.optimizer.iterations()).isEqualTo(expected.optimizer.iterations());
        // The names of the optimizers differ.
        Bits.assertEqual("of the state", expected.state(), actual.state().named(names(expected.state())));
        assertThat(withoutOptimizers(actual.state())).isEqualTo(withoutOptimizers(expected.state()));
    }

    private static List<String> names(OptimizerState state) {
        return state.arrays().stream().map(NamedArray::name).toList();
    }

    private static List<String> withoutOptimizers(OptimizerState state) {
        return names(state).stream()
                .map(name -> name.substring(name.indexOf('/') + 1))
                .toList();
    }

    // ---- names

    @Test
    void the_state_of_everything_is_in_kerass_order() {
        Settings settings =
                TestModel.everything().learningRate(0.01).name("rmsprop").build();
        try (Run run = Run.begin(settings)) {
            assertThat(names(run.state()))
                    .containsExactly(
                            "rmsprop/iteration",
                            "rmsprop/learning_rate",
                            "rmsprop/01Linear_weight_average",
                            "rmsprop/01Linear_bias_average",
                            "rmsprop/03Linear_weight_average",
                            "rmsprop/03Linear_bias_average",
                            "rmsprop/01Linear_weight_gradient_accumulator",
                            "rmsprop/01Linear_bias_gradient_accumulator",
                            "rmsprop/03Linear_weight_gradient_accumulator",
                            "rmsprop/03Linear_bias_gradient_accumulator",
                            "rmsprop/01Linear_weight_velocity",
                            "rmsprop/01Linear_bias_velocity",
                            "rmsprop/03Linear_weight_velocity",
                            "rmsprop/03Linear_bias_velocity",
                            "rmsprop/01Linear_weight_momentum",
                            "rmsprop/01Linear_bias_momentum",
                            "rmsprop/03Linear_weight_momentum",
                            "rmsprop/03Linear_bias_momentum",
                            "rmsprop/01Linear_weight_average_gradient",
                            "rmsprop/01Linear_bias_average_gradient",
                            "rmsprop/03Linear_weight_average_gradient",
                            "rmsprop/03Linear_bias_average_gradient");
        }
    }

    @Test
    void a_loss_scale_comes_before_what_is_in_it() {
        Settings settings = new LossScale(RMSprop.builder().name("rmsprop").build(), 64, 3, "scale");
        try (Run run = Run.begin(settings)) {
            assertThat(names(run.state()))
                    .containsExactly(
                            "scale/iteration",
                            "scale/learning_rate",
                            "scale/step_counter",
                            "scale/dynamic_scale",
                            "rmsprop/iteration",
                            "rmsprop/learning_rate",
                            "rmsprop/01Linear_weight_velocity",
                            "rmsprop/01Linear_bias_velocity",
                            "rmsprop/03Linear_weight_velocity",
                            "rmsprop/03Linear_bias_velocity");
        }
    }

    @Test
    void a_state_is_a_copy() {
        try (Run run = Run.begin(new RMSprop(0.001)).steps(0, 1)) {
            OptimizerState state = run.state();
            float[] before = state.arrays().get(2).values().floats().clone();
            run.steps(1, 3);
            assertThat(state.arrays().get(2).values().floats()).containsExactly(before);
        }
    }

    // ---- going on

    @ParameterizedTest
    @EnumSource
    void training_goes_on_in_another_model(Case of) throws Exception {
        try (Run whole = Run.begin(of.settings()).steps(0, BEFORE + AFTER);
                Run first = Run.begin(of.settings()).steps(0, BEFORE);
                Run second = Run.load(of.settings(), first.save(directory))) {
            assertThat(second.model.parameter("01Linear_weight").getId())
                    .isNotEqualTo(first.model.parameter("01Linear_weight").getId());
            second.optimizer.restore(first.state());
            assertEqual(first, second);
            assertEqual(whole, second.steps(BEFORE, BEFORE + AFTER));
        }
    }

    @ParameterizedTest
    @EnumSource
    void state_goes_through_a_file_of_kerass_where_it_has_no_names(Case of) throws Exception {
        Settings settings = of.settings();
        Path file = directory.resolve("state.weights.h5");
        try (Run whole = Run.begin(of.settings()).steps(0, BEFORE + AFTER);
                Run first = Run.begin(settings).steps(0, BEFORE);
                Run second = Run.load(of.settings(), first.save(directory))) {
            new WeightsFile().optimizer(settings, first.state()).writeTo(file);
            try (KerasFile read = KerasFile.open(file)) {
                second.optimizer.restore(read.optimizerState());
            }
            assertEqual(first, second);
            assertEqual(whole, second.steps(BEFORE, BEFORE + AFTER));
        }
    }

    @Test
    void the_second_restore_is_the_one_that_counts() {
        Settings settings = TestModel.everything().build();
        try (Run whole = Run.begin(settings).steps(0, BEFORE + AFTER);
                Run other = Run.begin(settings);
                Run run = Run.begin(settings).steps(0, BEFORE)) {
            OptimizerState state = run.state();
            run.optimizer.restore(other.state());
            assertThat(run.optimizer.iterations()).isZero();
            run.optimizer.restore(state);
            run.optimizer.restore(state);
            assertEqual(whole, run.steps(BEFORE, BEFORE + AFTER));
        }
    }

    @Test
    void a_restored_learning_rate_may_be_changed() {
        try (Run whole = Run.begin(new RMSprop(0.01)).steps(0, BEFORE);
                Run run = Run.begin(new RMSprop(0.5)).steps(0, BEFORE)) {
            Map<String, HostTensor> weights = whole.model.parameters();
            try (Run other = Run.begin(new RMSprop(0.5))) {
                set(other, weights);
                other.optimizer.restore(whole.state());
                assertThat(other.optimizer.learningRate()).isEqualTo((double) 0.01f);
                whole.optimizer.setLearningRate(0.002);
                other.optimizer.setLearningRate(0.002);
                assertEqual(whole.steps(BEFORE, BEFORE + AFTER), other.steps(BEFORE, BEFORE + AFTER));
            }
            run.optimizer.restore(whole.state());
            assertThat(run.optimizer.learningRate()).isEqualTo((double) 0.002f);
        }
    }

    private static void set(Run run, Map<String, HostTensor> weights) {
        boolean gradMode = Torch.gradMode();
        Torch.setGradMode(false);
        try (NDManager manager = run.model.model().getNDManager().newSubManager()) {
            for (ModelParameter parameter : ModelParameter.of(run.model.model().getBlock())) {
                manager.create(
                                weights.get(parameter.path()).floats(),
                                parameter.array().getShape())
                        .copyTo(parameter.array());
            }
        } finally {
            Torch.setGradMode(gradMode);
        }
    }

    /** Keras's state has an order; names are enough here. */
    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "EVERYTHING", "A_RULE_OF_ONES_OWN"})
    void names_count_and_not_the_order(Case of) {
        try (Run first = Run.begin(of.settings()).steps(0, BEFORE);
                Run second = Run.begin(of.settings())) {
            List<NamedArray> shuffled = new ArrayList<>(first.state().arrays());
            Collections.shuffle(shuffled, new Random(1));
            second.optimizer.restore(new OptimizerState(shuffled));
            Bits.assertEqual("restored", first.state(), second.state().named(names(first.state())));
        }
    }

    // ---- in another process

    @ParameterizedTest
    @EnumSource
    void training_goes_on_in_another_process(Case of) throws Exception {
        for (String what : List.of("begin", "go on")) {
            OtherProcess.run(directory, List.of(), InAnotherProcess.class, of.name(), directory.toString(), what);
        }
        try (Run whole = Run.begin(of.settings()).steps(0, BEFORE + AFTER);
                Run end = Run.load(of.settings(), directory)) {
            end.optimizer.restore(InAnotherProcess.read(directory));
            assertEqual(whole, end);
        }
    }

    /** Trains for a while, and leaves model and state in a directory. */
    static final class InAnotherProcess {
        private InAnotherProcess() {}

        public static void main(String[] arguments) throws Exception {
            Case of = Case.valueOf(arguments[0]);
            Settings settings = of.settings();
            Path directory = Path.of(arguments[1]);
            if (arguments[2].equals("begin")) {
                // Another automatic name than in the other processes: the second there is.
                settings = of.settings();
                try (Run run = Run.begin(settings)) {
                    write(directory, run.steps(0, BEFORE));
                }
            } else {
                try (Run run = Run.load(settings, directory)) {
                    run.optimizer.restore(read(directory));
                    write(directory, run.steps(BEFORE, BEFORE + AFTER));
                }
            }
        }

        private static void write(Path directory, Run run) throws IOException {
            run.save(directory);
            Files.write(directory.resolve("names"), names(run.state()), StandardCharsets.UTF_8);
            WeightsFile file = new WeightsFile();
            for (NamedArray array : run.state().arrays()) {
                file.array(array.name(), array.values());
            }
            file.writeTo(directory.resolve("state.weights.h5"));
        }

        static OptimizerState read(Path directory) throws IOException {
            List<NamedArray> arrays = new ArrayList<>();
            try (KerasFile file = KerasFile.open(directory.resolve("state.weights.h5"))) {
                for (String name : Files.readAllLines(directory.resolve("names"), StandardCharsets.UTF_8)) {
                    arrays.add(new NamedArray(name, file.array(name)));
                }
            }
            return new OptimizerState(arrays);
        }
    }

    // ---- other optimizers

    /** How an optimizer of gradstep's comes to its state. */
    enum Building {
        BY_BUILD {
            @Override
            void of(Optimizer<HostTensor> optimizer, List<TensorVariable<HostTensor>> variables) {
                optimizer.build(variables);
            }
        },
        /** A loss scale's state has longer names then, in Keras, too. */
        BY_THE_FIRST_STEP {
            @Override
            void of(Optimizer<HostTensor> optimizer, List<TensorVariable<HostTensor>> variables) {}
        };

        abstract void of(Optimizer<HostTensor> optimizer, List<TensorVariable<HostTensor>> variables);
    }

    static Stream<Arguments> casesAndBuildings() {
        return Stream.of(Case.values())
                .flatMap(of -> Stream.of(Building.values()).map(building -> Arguments.of(of, building)));
    }

    @ParameterizedTest
    @MethodSource("casesAndBuildings")
    void state_comes_from_a_plain_optimizer_on_another_backend_and_goes_back(Case of, Building building) {
        try (Run whole = Run.begin(of.settings());
                Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> plain = of.settings().on(backend);
                Run run = Run.begin(of.settings())) {
            Map<String, HostTensor> values = whole.model.parameters();
            List<TensorVariable<HostTensor>> variables = new ArrayList<>();
            values.forEach((path, value) -> variables.add(backend.wrap(value, path)));
            plain.excludeFromWeightDecay(List.of(), List.of("bias"));
            building.of(plain, variables);
            for (int step = 0; step < BEFORE; step++) {
                whole.model.backward(step);
                plain.apply(new ArrayList<>(whole.model.gradients().values()), variables);
                whole.model.trainer().step();
            }
            set(run, values);
            run.optimizer.restore(plain.saveOwnVariables());
            assertEqual(whole, run);
            assertEqual(whole.steps(BEFORE, BEFORE + AFTER), run.steps(BEFORE, BEFORE + AFTER));
            plain.loadOwnVariables(run.state());
            Bits.assertEqual("back", run.state(), plain.saveOwnVariables().named(names(run.state())));
        }
    }

    // ---- frozen and new parameters

    @Test
    void a_parameter_that_was_frozen_goes_on_with_its_state() throws Exception {
        String key = "01Linear_weight";
        Settings settings = TestModel.everything().build();
        try (Run whole = Run.begin(settings).steps(0, BEFORE);
                Run second = Run.load(settings, whole.save(directory))) {
            OptimizerState state = whole.state();
            second.freeze(key, true);
            second.optimizer.restore(state);
            Bits.assertEqual("restored", state, second.state());
            whole.freeze(key, true);
            whole.steps(BEFORE, BEFORE + 5);
            second.steps(BEFORE, BEFORE + 5);
            whole.freeze(key, false);
            second.freeze(key, false);
            assertEqual(whole.steps(BEFORE + 5, BEFORE + AFTER), second.steps(BEFORE + 5, BEFORE + AFTER));
        }
    }

    @Test
    void a_parameter_that_is_frozen_when_the_state_is_taken_is_in_it_if_it_ever_was_trained() throws Exception {
        String key = "01Linear_weight";
        Settings settings = TestModel.everything().build();
        try (Run whole = Run.begin(settings).steps(0, BEFORE)) {
            whole.freeze(key, true);
            whole.steps(BEFORE, BEFORE + 5);
            try (Run second = Run.load(settings, whole.save(directory))) {
                second.optimizer.restore(whole.state());
                whole.freeze(key, false);
                assertEqual(whole, second);
                assertEqual(whole.steps(BEFORE + 5, BEFORE + AFTER), second.steps(BEFORE + 5, BEFORE + AFTER));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_parameter_that_never_was_trained_is_not_in_the_state_and_begins_anew(boolean frozen) throws Exception {
        String key = "01Linear_weight";
        Settings settings = TestModel.everything().build();
        try (Run whole = Run.begin(settings)) {
            whole.freeze(key, true);
            whole.steps(0, BEFORE);
            assertThat(names(whole.state())).isNotEmpty().noneMatch(name -> name.contains(key));
            OptimizerState state = whole.state();
            whole.freeze(key, false);
            try (Run second = Run.load(settings, whole.save(directory)).steps(BEFORE, BEFORE + 2)) {
                set(second, whole.model.parameters());
                second.freeze(key, frozen);
                second.optimizer.restore(state);
                second.freeze(key, false);
                assertEqual(whole.steps(BEFORE, BEFORE + AFTER), second.steps(BEFORE, BEFORE + AFTER));
            }
        }
    }

    // ---- what does not fit

    private static OptimizerState with(OptimizerState state, NamedArray array) {
        List<NamedArray> arrays = new ArrayList<>(state.arrays());
        arrays.add(array);
        return new OptimizerState(arrays);
    }

    private static OptimizerState without(OptimizerState state, String end) {
        List<NamedArray> arrays = new ArrayList<>(state.arrays());
        assertThat(arrays.removeIf(array -> array.name().endsWith(end))).isTrue();
        return new OptimizerState(arrays);
    }

    private static OptimizerState numbered(OptimizerState state) {
        List<String> numbers = new ArrayList<>();
        state.arrays().forEach(array -> numbers.add("optimizer/vars/" + numbers.size()));
        return state.named(numbers);
    }

    private static HostTensor zeros(long... lengths) {
        return HostTensor.filled(DType.FLOAT32, Shape.of(lengths), 0);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("nothing at all", "iteration", state -> new OptimizerState(List.of())),
                damage(
                        "an array of no variable",
                        "03Linear_other_velocity",
                        state -> with(state, new NamedArray("rmsprop/03Linear_other_velocity", zeros(5)))),
                damage(
                        "an array that the optimizer has no use for",
                        "03Linear_bias_other",
                        state -> with(state, new NamedArray("rmsprop/03Linear_bias_other", zeros(3)))),
                damage(
                        "an array twice",
                        "03Linear_bias_momentum",
                        state -> with(state, state.arrays().get(state.arrays().size() - 1))),
                damage("without an array", "01Linear_bias_velocity", state -> without(state, "01Linear_bias_velocity")),
                damage("without the learning rate", "learning_rate", state -> without(state, "learning_rate")),
                damage("without the counter", "iteration", state -> without(state, "iteration")),
                damage("another shape", "01Linear_bias_velocity", state -> {
                    OptimizerState rest = without(state, "01Linear_bias_velocity");
                    return with(rest, new NamedArray("rmsprop/01Linear_bias_velocity", zeros(6)));
                }),
                damage(
                        "by position, one less",
                        "9 arrays for 10",
                        state -> numbered(without(state, "03Linear_bias_momentum"))),
                damage(
                        "by position, one more",
                        "11 arrays for 10",
                        state -> numbered(with(state, state.arrays().get(0)))),
                damage("by position, in another order", "<- does not fit", state -> {
                    List<NamedArray> arrays = new ArrayList<>(state.arrays());
                    Collections.swap(arrays, 3, 4);
                    return numbered(new OptimizerState(arrays));
                }));
    }

    private static Arguments damage(String name, String named, UnaryOperator<OptimizerState> damage) {
        return Arguments.argumentSet(name, named, damage);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void what_does_not_fit_is_refused_with_nothing_changed(String named, UnaryOperator<OptimizerState> damage) {
        Settings settings = RMSprop.builder().name("rmsprop").momentum(0.9).build();
        try (Run whole = Run.begin(settings).steps(0, BEFORE + AFTER);
                Run run = Run.begin(settings).steps(0, BEFORE);
                Run other = Run.begin(settings).steps(20, 22)) {
            OptimizerState damaged = damage.apply(other.state());
            int count = Census.count(run.model.model().getNDManager());
            assertThatThrownBy(() -> run.optimizer.restore(damaged))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(named);
            assertThat(Census.count(run.model.model().getNDManager())).isEqualTo(count);
            assertEqual(whole, run.steps(BEFORE, BEFORE + AFTER));
        }
    }

    static Stream<Arguments> otherSettings() {
        return Stream.of(
                Arguments.of(RMSprop.builder().momentum(0.9).build(), new RMSprop(0.001)),
                Arguments.of(new RMSprop(0.001), RMSprop.builder().momentum(0.9).build()),
                Arguments.of(new RMSprop(0.001), TestModel.everything().build()),
                Arguments.of(new RMSprop(0.001), new LossScale(new RMSprop(0.001))),
                Arguments.of(new LossScale(new RMSprop(0.001)), new RMSprop(0.001)),
                Arguments.of(
                        new RMSprop(0.001),
                        Settings.of(new Lion(0.9, 0.99)).learningRate(0.001).build()),
                Arguments.of(
                        new RMSprop(0.001),
                        RMSprop.builder()
                                .learningRate(new ExponentialDecay(0.01, 10, 0.9))
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("otherSettings")
    void so_is_the_state_of_other_settings(Settings settings, Settings others) {
        try (Run run = Run.begin(settings).steps(0, 3);
                Run other = Run.begin(others).steps(0, 3)) {
            OptimizerState before = run.state();
            for (OptimizerState state : List.of(other.state(), numbered(other.state()))) {
                if (state.arrays().size() == before.arrays().size()
                        && numbered(state).equals(state)) {
                    // By position alone nobody can tell: the shapes are the same.
                    continue;
                }
                assertThatThrownBy(() -> run.optimizer.restore(state)).isInstanceOf(IllegalArgumentException.class);
                Bits.assertEqual("refused", before, run.state());
            }
        }
    }

    @Test
    void null_is_no_state() {
        try (Run run = Run.begin(new RMSprop(0.001)).steps(0, 2)) {
            OptimizerState before = run.state();
            assertThatThrownBy(() -> run.optimizer.restore(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("The state is null");
            Bits.assertEqual("refused", before, run.state());
        }
    }

    @Test
    void a_model_without_arrays_takes_no_state() {
        try (Run run = Run.begin(new RMSprop(0.001)).steps(0, 2);
                TestModel empty = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.001), empty.model())) {
            for (OptimizerState state : List.of(run.state(), numbered(run.state()))) {
                assertThatThrownBy(() -> optimizer.restore(state))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has no parameter that can be trained. Initialize it");
            }
            assertThatThrownBy(optimizer::state)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Initialize it");
            empty.train(optimizer);
            optimizer.restore(run.state());
            assertThat(optimizer.iterations()).isEqualTo(2);
        }
    }

    @Test
    void nor_does_a_model_without_a_block() {
        try (Run run = Run.begin(new RMSprop(0.001)).steps(0, 2);
                Model empty = Model.newInstance("empty", "PyTorch");
                GradstepOptimizer optimizer = GradstepOptimizer.of(new RMSprop(0.001), empty)) {
            assertThatThrownBy(() -> optimizer.restore(run.state()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The model empty has no block");
        }
    }

    /** Loading gives each parameter another array. */
    @Test
    void a_model_that_is_loaded_anew_keeps_its_state() throws Exception {
        Settings settings = TestModel.everything().build();
        try (Run whole = Run.begin(settings).steps(0, BEFORE);
                Run run = Run.begin(settings).steps(0, BEFORE)) {
            Parameter weight = run.model.parameter("01Linear_weight");
            Object before = weight.getArray();
            run.save(directory);
            run.model.model().load(directory, NAME);
            assertThat(weight.getArray()).isNotSameAs(before);
            assertEqual(whole, run);
        }
    }
}
