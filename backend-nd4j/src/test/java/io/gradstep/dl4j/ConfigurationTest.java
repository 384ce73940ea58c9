package io.gradstep.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.keras.CustomObjects;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.tck.Lion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** An updater in DL4J's configurations: written under Keras's names, read again as an equal one. */
class ConfigurationTest {
    static Stream<Settings> settings() {
        return Stream.of(
                new RMSprop(0.001),
                PersistenceTest.everything().lossScaleFactor(8.0).build(),
                RMSprop.builder()
                        .learningRate(new ExponentialDecay(0.01, 10, 0.9))
                        .clipvalue(0.5)
                        .build(),
                own(0.9));
    }

    private static Settings own(double beta1) {
        return Settings.of(new Lion(beta1, 0.99))
                .learningRate(new OwnObjects.Halving(0.01, 4))
                .build();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void configurations_of_networks_are_read_as_they_were_written(Settings settings) {
        MultiLayerConfiguration configuration =
                TestNetworks.network(new GradstepUpdater(settings)).getLayerWiseConfigurations();
        MultiLayerConfiguration ofJson = MultiLayerConfiguration.fromJson(configuration.toJson());
        assertThat(ofJson).isEqualTo(configuration);
        assertThat(ofJson.toJson()).isEqualTo(configuration.toJson());
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
        assertThat(updater(ofJson)).isEqualTo(new GradstepUpdater(settings));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void configurations_of_graphs_are_read_as_they_were_written(Settings settings) {
        ComputationGraphConfiguration configuration =
                TestNetworks.graph(new GradstepUpdater(settings)).getConfiguration();
        ComputationGraphConfiguration ofJson = ComputationGraphConfiguration.fromJson(configuration.toJson());
        assertThat(ofJson).isEqualTo(configuration);
        assertThat(ofJson.toJson()).isEqualTo(configuration.toJson());
        assertThat(ComputationGraphConfiguration.fromYaml(configuration.toYaml()))
                .isEqualTo(configuration);
    }

    @Test
    void a_schedule_of_dl4j_that_was_set_is_read_as_it_was_written() {
        MultiLayerNetwork net = TestNetworks.network(new GradstepUpdater(new RMSprop(0.001)));
        ISchedule schedule = new StepSchedule(ScheduleType.ITERATION, 0.02, 0.5, 4);
        net.setLearningRate(schedule);
        MultiLayerConfiguration configuration = net.getLayerWiseConfigurations();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);
        assertThat(updater(read).schedule()).isEqualTo(schedule);
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
    }

    @Test
    void json_has_the_names_of_keras() {
        String json = TestNetworks.dense(new GradstepUpdater(new RMSprop(0.5)))
                .getLayerWiseConfigurations()
                .toJson();
        assertThat(json.replaceAll("\\s", ""))
                .contains("\"class_name\":\"RMSprop\"")
                .contains("\"config\":{")
                .contains("\"learning_rate\":0.5")
                .contains("\"rho\":0.9,\"momentum\":0.0,\"epsilon\":1.0E-7,\"centered\":false")
                .contains("\"@class\":\"" + GradstepUpdater.class.getName() + "\"");
    }

    // ---- equality

    @Test
    void updaters_are_equal_if_their_settings_and_schedules_are() {
        GradstepUpdater updater = new GradstepUpdater(new RMSprop(0.001));
        GradstepUpdater scheduled = updater.clone();
        scheduled.setLrAndSchedule(Double.NaN, new StepSchedule(ScheduleType.ITERATION, 0.02, 0.5, 4));
        List<GradstepUpdater> different = List.of(
                updater,
                new GradstepUpdater(new RMSprop(0.002)),
                new GradstepUpdater(RMSprop.builder().momentum(0.5).build()),
                new GradstepUpdater(RMSprop.builder().weightDecay(0.5).build()),
                new GradstepUpdater(own(0.9)),
                new GradstepUpdater(own(0.8)),
                scheduled);
        for (int i = 0; i < different.size(); i++) {
            for (int j = 0; j < different.size(); j++) {
                if (i != j) {
                    assertThat(different.get(i)).isNotEqualTo(different.get(j));
                }
            }
            GradstepUpdater clone = different.get(i).clone();
            assertThat(clone).isEqualTo(different.get(i)).hasSameHashCodeAs(different.get(i));
        }
        assertThat(new GradstepUpdater(RMSprop.builder().build()))
                .isEqualTo(updater)
                .hasSameHashCodeAs(updater);
    }

    @Test
    void another_learning_rate_of_a_clone_is_not_the_originals() {
        GradstepUpdater updater = new GradstepUpdater(new RMSprop(0.5));
        updater.clone().setLrAndSchedule(0.25, null);
        assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.5);
    }

