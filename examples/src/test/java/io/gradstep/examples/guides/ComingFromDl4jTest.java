package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.dl4j.NetworkOptimizer;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.ScenarioTensor;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The programs of {@code coming-from-dl4j.md}. */
class ComingFromDl4jTest {
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
        // guide: coming-from-dl4j/attached
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
        // end
        assertThat(net.params().toFloatVector()).containsExactly(Line.byTheReference(settings, 2), within(1e-6f));
    }

    /** ND4J itself is the judge. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-8, 1e-3})
    void the_rule_gives_the_numbers_of_nd4js_rmsprop(double epsilon) {
        HostTensor weights = ScenarioTensor.generated(1, 2, Shape.of(1, 100));
        INDArray weight = Nd4j.createFromArray(weights.floats().clone()).reshape(1, 100);
        GradientUpdater<?> theirs = new RmsProp(0.1, 0.95, epsilon).instantiate(Nd4j.create(1, 100), true);
        Settings settings =
                Settings.of(new Nd4jRmsProp(0.95, epsilon)).learningRate(0.1).build();
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> ours = settings.on(reference)) {
            ours.build(List.of(reference.wrap(weights, "w")));
            for (int step = 0; step < 50; step++) {
                HostTensor gradient = ScenarioTensor.generated(2 + step, 2, Shape.of(1, 100));
                ours.apply(List.of(gradient));
                INDArray update = Nd4j.createFromArray(gradient.floats()).reshape(1, 100);
                theirs.applyUpdater(update, step, 0);
                weight.subi(update);
                assertThat(weights.floats()).as("after step %d", step).containsExactly(weight.toFloatVector());
            }
        }
    }

    /** DL4J itself is the judge. */
    @Test
    void a_network_that_is_stepped_by_the_rule_has_the_numbers_of_dl4j() {
        // guide: coming-from-dl4j/old
        Settings old =
                Settings.of(new Nd4jRmsProp(0.95, 1e-8)).learningRate(0.1).build();
        MultiLayerNetwork net = network(new GradstepUpdater(old));
        // end
        MultiLayerNetwork theirs = network(new RmsProp(0.1));
        DataSet data = new DataSet(Nd4j.rand(5, 3), Nd4j.rand(5, 2));
        for (int step = 0; step < 20; step++) {
            net.fit(data);
            theirs.fit(data);
        }
        assertThat(net.params().toFloatVector()).containsExactly(theirs.params().toFloatVector());
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(4).nOut(2).build())
                .build());
        net.init();
        return net;
    }
}
