package io.gradstep.examples;

import java.util.List;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's own step, by whatever updater the network is configured with: the second half of {@code network.fit}, so that it
 * can be timed, and taken with gradients from elsewhere.
 *
 * @param network whose updater it is
 */
record Dl4jOwnStepper(MultiLayerNetwork network) implements Stepper<INDArray> {
    @Override
    public double lossScale() {
        return 1;
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

    /** DL4J keeps no averages. */
    @Override
    public void finish() {}

    /** Nothing is its own: state lies in the network. */
    @Override
    public void close() {}
}
