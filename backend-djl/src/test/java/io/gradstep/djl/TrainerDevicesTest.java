package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.LocalParameterServer;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.tck.Bits;
import io.gradstep.tck.Lion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A trainer on several devices, or on another than the model's, updates copies of the parameters. DJL's own server does it
 * here, on arrays that are said to be on other devices.
 */
final class TrainerDevicesTest {
    private static final int STEPS = 12;
    private static final String EXCLUDED = "bias";

    private final TestModel model = TestModel.mlp().initialize();
    private final Backend<HostTensor> backend = new ReferenceProvider().open();
    private final Map<String, HostTensor> expected = model.parameters();
    private final List<TensorVariable<HostTensor>> variables = new ArrayList<>();

    @BeforeEach
    void wrap() {
        expected.forEach((path, values) -> variables.add(backend.wrap(values, path)));
    }

    @AfterEach
    void close() {
        backend.close();
        model.close();
    }

    private GradstepOptimizer optimizer(Settings settings) {
        return GradstepOptimizer.of(settings, model.model()).excludeFromWeightDecay(EXCLUDED);
    }

    private Optimizer<HostTensor> reference(Settings settings) {
        Optimizer<HostTensor> reference = settings.on(backend);
        reference.excludeFromWeightDecay(List.of(), List.of(EXCLUDED));
        reference.build(variables);
        return reference;
    }

    /** What an array is trained on; the first of all sums the gradients up. */
    enum Placement {
        THE_MODELS_AND_ANOTHER(true, 1, false),
        THE_MODELS_AND_TWO_OTHERS(true, 2, false),
        ANOTHER_AND_THE_MODELS(false, 1, true),
        TWO_OTHERS_AND_THE_MODELS(false, 2, true),
        ANOTHER_THAN_THE_MODELS(false, 1, false),
        TWO_OTHERS_THAN_THE_MODELS(false, 2, false);

        private final boolean isOwnFirst;
        private final int others;
        private final boolean isOwnLast;

        Placement(boolean isOwnFirst, int others, boolean isOwnLast) {
            this.isOwnFirst = isOwnFirst;
            this.others = others;
            this.isOwnLast = isOwnLast;
        }
    }

    /** What DJL's trainer keeps of a model on several devices. */
    private static final class Devices implements AutoCloseable {
        private final List<ModelParameter> parameters;
        private final NDManager manager;
        private final List<Device> others = new ArrayList<>();
        /** By path, in the order of the devices. */
        private final Map<String, List<NDArray>> arrays = new LinkedHashMap<>();

        Devices(TestModel model, Placement placement) {
            this(model, placement, null);
        }

        /** Of another trainer, on the same devices as those before. */
        Devices(TestModel model, Placement placement, Devices before) {
            parameters = ModelParameter.of(model.model().getBlock());
            manager = model.model().getNDManager().newSubManager();
            for (int i = 0; i < placement.others; i++) {
                others.add(before == null ? new OtherDevice("other" + i) : before.others.get(i));
            }
            for (ModelParameter parameter : parameters) {
                NDArray own = parameter.array();
                NDArray source = before == null
                        ? own
                        : before.arrays.get(parameter.path()).get(0);
                List<NDArray> places = new ArrayList<>();
                if (placement.isOwnFirst) {
                    places.add(own);
                }
                others.forEach(device -> places.add(((OtherDevice) device).copy(source, manager)));
                if (placement.isOwnLast) {
                    places.add(own);
                }
                arrays.put(parameter.path(), places);
            }
        }

        /** Goes backward on each device, with what is not frozen; the sums of all gradients, in DJL's order. */
        List<HostTensor> backward(int step) {
            Random random = new Random(step);
            List<HostTensor> sums = new ArrayList<>();
            for (ModelParameter parameter : parameters) {
                HostTensor sum = null;
                for (NDArray array : arrays.get(parameter.path())) {
                    HostTensor gradient = random(random, parameter.array());
                    if (parameter.isTrainable()) {
                        TrainerDevicesTest.backward(array, gradient);
                    }
                    sum = sum == null ? gradient : sum(sum, gradient);
                }
                sums.add(sum);
            }
            return sums;
        }

