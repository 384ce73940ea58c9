package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gradstep.djl.AutogradLoss;
import io.gradstep.djl.DjlProvider;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.WeightsFile;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.nd4j.SameDiffLoss;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.GoldenScenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
    void a_model_goes_on_where_keras_stopped(@TempDir Path folder) throws IOException {
        Path model = GoldenScenarios.kerasFile("dense-plain.keras", folder);
        HostTensor gradient = HostTensor.filled(DType.FLOAT32, Shape.of(4, 8), 1);
        HostTensor before = onlyTheFirstKernel(model);
        // README
        try (KerasFile file = KerasFile.open(model);
                Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = file.optimizer().orElseThrow().on(backend)) {
            HostTensor kernel = file.array("layers/dense/vars/0");
            optimizer.build(List.of(backend.wrap(kernel, "dense/kernel")));
            optimizer.loadOwnVariables(file.optimizerState());
            optimizer.apply(List.of(gradient));
            file.copy()
                    .array("layers/dense/vars/0", kernel)
                    .optimizerState(optimizer.saveOwnVariables())
                    .writeTo(model);
        }
        // README
        try (KerasFile file = KerasFile.open(model)) {
            OptimizerState state = file.optimizerState();
            assertThat(state.arrays().get(0).values().ints()).containsExactly(4);
            // velocity = 0.9 velocity + 0.1, and the kernel by 0.01 / √(velocity + ε) less
            float velocity = state.arrays().get(2).values().floats()[0];
            assertThat(velocity).isEqualTo(0.9f * 0.4844483f + 0.1f);
            assertThat(file.array("layers/dense/vars/0").floats()[0])
                    .isEqualTo(before.floats()[0] - 0.01f / (float) Math.sqrt(velocity + 1e-7f));
        }
    }

    /** The README's model has one variable: its optimizer has no other state either. */
    private static HostTensor onlyTheFirstKernel(Path model) throws IOException {
        Path weights = model.resolveSibling("kernel.weights.h5");
        HostTensor kernel;
        try (KerasFile file = KerasFile.open(model)) {
            kernel = file.array("layers/dense/vars/0");
            OptimizerState state =
                    new OptimizerState(file.optimizerState().arrays().subList(0, 3));
            new WeightsFile()
                    .layer("dense", List.of(kernel))
                    .optimizer(file.optimizer().orElseThrow(), state)
                    .writeTo(weights);
        }
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(model.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        entries.put("model.weights.h5", Files.readAllBytes(weights));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(model))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return kernel;
    }

    @Test
    void the_readme_shows_these_programs() throws IOException {
        Path here = Path.of("src/test/java/io/gradstep/examples/ReadmeExampleTest.java");
        String readme = Files.readString(Path.of("../README.md"));
        String[] parts = Files.readString(here).split(" +// README\n", -1);
        assertThat(parts).hasSize(7);
        for (int i = 1; i < parts.length; i += 2) {
            String shown = parts[i].stripTrailing()
                    .lines()
                    .map(line -> line.substring(8))
                    .collect(Collectors.joining("\n"));
            assertThat(readme).contains(shown + "\n");
        }
    }
}