    // ---- rules and schedules of somebody's own

    @ParameterizedTest(name = "graph: {0}")
    @ValueSource(booleans = {false, true})
    void a_network_with_a_rule_and_a_schedule_of_ones_own_goes_on_from_a_file(boolean isGraph) throws IOException {
        TestNet net = TestNet.of(isGraph, TestNetworks.common(new GradstepUpdater(own(0.9)), DataType.FLOAT));
        IntStream.range(0, 6).forEach(step -> net.fit(TestNetworks.batch(step)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net.model(), out, true);
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        TestNet read = new TestNet(
                isGraph ? ModelSerializer.restoreComputationGraph(in) : ModelSerializer.restoreMultiLayerNetwork(in));
        IntStream.range(6, 12).forEach(step -> {
            net.fit(TestNetworks.batch(step));
            read.fit(TestNetworks.batch(step));
        });
        PersistenceTest.assertSame(net, read);
    }

    /** Registered nowhere. */
    private record Unknown() implements UpdateRule, LearningRateSchedule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public Map<String, Object> config() {
            return Map.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), ops.multiply(slots.input(LEARNING_RATE), slots.gradient()));
        }

        @Override
        public double at(long step) {
            return 0.01;
        }
    }

    static Stream<Settings> unknown() {
        return Stream.of(
                Settings.of(new Unknown()).learningRate(0.01).build(),
                RMSprop.builder()
                        .learningRate((LearningRateSchedule) new Unknown())
                        .build());
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void what_is_not_registered_trains_but_is_not_written(Settings settings) {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(settings));
        net.fit(TestNetworks.denseBatch(0));
        assertThatThrownBy(() -> ModelSerializer.writeModel(net, new ByteArrayOutputStream(), true))
                .hasStackTraceContaining("the network can be trained but not saved")
                .hasStackTraceContaining("Unknown")
                .hasStackTraceContaining(CustomObjects.SERVICES_FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Lion", "Halving"})
    void what_is_not_registered_is_not_read(String name) {
        String json = TestNetworks.dense(new GradstepUpdater(own(0.9)))
                .getLayerWiseConfigurations()
                .toJson();
        String edited = json.replace('"' + name + '"', "\"Stranger\"");
        assertThat(edited).isNotEqualTo(json);
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(edited))
                .hasStackTraceContaining("The settings of the updater cannot be read")
                .hasStackTraceContaining("Stranger")
                .hasStackTraceContaining(CustomObjects.SERVICES_FILE)
                .hasStackTraceContaining(OwnObjects.class.getName());
    }

    // ---- what a file cannot do

    private static final AtomicInteger LOADED = new AtomicInteger();

    /** Tells when it is initialized. */
    private static final class Trap implements ISchedule {
        private static final long serialVersionUID = 1;

        static {
            LOADED.incrementAndGet();
        }

        @Override
        public double valueAt(int iteration, int epoch) {
            return 0;
        }

        @Override
        public ISchedule clone() {
            return new Trap();
        }
    }

    private static String withTrap(String json, String key) {
        String trap = Trap.class.getName().replace("$", "\\$");
        String edited = json.replaceAll("(\"" + key + "\"\\s*:\\s*)(\"[^\"]*\"|null)", "$1\"" + trap + '"');
        assertThat(edited).isNotEqualTo(json);
        return edited;
    }

    @Test
    void nothing_is_made_by_a_name_in_a_file() {
        MultiLayerNetwork net = TestNetworks.dense(new GradstepUpdater(new RMSprop(0.001)));
        net.setLearningRate(new StepSchedule(ScheduleType.ITERATION, 0.02, 0.5, 4));
        String json = net.getLayerWiseConfigurations().toJson();
        String schedule = StepSchedule.class.getSimpleName();
        String trap = Trap.class.getName();
        assertThat(json).contains('"' + schedule + '"');
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(json.replace('"' + schedule + '"', '"' + trap + '"')))
                .hasStackTraceContaining("The schedule of the updater is none that a file may name")
                .hasStackTraceContaining(trap);
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(withTrap(json, "class_name")))
                .hasStackTraceContaining("The settings of the updater cannot be read");
        // Keras's own classes are known by their class names, in whatever module.
        assertThat(MultiLayerConfiguration.fromJson(withTrap(json, "module")))
                .isEqualTo(net.getLayerWiseConfigurations());
        assertThat(LOADED).hasValue(0);
    }

    // ---- what cannot be written

    @Test
    void a_lambda_trains_and_is_cloned_but_is_not_written() {
        MultiLayerNetwork net = TestNetworks.dense(
                new GradstepUpdater(RMSprop.builder().learningRate(() -> 0.5).build()));
        MultiLayerNetwork expected = TestNetworks.dense(new GradstepUpdater(new RMSprop(0.5)));
        net.fit(TestNetworks.denseBatch(0));
        expected.fit(TestNetworks.denseBatch(0));
        MultiLayerNetwork clone = net.clone();
        clone.fit(TestNetworks.denseBatch(1));
        expected.fit(TestNetworks.denseBatch(1));
        PersistenceTest.assertSame(new TestNet(expected), new TestNet(clone));
        assertThatThrownBy(() -> ModelSerializer.writeModel(net, new ByteArrayOutputStream(), true))
                .hasStackTraceContaining("the network can be trained but not saved")
                .hasStackTraceContaining("The learning rate is a callable");
        net.setLearningRate(0.5);
        assertThatCode(() -> ModelSerializer.writeModel(net, new ByteArrayOutputStream(), true))
                .doesNotThrowAnyException();
    }

    @Test
    void a_scale_of_the_loss_is_refused_with_a_reason() {
        assertThatThrownBy(() -> new GradstepUpdater(new LossScale(new RMSprop(0.001))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot scale the loss")
                .hasMessageContaining("loss_scale_factor");
    }

    // ---- questions to a schedule

    static Stream<Arguments> asked() {
        return Stream.of(false, true)
                .flatMap(isGraph -> Stream.of(false, true)
                        .flatMap(
                                isAttached -> Stream.of(false, true).map(l2 -> Arguments.of(isGraph, isAttached, l2))));
    }

    @ParameterizedTest(name = "graph: {0}, attached: {1}, L2: {2}")
    @MethodSource("asked")
    void a_schedule_is_asked_once_in_a_step(boolean isGraph, boolean isAttached, boolean regularizes) {
        List<Long> asked = new ArrayList<>();
        LearningRateSchedule schedule = step -> {
            asked.add(step);
            return 0.01;
        };
        NeuralNetConfiguration.Builder common = TestNetworks.common(
                new GradstepUpdater(RMSprop.builder().learningRate(schedule).build()), DataType.FLOAT);
        if (regularizes) {
            common.l2(0.01);
        }
        TestNet net = TestNet.of(isGraph, common);
        assertThat(Network.of(net.model()).updater().getUpdaterBlocks()).hasSizeGreaterThan(2);
        if (isAttached) {
            net.attach();
        }
        IntStream.range(0, 4).forEach(step -> net.fit(TestNetworks.batch(step)));
        assertThat(asked).containsExactly(0L, 1L, 2L, 3L);
    }

    private static GradstepUpdater updater(MultiLayerConfiguration configuration) {
        IUpdater updater = ((BaseLayer) configuration.getConf(0).getLayer()).getIUpdater();
        return (GradstepUpdater) updater;
    }

    @Test
    void a_clone_of_a_network_has_an_equal_configuration() {
        MultiLayerNetwork net = TestNetworks.network(new GradstepUpdater(own(0.9)));
        assertThat(net.clone().getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
        ComputationGraph graph = TestNetworks.graph(new GradstepUpdater(own(0.9)));
        assertThat(graph.clone().getConfiguration()).isEqualTo(graph.getConfiguration());
    }
}
