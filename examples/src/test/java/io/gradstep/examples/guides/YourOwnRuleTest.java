package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.Keras;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.Backends;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Bits;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The programs of {@code your-own-rule.md}. Keras is the judge of both rules. */
class YourOwnRuleTest {
    private static final List<String> STEPS = List.of("grads", "finalize_variable_values");

    // ---- the numbers of Keras, on each backend

    static Stream<Arguments> runs() {
        return GoldenScenarios.all().stream()
                .filter(scenario -> scenario.name().matches("(lion|adam)-.*"))
                .filter(scenario -> !scenario.json().toString().matches(".*(\"amsgrad\":true|\"sha256\").*"))
                .filter(scenario -> objects(scenario, "steps").allMatch(step -> STEPS.containsAll(step.keySet())))
                .flatMap(scenario -> Stream.of("reference", "nd4j", "djl", "buffer")
                        .flatMap(backend -> Stream.of(ExecutionMode.COMPILED, ExecutionMode.EAGER)
                                .map(mode -> Arguments.of(scenario, backend, mode))));
    }

    @Test
    void there_are_runs_of_both_rules() {
        assertThat(runs().map(run -> ((Scenario) run.get()[0]).name()).distinct())
                .hasSize(10)
                .contains("lion-plain", "lion-everything", "adam-plain", "adam-accumulation-loss-scale");
    }

    @ParameterizedTest(name = "{0} on {1}, {2}")
    @MethodSource("runs")
    void the_rule_has_the_bits_of_keras(Scenario scenario, String id, ExecutionMode mode) {
        try (Backend<?> backend = Backends.open(id, Options.DEFAULT.withExecution(mode))) {
            replay(backend, scenario);
        }
    }

    private static ConfigReader reader() {
        return new MyObjects()
                .addTo(new ConfigReader())
                .withRule(
                        "Adam",
                        config -> new Adam((Double) config.get("beta_1"), (Double) config.get("beta_2"), (Double)
                                config.get("epsilon")));
    }

    private static <T> void replay(Backend<T> backend, Scenario scenario) {
        List<TensorVariable<T>> variables = objects(scenario, "variables")
                .map(variable -> backend.wrap(
                        backend.tensor(tensor(variable)), variable.get("name").getAsString()))
                .toList();
        Settings settings = Keras.fromJson(scenario.json().get("config").toString(), reader());
        int step = 0;
        try (Optimizer<T> optimizer = settings.on(backend)) {
            exclude(optimizer, scenario, variables);
            optimizer.build(variables);
            for (JsonObject action : objects(scenario, "steps").toList()) {
                take(backend, optimizer, action, variables);
                String when = scenario + " after step " + step;
                JsonObject expected = expected(scenario, step++);
                compare(when, backend, expected.get("variables"), variables);
                compare(when, backend, expected.get("optimizer_variables"), optimizer.variables());
            }
        }
    }

    private static HostTensor tensor(JsonObject variable) {
        Shape shape = Shape.of(
                stream(variable.get("shape")).mapToLong(JsonElement::getAsLong).toArray());
        return ScenarioTensor.parse(variable.get("values"), shape, DType.FLOAT32);
    }

    private static <T> void exclude(Optimizer<T> optimizer, Scenario scenario, List<TensorVariable<T>> variables) {
        JsonElement exclusion = scenario.json().get("exclude_from_weight_decay");
        if (exclusion.isJsonObject()) {
            List<String> paths = strings(exclusion.getAsJsonObject(), "var_list");
            optimizer.excludeFromWeightDecay(
                    variables.stream()
                            .filter(variable -> paths.contains(variable.path()))
                            .toList(),
                    strings(exclusion.getAsJsonObject(), "var_names"));
        }
    }

    private static List<String> strings(JsonObject object, String key) {
        return object.has(key)
                ? stream(object.get(key)).map(JsonElement::getAsString).toList()
                : List.of();
    }

