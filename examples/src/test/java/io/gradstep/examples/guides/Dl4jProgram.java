package io.gradstep.examples.guides;

// guide: getting-started/dl4j
import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.optim.RMSprop;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Exclusive or, with a network of DL4J. */
public final class Dl4jProgram {
    public static void main(String[] args) {
        DataSet data = new DataSet(
                Nd4j.createFromArray(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}),
                Nd4j.createFromArray(new float[][] {{0}, {1}, {1}, {0}}));
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new GradstepUpdater(new RMSprop(0.01)))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(2)
                        .nOut(8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.XENT)
                        .nIn(8)
                        .nOut(1)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());
        net.init();
        for (int step = 0; step < 1000; step++) {
            net.fit(data);
        }
        System.out.println(net.output(data.getFeatures()).gt(0.5));
    }
}
// end