        /** What a trainer does for its step; in another order of the parameters than the model's. */
        void update(ai.djl.training.optimizer.Optimizer optimizer) {
            LocalParameterServer server = new LocalParameterServer(optimizer);
            for (int i = parameters.size() - 1; i >= 0; i--) {
                ModelParameter parameter = parameters.get(i);
                if (parameter.parameter().requiresGradient()) {
                    NDArray[] places = arrays.get(parameter.path()).toArray(NDArray[]::new);
                    server.update(parameter.parameter().getId(), places);
                }
            }
        }

        /** The same without the server, which sums up in the first gradient. */
        void updateAlone(GradstepOptimizer optimizer) {
            for (ModelParameter parameter : parameters) {
                for (NDArray array : arrays.get(parameter.path())) {
                    try (NDArray own = Torch.gradient(array);
                            NDArray gradient = own.duplicate()) {
                        optimizer.update(parameter.parameter().getId(), array, gradient);
                    }
                }
            }
        }

        /** Those of each device, by path. */
        List<Map<String, HostTensor>> allGradients() {
            List<Map<String, HostTensor>> all = new ArrayList<>();
            for (int device = 0; device < count(); device++) {
                Map<String, HostTensor> gradients = new LinkedHashMap<>();
                for (Map.Entry<String, List<NDArray>> places : arrays.entrySet()) {
                    try (NDArray gradient = Torch.gradient(places.getValue().get(device))) {
                        gradients.put(places.getKey(), TestModel.read(gradient));
                    }
                }
                all.add(gradients);
            }
            return all;
        }

        /** The values on a device, by path. */
        Map<String, HostTensor> values(int device) {
            Map<String, HostTensor> values = new LinkedHashMap<>();
            arrays.forEach((path, places) -> {
                // DJL reads through a copy, which it leaves behind, what it takes to be elsewhere than on the host.
                try (NDManager reading = manager.newSubManager()) {
                    values.put(path, TestModel.read(Torch.alias(places.get(device), reading)));
                }
            });
            return values;
        }

        int count() {
            return arrays.values().iterator().next().size();
        }

        void assertAll(String when, Map<String, HostTensor> expected) {
            for (int device = 0; device < count(); device++) {
                Bits.assertEqual("on device " + device + " " + when, expected, values(device));
            }
        }

        void assertGradientsAreZero() {
            arrays.forEach((path, places) -> places.forEach(array -> {
                try (NDArray gradient = Torch.gradient(array)) {
                    assertThat(gradient.toFloatArray()).as(path).containsOnly(0);
                }
            }));
        }

        @Override
        public void close() {
            manager.close();
        }
    }

    private static HostTensor random(Random random, NDArray like) {
        float[] values = new float[(int) like.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return HostTensor.of(Torch.shape(like), values);
    }

    private static HostTensor sum(HostTensor first, HostTensor second) {
        float[] sum = first.floats().clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += second.floats()[i];
        }
        return HostTensor.of(first.shape(), sum);
    }

    /** Leaves this very gradient. */
    private static void backward(NDArray array, HostTensor gradient) {
        try (NDManager batch = array.getManager().newSubManager();
                NDScope scope = new NDScope();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            scope.suppressNotUsedWarning();
            NDArray factor = batch.create(gradient.floats(), array.getShape());
            collector.backward(array.mul(factor).sum());
        }
    }

    // ---- bits

    private static RMSprop.Builder everything() {
        return TestModel.everything().globalClipnorm(null).clipnorm(0.5).lossScaleFactor(8.0);
    }

    static List<Settings> settings() {
        return List.of(
                new RMSprop(0.01),
                RMSprop.builder().clipnorm(0.5).build(),
                RMSprop.builder().clipvalue(0.2).build(),
                RMSprop.builder().weightDecay(0.1).build(),
                RMSprop.builder().momentum(0.9).centered(true).build(),
                RMSprop.builder().gradientAccumulationSteps(3).build(),
                RMSprop.builder()
                        .useEma(true)
                        .emaMomentum(0.9)
                        .emaOverwriteFrequency(4)
                        .build(),
                RMSprop.builder()
                        .learningRate(new ExponentialDecay(0.01, 3, 0.5))
                        .build(),
                RMSprop.builder().lossScaleFactor(8.0).build(),
                Settings.of(new Lion(0.9, 0.99))
                        .learningRate(0.001)
                        .weightDecay(0.01)
                        .clipnorm(0.1)
                        .build(),
                everything().build());
    }