    private static <T> void take(
            Backend<T> backend, Optimizer<T> optimizer, JsonObject action, List<TensorVariable<T>> variables) {
        if (!action.has("grads")) {
            optimizer.finalizeVariableValues(variables);
            return;
        }
        List<T> gradients = new ArrayList<>();
        for (JsonElement gradient : action.getAsJsonArray("grads")) {
            Shape shape = variables.get(gradients.size()).shape();
            gradients.add(
                    gradient.isJsonNull()
                            ? null
                            : backend.tensor(ScenarioTensor.parse(gradient, shape, DType.FLOAT32)));
        }
        optimizer.apply(gradients);
    }

    private static JsonObject expected(Scenario scenario, int step) {
        return scenario.json()
                .getAsJsonObject("expect")
                .getAsJsonArray("after")
                .get(step)
                .getAsJsonObject();
    }

    private static <T> void compare(
            String when, Backend<T> backend, JsonElement expected, List<TensorVariable<T>> variables) {
        assertThat(expected.getAsJsonArray()).hasSameSizeAs(variables);
        for (int i = 0; i < variables.size(); i++) {
            HostTensor actual = backend.read(variables.get(i));
            JsonElement values = expected.getAsJsonArray().get(i);
            Bits.assertEqual(
                    variables.get(i).path() + " of " + when,
                    ScenarioTensor.parse(values, actual.shape(), actual.dtype()),
                    actual);
        }
    }

    private static Stream<JsonObject> objects(Scenario scenario, String key) {
        return stream(scenario.json().get(key)).map(JsonElement::getAsJsonObject);
    }

    private static Stream<JsonElement> stream(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false);
    }

    // ---- in a network, in a model, in a file

    @Test
    void a_network_of_dl4j_is_stepped_by_the_rule_and_finds_it_again() {
        OutputLayer layer = new OutputLayer.Builder(LossFunction.MSE)
                .nIn(2)
                .nOut(1)
                .activation(Activation.IDENTITY)
                .build();
        // guide: your-own-rule/dl4j
        Settings settings = Settings.of(new Lion(0.9, 0.99))
                .learningRate(0.01)
                .weightDecay(0.1)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new GradstepUpdater(settings))
                .list()
                .layer(layer)
                .build());
        net.init();
        GradstepUpdater.attach(net); // for the decay, which looks at the parameters
        // end
        float[] before = net.params().toFloatVector();
        net.fit(new DataSet(Nd4j.ones(1, 2), Nd4j.ones(1, 1)));
        assertThat(net.params().toFloatVector()).isNotEqualTo(before);
        MultiLayerNetwork again = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(
                net.getLayerWiseConfigurations().toJson()));
        again.init();
        assertThat(again.getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
    }

    @Test
    void a_model_of_djl_is_stepped_by_the_rule() {
        Settings settings = Settings.of(new Lion(0.9, 0.99)).learningRate(0.25).build();
        try (Model model = Model.newInstance("line", "PyTorch")) {
            Linear block = Linear.builder().setUnits(1).build();
            model.setBlock(block);
            Loss loss = Loss.l2Loss();
            // guide: your-own-rule/djl
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(loss).optOptimizer(GradstepOptimizer.of(settings, model));
            // end
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new ai.djl.ndarray.types.Shape(1, 1));
                float before = block.getParameters().get("weight").getArray().getFloat(0, 0);
                NDList data = new NDList(model.getNDManager().create(new float[][] {{1}}));
                NDList label = new NDList(model.getNDManager().create(new float[][] {{100}}));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    collector.backward(loss.evaluate(label, trainer.forward(data)));
                }
                trainer.step();
                assertThat(block.getParameters().get("weight").getArray().getFloat(0, 0))
                        .isEqualTo(before + 0.25f);
            }
        }
    }

    @Test
    void a_configuration_is_read_again() {
        // guide: your-own-rule/json
        Settings settings = Settings.of(new Lion(0.9, 0.99)).learningRate(0.01).build();
        String json = Keras.toJson(settings);
        Settings same = Keras.fromJson(json, ConfigReader.installed());
        // end
        assertThat(same.rule()).isEqualTo(new Lion(0.9, 0.99));
        assertThat(json).contains("\"class_name\":\"Lion\"", "\"beta_1\":0.9");
        assertThat(same.config()).containsAllEntriesOf(Map.of("beta_1", 0.9, "beta_2", 0.99));
    }
}
