package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The programs of the README. */
class ReadmeTest {
    @Test
    void one_line_of_a_program_for_dl4j_changes() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                // guide: README/dl4j
                .updater(new GradstepUpdater(new RMSprop(0.001)))
                // end
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(1)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .build();
        assertThat(((OutputLayer) configuration.getConf(0).getLayer()).getIUpdater())
                .isEqualTo(new GradstepUpdater(new RMSprop(0.001)));
    }

    @Test
    void one_line_of_a_program_for_djl_changes() {
        Loss loss = Loss.l2Loss();
        try (Model model = Model.newInstance("model", "PyTorch")) {
            DefaultTrainingConfig config = new DefaultTrainingConfig(loss)
                            // guide: README/djl
                            .optOptimizer(GradstepOptimizer.of(new RMSprop(0.001), model))
                    // end
                    ;
            assertThat(config.getOptimizer()).isInstanceOf(GradstepOptimizer.class);
        }
    }

    @Test
    void the_step_is_written_into_the_arrays() {
        // guide: README/plain
        float[] weights = {1, 2, 3};
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = new RMSprop(0.1).on(backend)) {
            HostTensor kernel = HostTensor.of(Shape.of(3), weights);
            optimizer.build(List.of(backend.wrap(kernel, "dense/kernel")));
            HostTensor gradient = HostTensor.of(Shape.of(3), 1f, 0f, -1f);
            optimizer.apply(List.of(gradient));
        }
        // end
        // Keras 3.15.1 on NumPy.
        assertThat(weights).containsExactly(0.6837724f, 2f, 3.3162277f);
    }
}