    static Stream<Arguments> settingsAndPlacements() {
        return settings().stream()
                .flatMap(settings -> Stream.of(Placement.values())
                        .map(placement ->
                                Arguments.argumentSet(text(settings) + " on " + placement, settings, placement)));
    }

    /** What is not as by default. */
    private static String text(Settings settings) {
        Map<String, Object> config = new LinkedHashMap<>(settings.config());
        config.entrySet().removeAll(RMSprop.builder().build().config().entrySet());
        config.remove("name");
        return config.toString();
    }

    @ParameterizedTest
    @MethodSource("settingsAndPlacements")
    void each_copy_is_stepped_as_the_parameter_would_be_with_the_gradients_of_all(
            Settings settings, Placement placement) {
        Map<String, HostTensor> atFirst = model.parameters();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            for (int step = 1; step <= STEPS; step++) {
                reference.apply(devices.backward(step));
                devices.update(optimizer);
                devices.assertAll("after step " + step, expected);
                devices.assertGradientsAreZero();
                assertThat(optimizer.iterations()).isEqualTo(reference.iterations());
                Bits.assertEqual("after step " + step, reference.saveOwnVariables(), optimizer.state());
            }
            optimizer.finalizeVariableValues();
            reference.finalizeVariableValues(variables);
            devices.assertAll("at the end", expected);
        }
        boolean isOwnTrained = placement.isOwnFirst || placement.isOwnLast;
        Bits.assertEqual("of the model", isOwnTrained ? expected : atFirst, model.parameters());
    }

    // ---- numbers

    @ParameterizedTest
    @EnumSource
    void steps_are_counted_and_not_calls_which_are_what_djls_adam_counts(Placement placement) {
        List<Long> asked = new ArrayList<>();
        LearningRateSchedule schedule = count -> {
            asked.add(count);
            return 0.01;
        };
        List<Integer> adamAsked = new ArrayList<>();
        ai.djl.training.optimizer.Optimizer adam = ai.djl.training.optimizer.Optimizer.adam()
                .optLearningRateTracker((id, count) -> {
                    adamAsked.add(count);
                    return 0.01f;
                })
                .build();
        try (GradstepOptimizer optimizer =
                        optimizer(RMSprop.builder().learningRate(schedule).build());
                Devices devices = new Devices(model, placement)) {
            for (int step = 0; step < STEPS; step++) {
                asked.clear();
                devices.backward(step);
                devices.update(optimizer);
                assertThat(asked).containsOnly((long) step);
                assertThat(optimizer.iterations()).isEqualTo(step + 1);
            }
            for (int step = 0; step < STEPS; step++) {
                devices.backward(step);
                devices.update(adam);
            }
            assertThat(adamAsked.stream().mapToInt(count -> count).max())
                    .as("DJL's own, which counts steps from 1 on")
                    .hasValue(STEPS * devices.count());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_changed_learning_rate_goes_for_all_copies(Placement placement) {
        Settings settings = new RMSprop(0.01);
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            for (double number : new double[] {0.02, 0.001}) {
                optimizer.setLearningRate(number);
                reference.setLearningRate(number);
                assertThat(optimizer.learningRate()).isEqualTo((double) (float) number);
                step(3, devices, optimizer, reference);
            }
            LearningRateSchedule schedule = new ExponentialDecay(0.01, 3, 0.5);
            optimizer.setLearningRate(schedule);
            reference.setLearningRate(schedule);
            assertThat(optimizer.learningRate()).isEqualTo(schedule.at(6));
            step(3, devices, optimizer, reference);
        }
    }

    @ParameterizedTest
    @EnumSource
    void so_does_a_callable_and_what_is_spared_from_weight_decay(Placement placement) {
        Settings settings = RMSprop.builder().weightDecay(0.5).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(2, devices, optimizer, reference);
            optimizer.setLearningRate(() -> 0.25);
            reference.setLearningRate(() -> 0.25);
            optimizer.excludeFromWeightDecay("weight");
            reference.excludeFromWeightDecay(List.of(), List.of("weight"));
            assertThat(optimizer.learningRate()).isEqualTo(0.25);
            step(2, devices, optimizer, reference);
            optimizer.restore(optimizer.state());
            step(2, devices, optimizer, reference);
        }
    }

    private void step(int steps, Devices devices, GradstepOptimizer optimizer, Optimizer<HostTensor> reference) {
        for (int step = 0; step < steps; step++) {
            reference.apply(devices.backward(step));
            devices.update(optimizer);
            devices.assertAll("after step " + step, expected);
            Bits.assertEqual("after step " + step, reference.saveOwnVariables(), optimizer.state());
        }
    }

    static Stream<Arguments> placementsAndStepsBefore() {
        return Stream.of(Placement.values())
                .flatMap(placement -> Stream.of(0, 2).map(before -> Arguments.of(placement, before)));
    }

    /** As a trainer on one device counts and goes on. */
    @ParameterizedTest
    @MethodSource("placementsAndStepsBefore")
    void what_is_frozen_for_some_steps_stands_still_and_joins_in_at_the_common_count(Placement placement, int before) {
        Settings settings = RMSprop.builder()
                .learningRate(new ExponentialDecay(0.01, 3, 0.5))
                .momentum(0.9)
                .build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(before, devices, optimizer, reference);
            ModelParameter last = freezeTheLast(devices);
            stepWithoutTheLast(before, 3, devices, optimizer, reference);
            last.parameter().freeze(false);
            step(3, devices, optimizer, reference);
        }
    }

    @ParameterizedTest
    @MethodSource("placementsAndStepsBefore")
    void it_joins_in_with_the_learning_rate_of_then(Placement placement, int before) {
        Settings settings = new RMSprop(0.01);
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(before, devices, optimizer, reference);
            ModelParameter last = freezeTheLast(devices);
            stepWithoutTheLast(before, 1, devices, optimizer, reference);
            optimizer.setLearningRate(0.25);
            reference.setLearningRate(0.25);
            stepWithoutTheLast(before + 1, 1, devices, optimizer, reference);
            last.parameter().freeze(false);
            step(2, devices, optimizer, reference);
        }
    }

    @ParameterizedTest
    @MethodSource("placementsAndStepsBefore")
    void its_averages_are_not_taken_at_the_end(Placement placement, int before) {
        Settings settings = RMSprop.builder().useEma(true).emaMomentum(0.5).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(before, devices, optimizer, reference);
            freezeTheLast(devices);
            stepWithoutTheLast(before, 2, devices, optimizer, reference);
            TensorVariable<HostTensor> last = variables.get(variables.size() - 1);
            HostTensor values = last.value().copy();
            optimizer.finalizeVariableValues();
            reference.finalizeVariableValues(variables);
            // The reference knows of no frozen variables.
            backend.write(last, values);
            devices.assertAll("at the end", expected);
        }
    }

    private static ModelParameter freezeTheLast(Devices devices) {
        ModelParameter last = devices.parameters.get(devices.parameters.size() - 1);
        last.parameter().freeze(true);
        return last;
    }

    private void stepWithoutTheLast(
            int first, int steps, Devices devices, GradstepOptimizer optimizer, Optimizer<HostTensor> reference) {
        int last = variables.size() - 1;
        for (int step = first; step < first + steps; step++) {
            reference.apply(devices.backward(step).subList(0, last), variables.subList(0, last));
            devices.update(optimizer);
            devices.assertAll("after step " + step, expected);
            assertThat(optimizer.iterations()).isEqualTo(step + 1);
            Bits.assertEqual("counter of the state", counter(reference.saveOwnVariables()), counter(optimizer.state()));
        }
    }

    private static HostTensor counter(OptimizerState state) {
        return state.arrays().get(0).values();
    }

    // ---- what cannot be

    static Stream<Arguments> globalSettings() {
        List<Settings> global = List.of(
                RMSprop.builder().globalClipnorm(0.1).build(),
                new LossScale(new RMSprop(0.01)),
                new LossScale(RMSprop.builder().clipnorm(0.1).build()));
        return global.stream()
                .flatMap(settings -> Stream.of(Placement.values())
                        .map(placement ->
                                Arguments.argumentSet(settings.className() + " on " + placement, settings, placement)));
    }

    @ParameterizedTest
    @MethodSource("globalSettings")
    void what_looks_at_all_gradients_is_refused_with_nothing_changed(Settings settings, Placement placement) {
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement)) {
            OptimizerState state = optimizer.state();
            devices.backward(1);
            List<Map<String, HostTensor>> gradients = devices.allGradients();
            int count = Census.count(model.model().getNDManager());
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> devices.updateAlone(optimizer))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("optDevices(new Device[] {model.getNDManager().getDevice()})")
                        .hasMessageContaining("Nothing was changed");
                devices.assertAll("refused", expected);
                List<Map<String, HostTensor>> after = devices.allGradients();
                for (int device = 0; device < devices.count(); device++) {
                    Bits.assertEqual("gradients", gradients.get(device), after.get(device));
                }
                Bits.assertEqual("refused", state, optimizer.state());
                assertThat(optimizer.iterations()).isZero();
            }
            assertThat(Census.count(model.model().getNDManager())).isEqualTo(count);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_global_norm_of_zero_or_less_is_none(Placement placement) {
        Settings settings = RMSprop.builder().globalClipnorm(0.0).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(3, devices, optimizer, reference);
        }
    }

    @ParameterizedTest
    @EnumSource
    void steps_of_ones_own_are_refused_where_there_are_copies(Placement placement) {
        try (GradstepOptimizer optimizer = optimizer(new RMSprop(0.01));
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(new RMSprop(0.01))) {
            step(1, devices, optimizer, reference);
            devices.backward(2);
            Parameter weight = model.parameter("01Linear_weight");
            List<Runnable> steps = List.of(
                    optimizer::step,
                    () -> optimizer.minimize(() -> weight.getArray().sum()),
                    () -> optimizer.minimize(() -> weight.getArray().sum(), List.of(weight)));
            for (Runnable step : steps) {
                assertThatThrownBy(step::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Call trainer.step()");
                devices.assertAll("refused", expected);
                Bits.assertEqual("refused", reference.saveOwnVariables(), optimizer.state());
            }
        }
    }

    @Test
    void a_copy_that_comes_after_steps_on_one_device_is_refused_until_the_state_is_restored() {
        try (GradstepOptimizer optimizer = optimizer(new RMSprop(0.01));
                Devices devices = new Devices(model, Placement.ANOTHER_THAN_THE_MODELS)) {
            one(model, 1);
            optimizer.step();
            one(model, 2);
            stepByTrainer(model, optimizer);
            Map<String, HostTensor> values = model.parameters();
            Map<String, HostTensor> copies = devices.values(0);
            OptimizerState state = optimizer.state();
            devices.backward(3);
            assertThatThrownBy(() -> devices.updateAlone(optimizer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is on another device, other0, than before")
                    .hasMessageContaining("optimizer.restore(former.state())");
            Bits.assertEqual("refused", values, model.parameters());
            Bits.assertEqual("refused", copies, devices.values(0));
            Bits.assertEqual("refused", state, optimizer.state());
            optimizer.restore(state);
            devices.updateAlone(optimizer);
            assertThat(optimizer.iterations()).isEqualTo(3);
        }
    }

    /** Leaves a gradient with each parameter of a model on its own device. */
    private static List<HostTensor> one(TestModel model, int step) {
        Random random = new Random(step);
        List<HostTensor> gradients = new ArrayList<>();
        for (ModelParameter parameter : ModelParameter.of(model.model().getBlock())) {
            HostTensor gradient = random(random, parameter.array());
            backward(parameter.array(), gradient);
            gradients.add(gradient);
        }
        return gradients;
    }

    private static void stepByTrainer(TestModel model, GradstepOptimizer optimizer) {
        LocalParameterServer server = new LocalParameterServer(optimizer);
        for (ModelParameter parameter : ModelParameter.of(model.model().getBlock())) {
            server.update(parameter.parameter().getId(), new NDArray[] {parameter.array()});
        }
    }

    // ---- state

    @ParameterizedTest
    @EnumSource
    void state_goes_to_an_optimizer_on_one_device_and_back(Placement placement) {
        Settings settings = everything().build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                TestModel other = TestModel.mlp().initialize();
                GradstepOptimizer onOne =
                        GradstepOptimizer.of(settings, other.model()).excludeFromWeightDecay(EXCLUDED);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(5, devices, optimizer, reference);
            for (ModelParameter parameter : ModelParameter.of(other.model().getBlock())) {
                set(parameter.array(), expected.get(parameter.path()));
            }
            onOne.restore(optimizer.state());
            for (int step = 0; step < 5; step++) {
                reference.apply(one(other, step));
                onOne.step();
                Bits.assertEqual("after step " + step, expected, other.parameters());
                Bits.assertEqual("after step " + step, reference.saveOwnVariables(), onOne.state());
            }
            devices.arrays.forEach((path, places) -> places.forEach(array -> set(array, expected.get(path))));
            optimizer.restore(onOne.state());
            Bits.assertEqual("restored", reference.saveOwnVariables(), optimizer.state());
            step(5, devices, optimizer, reference);
        }
    }

    private static void set(NDArray array, HostTensor values) {
        try (NDManager manager = array.getManager().newSubManager()) {
            boolean gradMode = Torch.gradMode();
            Torch.setGradMode(false);
            manager.create(values.floats(), array.getShape()).copyTo(array);
            Torch.setGradMode(gradMode);
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_trainer_on_the_same_devices_goes_on(Placement placement) {
        Settings settings = everything().build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Devices others = new Devices(model, placement, devices);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(4, devices, optimizer, reference);
            others.arrays.forEach((path, places) -> places.forEach(array -> set(array, expected.get(path))));
            devices.manager.close();
            step(4, others, optimizer, reference);
        }
    }

    @Test
    void before_the_first_step_on_devices_the_state_is_that_of_the_model() {
        Settings settings = everything().build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Optimizer<HostTensor> reference = reference(settings)) {
            Bits.assertEqual("at first", reference.saveOwnVariables(), optimizer.state());
        }
    }

    @Test
    void a_model_that_is_closed_takes_the_state_of_its_copies_with_it() {
        NDManager root = Engine.getEngine("PyTorch").newBaseManager();
        int atFirst = Census.count(root);
        TestModel gone = TestModel.mlp().initialize();
        GradstepOptimizer optimizer = GradstepOptimizer.of(everything().build(), gone.model());
        Devices devices = new Devices(gone, Placement.THE_MODELS_AND_TWO_OTHERS);
        devices.backward(1);
        devices.update(optimizer);
        gone.close();
        assertThat(Census.count(root)).isEqualTo(atFirst);
        root.close();
    }

    /** Without DJL's server, which leaves a manager behind for each gradient that it takes to another device. */
    @ParameterizedTest
    @EnumSource
    void copies_leave_nothing_behind(Placement placement) {
        NDManager manager = model.model().getNDManager();
        int before = Census.count(manager);
        try (GradstepOptimizer optimizer = optimizer(everything().build());
                Devices devices = new Devices(model, placement);
                Devices ofAnotherTrainer = new Devices(model, placement, devices)) {
            devices.backward(0);
            devices.updateAlone(optimizer);
            int afterTheFirst = Census.count(manager);
            for (int step = 1; step < STEPS; step++) {
                devices.backward(step);
                devices.updateAlone(optimizer);
            }
            assertThat(Census.count(manager)).isEqualTo(afterTheFirst);
            optimizer.restore(optimizer.state());
            devices.backward(STEPS);
            devices.updateAlone(optimizer);
            assertThat(Census.count(manager)).isEqualTo(afterTheFirst);
            ofAnotherTrainer.backward(STEPS);
            ofAnotherTrainer.updateAlone(optimizer);
            assertThat(Census.count(manager)).isEqualTo(afterTheFirst);
        }
        assertThat(Census.count(manager)).isEqualTo(before);
    }

    // ---- a model of one parameter

    /** Where its own array comes first, nothing tells that a copy follows: see {@link OddModelsTest}. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"ANOTHER.*", "TWO_OTHERS.*"})
    void a_model_with_one_trainable_parameter_may_have_copies(Placement placement) {
        for (ModelParameter parameter : ModelParameter.of(model.model().getBlock())) {
            parameter.parameter().freeze(!parameter.path().equals("01Linear/weight"));
        }
        Settings settings = everything().build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = settings.on(backend)) {
            reference.excludeFromWeightDecay(List.of(), List.of(EXCLUDED));
            reference.build(variables.subList(0, 1));
            for (int step = 0; step < STEPS; step++) {
                reference.apply(devices.backward(step).subList(0, 1));
                devices.update(optimizer);
                devices.assertAll("after step " + step, expected);
            }
        }
    }

    // ---- one device, given by name

    @Test
    void a_trainer_on_the_models_device_takes_whole_steps() {
        Settings settings = everything().clipnorm(null).globalClipnorm(0.1).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Optimizer<HostTensor> reference = reference(settings)) {
            model.train(new DefaultTrainingConfig(optimizer.scaledLoss(TestModel.loss()))
                    .optOptimizer(optimizer)
                    .optDevices(new Device[] {Device.cpu()}));
            for (int step = 0; step < STEPS; step++) {
                model.backward(step);
                reference.apply(new ArrayList<>(model.gradients().values()));
                model.trainer().step();
                Bits.assertEqual("after step " + step, expected, model.parameters());
                Bits.assertEqual("after step " + step, reference.saveOwnVariables(), optimizer.state());
            }
        }
    }

    @Test
    void so_does_fit() throws Exception {
        try (GradstepOptimizer optimizer =
                optimizer(RMSprop.builder().globalClipnorm(0.1).build())) {
            model.train(new DefaultTrainingConfig(TestModel.loss())
                    .optOptimizer(optimizer)
                    .optDevices(new Device[] {Device.cpu()}));
            EasyTrain.fit(model.trainer(), 2, model.data(4), null);
            assertThat(optimizer.iterations()).isEqualTo(2 * 4);
        }
    }

    // ---- what differs from one device

    /** DJL makes zeros up where no gradient ever was. */
    @ParameterizedTest
    @EnumSource
    void what_no_gradient_reached_is_stepped_with_zeros(Placement placement) {
        Settings settings = RMSprop.builder().weightDecay(0.1).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, placement);
                Optimizer<HostTensor> reference = reference(settings)) {
            int last = variables.size() - 1;
            Parameter unused = devices.parameters.get(last).parameter();
            for (int step = 0; step < 3; step++) {
                // What is frozen while a gradient is computed gets none.
                unused.freeze(true);
                List<HostTensor> gradients = new ArrayList<>(devices.backward(step));
                unused.freeze(false);
                gradients.set(
                        last,
                        HostTensor.filled(DType.FLOAT32, variables.get(last).shape(), 0));
                reference.apply(gradients);
                devices.update(optimizer);
                devices.assertAll("after step " + step, expected);
            }
        }
    }

    @Test
    void a_sparse_gradient_of_copies_is_made_dense() {
        RMSprop settings = new RMSprop(0.01);
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, Placement.ANOTHER_THAN_THE_MODELS);
                Optimizer<HostTensor> reference = reference(settings)) {
            for (int step = 0; step < 3; step++) {
                reference.apply(devices.backward(step));
                for (ModelParameter parameter : devices.parameters) {
                    NDArray copy = devices.arrays.get(parameter.path()).get(0);
                    try (NDScope scope = new NDScope()) {
                        scope.suppressNotUsedWarning();
                        NDArray sparse = Torch.gradient(copy).toSparse(SparseFormat.COO);
                        assertThat(sparse.isSparse()).isTrue();
                        optimizer.update(parameter.parameter().getId(), copy, sparse);
                    }
                }
                devices.assertAll("after step " + step, expected);
            }
        }
    }

    @Test
    void averages_are_taken_before_the_copies_are_closed_or_not_at_all() {
        RMSprop settings = RMSprop.builder().useEma(true).emaMomentum(0.5).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Optimizer<HostTensor> reference = reference(settings)) {
            try (Devices devices = new Devices(model, Placement.THE_MODELS_AND_ANOTHER)) {
                step(3, devices, optimizer, reference);
            }
            assertThatThrownBy(optimizer::finalizeVariableValues)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("before trainer.close()");
            Bits.assertEqual("after the refusal", expected, model.parameters());
        }
    }

    @Test
    void a_copy_on_another_device_than_before_is_refused_until_the_state_is_taken_anew() {
        RMSprop settings = RMSprop.builder().momentum(0.9).build();
        try (GradstepOptimizer optimizer = optimizer(settings);
                Devices devices = new Devices(model, Placement.ANOTHER_THAN_THE_MODELS);
                Optimizer<HostTensor> reference = reference(settings)) {
            step(3, devices, optimizer, reference);
            // What a trainer does when it is closed.
            for (ModelParameter parameter : devices.parameters) {
                parameter.array().set(expected.get(parameter.path()).floats());
            }
            try (Devices others = new Devices(model, Placement.TWO_OTHERS_THAN_THE_MODELS)) {
                others.backward(3);
                assertThatThrownBy(() -> others.update(optimizer))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("optimizer.restore(optimizer.state())");
            }
            optimizer.restore(optimizer.state());
            try (Devices others = new Devices(model, Placement.TWO_OTHERS_THAN_THE_MODELS)) {
                step(3, others, optimizer, reference);
            }
        }
    }
}
