package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.constraint.MaxNorm;
import io.gradstep.djl.AutogradLoss;
import io.gradstep.djl.DjlProvider;
import io.gradstep.keras.Keras;
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
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.schedule.CosineDecay;
import io.gradstep.tck.Bits;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The programs of {@code coming-from-keras.md}. */
class ComingFromKerasTest {
    /** What {@code json.dumps(keras.optimizers.serialize(optimizer))} gives for the Python of the page, Keras 3.15.1. */
    private static final String KERAS = """
            {"module": "keras.optimizers", "class_name": "RMSprop", "config": {"name": "rmsprop",
            "learning_rate": {"module": "keras.optimizers.schedules", "class_name": "CosineDecay", "config":
            {"initial_learning_rate": 0.01, "decay_steps": 1000, "alpha": 0.0, "name": "CosineDecay",
            "warmup_target": null, "warmup_steps": 0}, "registered_name": null}, "weight_decay": 0.004,
            "clipnorm": null, "global_clipnorm": 1.0, "clipvalue": null, "use_ema": true, "ema_momentum": 0.99,
            "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": 4, "rho":
            0.95, "momentum": 0.9, "epsilon": 1e-08, "centered": true}, "registered_name": null}
            """;

    @Test
    void the_documented_example_of_keras_runs_on_djl() {
        // guide: coming-from-keras/minimize
        try (Backend<NDArray> djl = new DjlProvider().open();
                NDManager manager = NDManager.newBaseManager("PyTorch");
                Optimizer<NDArray> optimizer = new RMSprop(0.1).on(djl)) {
            NDArray x = manager.create(10f);
            try (AutogradLoss loss = AutogradLoss.of(() -> x.square().div(2))) {
                optimizer.minimize(loss, List.of(djl.wrap(x, "x")));
            }
            System.out.println(x.getFloat()); // 9.683772
            // hide
            assertThat(x.getFloat()).isEqualTo(9.683772f);
            // show
        }
        // end
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
        // guide: coming-from-keras/files
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
        // end
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

    @Test
    void settings_are_those_of_keras() {
        // guide: coming-from-keras/settings
        RMSprop settings = RMSprop.builder()
                .learningRate(new CosineDecay(0.01, 1000))
                .rho(0.95)
                .momentum(0.9)
                .epsilon(1e-8)
                .centered(true)
                .weightDecay(0.004)
                .globalClipnorm(1.0)
                .useEma(true)
                .gradientAccumulationSteps(4)
                .build();
        String json = Keras.toJson(settings);
        Settings same = Keras.fromJson(json);
        // end
        assertThat(same).isEqualTo(settings);
        assertThat(JsonParser.parseString(json)).isEqualTo(JsonParser.parseString(KERAS));
    }

    @Test
    void a_loss_scale_and_a_constraint_stand_around_an_optimizer() {
        // guide: coming-from-keras/loss-scale
        LossScale settings = new LossScale(new RMSprop(0.01), 1024, 2000, "loss_scale_optimizer");
        VariableInfo kernel = VariableInfo.of("dense/kernel").constrainedBy(new MaxNorm(2, 0));
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = settings.on(backend)) {
            HostTensor weights = HostTensor.of(Shape.of(2, 1), 3f, 4f);
            optimizer.build(List.of(backend.wrap(weights, kernel)));
            double scale = optimizer.scaleLoss(1);
            HostTensor gradient = HostTensor.of(Shape.of(2, 1), (float) (scale * 0.5), 0f);
            optimizer.apply(List.of(gradient));
            // hide
            assertThat(scale).isEqualTo(1024);
            double norm = Math.hypot(weights.get(0), weights.get(1));
            assertThat(norm).isCloseTo(2, within(1e-6));
            // show
        }
        // end
    }

    private static HostTensor tensor(JsonElement values, Shape shape) {
        return ScenarioTensor.parse(values, shape, DType.FLOAT32);
    }

    private static Shape shape(JsonObject variable) {
        return Shape.of(StreamSupport.stream(variable.getAsJsonArray("shape").spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray());
    }
}
