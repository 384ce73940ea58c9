package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.initializer.Initializer;
import ai.djl.translate.TranslateException;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.djl.AutogradLoss;
import io.gradstep.djl.DjlProvider;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.dl4j.NetworkOptimizer;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileCopy;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.nd4j.SameDiffLoss;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.Bits;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The programs in the README: they are run, and they stand there word for word. */
class ReadmeExampleTest {
    @Test
    void the_program_runs() {
        // README
        INDArray kernel = Nd4j.createFromArray(1f, -2f, 3f);
        RMSprop settings = RMSprop.builder()
                .learningRate(0.1)
                .momentum(0.9)
                .centered(true)
                .weightDecay(0.004)
                .globalClipnorm(1.0)
                .build();
        try (Backend<INDArray> nd4j = new Nd4jProvider().open();
                Optimizer<INDArray> optimizer = settings.on(nd4j)) {
            optimizer.build(List.of(nd4j.wrap(kernel, "dense/kernel")));
            for (int step = 0; step < 50; step++) {
                INDArray gradient = kernel.dup(); // of x²/2
                optimizer.apply(List.of(gradient));
            }
            System.out.println(kernel + " after " + optimizer.iterations() + " steps");
        }
        // README
        // Keras 3.15.1 on NumPy.
        assertThat(kernel.toFloatVector()).containsExactly(0.048106384f, 0.031252906f, 0.12382285f);
    }

    @Test
    void the_documented_example_of_keras_runs_on_djl() {
        // README
        try (Backend<NDArray> djl = new DjlProvider().open();
                NDManager manager = NDManager.newBaseManager("PyTorch");
                Optimizer<NDArray> optimizer = new RMSprop(0.1).on(djl)) {
            NDArray x = manager.create(10f);
            try (AutogradLoss loss = AutogradLoss.of(() -> x.square().div(2))) {
                optimizer.minimize(loss, List.of(djl.wrap(x, "x")));
            }
            System.out.println(x.getFloat()); // 9.683772
            // README
            assertThat(x.getFloat()).isEqualTo(9.683772f);
        }
    }

