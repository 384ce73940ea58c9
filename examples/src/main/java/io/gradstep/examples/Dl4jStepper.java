package io.gradstep.examples;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.dl4j.NetworkOptimizer;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's own step of a network that is configured with an updater of gradstep's. */
final class Dl4jStepper implements Stepper<INDArray> {
    private final Dl4jOwnStepper inner;
    private final double lossScale;
    private final NetworkOptimizer attached;

    Dl4jStepper(MultiLayerNetwork network, OptimizerChoice choice) {
        this.inner = new Dl4jOwnStepper(network);
        Double factor = choice.settings().base().lossScaleFactor();
        this.lossScale = factor == null ? 1 : factor;
        this.attached = GradstepUpdater.attach(network).excludeFromWeightDecay(excluded(choice));
    }

    /** The user's patterns know Keras's names, the network has DL4J's. */
    private static String[] excluded(OptimizerChoice choice) {
        return Stream.of(choice.spares("kernel") ? "^W$" : null, choice.spares("bias") ? "^b$" : null)
                .filter(pattern -> pattern != null)
                .toArray(String[]::new);
    }

    @Override
    public double lossScale() {
        return lossScale;
    }

    @Override
    public void step(List<INDArray> gradients) {
        inner.step(gradients);
    }

    @Override
    public void finish() {
        attached.finalizeVariableValues();
    }

    @Override
    public void close() {
        inner.close();
    }
}
