package io.gradstep.examples;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.dl4j.NetworkOptimizer;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's own step, by the updater that the network is configured with: the second half of {@code network.fit}, so that
 * it can be timed, and taken with gradients from elsewhere.
 */
final class Dl4jStepper implements Stepper<INDArray> {
    private final MultiLayerNetwork network;
    private final double lossScale;
    private final NetworkOptimizer attached;

    Dl4jStepper(MultiLayerNetwork network, OptimizerChoice choice) {
        this.network = network;
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

    /** The gradients are the network's own, which DL4J takes as the one array that they lie in. */
    @Override
    public void step(List<INDArray> gradients) {
        Gradient gradient = new DefaultGradient(network.getFlattenedGradients());
        int iteration = network.getIterationCount();
        int epoch = network.getEpochCount();
        // DL4J divides by the size of the batch, which has been done.
        int rows = 1;
        network.getUpdater().update(network, gradient, iteration, epoch, rows, LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(gradient.gradient());
        network.setIterationCount(iteration + 1);
    }

    @Override
    public void finish() {
        attached.finalizeVariableValues();
    }

    /** Nothing is its own: state lies in the network. */
    @Override
    public void close() {}
}