    @Test
    void the_documented_example_of_keras_runs_on_nd4j() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.var("x", Nd4j.scalar(10f));
        x.mul(x).div(2).rename("loss");
        try (Backend<INDArray> nd4j = new Nd4jProvider().open();
                SameDiffLoss loss = SameDiffLoss.of(graph, "loss");
                Optimizer<INDArray> optimizer = new RMSprop(0.1).on(nd4j)) {
            optimizer.minimize(loss, loss.variables(nd4j));
        }
        assertThat(x.getArr().getFloat(0)).isEqualTo(9.683772f);
    }

    @Test
    void the_documented_example_of_keras_runs_on_plain_arrays() {
        HostTensor x = HostTensor.of(Shape.scalar(), 10f);
        Loss<HostTensor> loss = (variables, scale) -> new Loss.Evaluation<>(
                x.get(0) * x.get(0) / 2, List.of(HostTensor.of(Shape.scalar(), (float) (scale * x.get(0)))));
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = new RMSprop(0.1).on(reference)) {
            TensorVariable<HostTensor> variable = reference.wrap(x, "x");
            assertThat(optimizer.minimize(loss, List.of(variable))).isEqualTo(50);
        }
        assertThat(x.floats()).containsExactly(9.683772f);
    }

    @Test
    void a_network_of_dl4j_is_stepped_as_an_optimizer_steps() {
        OutputLayer layer = new OutputLayer.Builder(LossFunction.MSE)
                .nIn(2)
                .nOut(1)
                .weightInit(WeightInit.ZERO)
                .activation(Activation.IDENTITY)
                .build();
        DataSet data =
                new DataSet(Nd4j.createFromArray(new float[][] {{1, 2}}), Nd4j.createFromArray(new float[][] {{3}}));
        // README
        RMSprop settings = RMSprop.builder()
                .learningRate(0.01)
                .globalClipnorm(1.0)
                .weightDecay(0.004)
                .useEma(true)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new GradstepUpdater(settings))
                .list()
                .layer(layer)
                .build());
        net.init();
        NetworkOptimizer optimizer = GradstepUpdater.attach(net).excludeFromWeightDecay("^b$");
        for (int step = 0; step < 50; step++) {
            net.fit(data);
        }
        optimizer.finalizeVariableValues();
        // README
        assertThat(net.params().toFloatVector()).containsExactly(line(settings, 2), within(1e-6f));
    }

    /**
     * The weights and the bias of a line through 3 at (1, 2), after 50 steps of the reference from 0.
     *
     * @param factor of the squared error in the loss, doubled
     */
    private static float[] line(RMSprop settings, float factor) {
        HostTensor kernel = HostTensor.of(Shape.of(2, 1), 0f, 0f);
        HostTensor bias = HostTensor.of(Shape.of(1), 0f);
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> same = settings.on(reference)) {
            List<TensorVariable<HostTensor>> variables =
                    List.of(reference.wrap(kernel, "line/kernel"), reference.wrap(bias, "line/bias"));
            same.build(variables);
            same.excludeFromWeightDecay(List.of(), List.of("bias"));
            for (int step = 0; step < 50; step++) {
                float slope = factor * (kernel.floats()[0] + 2 * kernel.floats()[1] + bias.floats()[0] - 3);
                same.apply(
                        List.of(HostTensor.of(kernel.shape(), slope, 2 * slope), HostTensor.of(bias.shape(), slope)));
            }
            same.finalizeVariableValues(variables);
        }
        return new float[] {kernel.floats()[0], kernel.floats()[1], bias.floats()[0]};
    }

    @Test
    void a_model_of_djl_is_stepped_as_an_optimizer_steps() throws IOException, TranslateException {
        Linear block = Linear.builder().setUnits(1).build();
        block.setInitializer(Initializer.ZEROS, Parameter.Type.WEIGHT);
        ai.djl.ndarray.types.Shape shape = new ai.djl.ndarray.types.Shape(1, 2);
        ai.djl.training.loss.Loss loss = ai.djl.training.loss.Loss.l2Loss();
        NDManager manager = NDManager.newBaseManager("PyTorch");
        ArrayDataset data = new ArrayDataset.Builder()
                .setData(manager.create(new float[] {1, 2}, shape))
                .optLabels(manager.create(new float[] {3}))
                .setSampling(1, false)
                .build();
        // README
        RMSprop settings = RMSprop.builder()
                .learningRate(0.01)
                .globalClipnorm(1.0)
                .weightDecay(0.004)
                .useEma(true)
                .build();
        try (Model model = Model.newInstance("mlp");
                GradstepOptimizer optimizer = GradstepOptimizer.of(settings, model)) {
            model.setBlock(block);
            optimizer.excludeFromWeightDecay("bias");
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer))) {
                trainer.initialize(shape);
                EasyTrain.fit(trainer, 50, data, null);
                optimizer.finalizeVariableValues();
            }
            // README
            NDArray weight = block.getParameters().get("weight").getArray();
            NDArray bias = block.getParameters().get("bias").getArray();
            assertThat(new float[] {weight.getFloat(0, 0), weight.getFloat(0, 1), bias.getFloat(0)})
                    .containsExactly(line(settings, 1), within(1e-6f));
        }
        manager.close();
    }

    @Test
    void a_model_goes_on_where_keras_stopped(@TempDir Path folder) throws IOException {
        Scenario scenario = GoldenScenarios.continued().stream()
                .filter(golden -> golden.name().equals("continue-dense-plain"))
                .findFirst()
                .orElseThrow();
        JsonObject expected = scenario.json()
                .getAsJsonObject("expect")
                .getAsJsonArray("after")
                .get(0)
                .getAsJsonObject();
        Path model = GoldenScenarios.kerasFile("dense-plain.keras", folder);
        List<HostTensor> gradients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            JsonObject variable =
                    scenario.json().getAsJsonArray("variables").get(i).getAsJsonObject();
            JsonObject step = scenario.json().getAsJsonArray("steps").get(0).getAsJsonObject();
            gradients.add(tensor(step.getAsJsonArray("grads").get(i), shape(variable)));
        }
        // README
        // The trainable ones, in the order of Keras's model.trainable_variables; `inspect` lists what is in a file.
        List<String> paths =
                List.of("layers/dense/vars/0", "layers/dense/vars/1", "layers/dense_1/vars/0", "layers/dense_1/vars/1");
        try (KerasFile file = KerasFile.open(model);
                Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = file.optimizer().orElseThrow().on(backend)) {
            Map<String, HostTensor> weights = new LinkedHashMap<>();
            for (String path : paths) {
                weights.put(path, file.array(path));
            }
            optimizer.build(paths.stream()
                    .map(path -> backend.wrap(weights.get(path), path))
                    .toList());
            optimizer.loadOwnVariables(file.optimizerState());
            optimizer.apply(gradients);
            KerasFileCopy copy = file.copy().optimizerState(optimizer.saveOwnVariables());
            weights.forEach(copy::array);
            copy.writeTo(model);
        }
        // README
        try (KerasFile file = KerasFile.open(model)) {
            for (int i = 0; i < paths.size(); i++) {
                HostTensor written = file.array(paths.get(i));
                HostTensor keras = tensor(expected.getAsJsonArray("variables").get(i), written.shape());
                Bits.assertEqual(paths.get(i), keras, written);
            }
            JsonArray states = expected.getAsJsonArray("optimizer_variables");
            List<NamedArray> written = file.optimizerState().arrays();
            assertThat(written).hasSize(states.size());
            for (int i = 0; i < written.size(); i++) {
                HostTensor values = written.get(i).values();
                HostTensor keras = ScenarioTensor.parse(states.get(i), values.shape(), values.dtype());
                Bits.assertEqual(written.get(i).name(), keras, values);
            }
        }
    }

    private static HostTensor tensor(JsonElement values, Shape shape) {
        return ScenarioTensor.parse(values, shape, DType.FLOAT32);
    }

    private static Shape shape(JsonObject variable) {
        return Shape.of(StreamSupport.stream(variable.getAsJsonArray("shape").spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray());
    }

    @Test
    void the_readme_shows_these_programs() throws IOException {
        Path here = Path.of("src/test/java/io/gradstep/examples/ReadmeExampleTest.java");
        String readme = Files.readString(Path.of("../README.md"));
        String[] parts = Files.readString(here).split(" +// README\n", -1);
        assertThat(parts).hasSize(11);
        for (int i = 1; i < parts.length; i += 2) {
            String shown = parts[i].stripTrailing()
                    .lines()
                    .map(line -> line.substring(8))
                    .collect(Collectors.joining("\n"));
            assertThat(readme).contains(shown + "\n");
        }
    }
}
