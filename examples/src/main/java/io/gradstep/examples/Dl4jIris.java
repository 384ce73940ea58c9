package io.gradstep.examples;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.dl4j.NetworkOptimizer;
import io.gradstep.optim.RMSprop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * {@code IrisClassifier} of DL4J's examples, a program to copy. Of gradstep's are the line with the updater and, because
 * it keeps moving averages of the weights, those with {@code attach} and {@code finalizeVariableValues}.
 */
public final class Dl4jIris {
    private Dl4jIris() {}

    /**
     * Trains on 65% of the flowers, and prints how well the others are told apart.
     *
     * @param args none
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        DataSet flowers = flowers();
        flowers.shuffle(6);
        SplitTestAndTrain parts = flowers.splitTestAndTrain(0.65);
        DataNormalization normalizer = new NormalizerStandardize();
        normalizer.fit(parts.getTrain());
        normalizer.transform(parts.getTrain());
        normalizer.transform(parts.getTest());

        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(6)
                .activation(Activation.TANH)
                .weightInit(WeightInit.XAVIER)
                .updater(new GradstepUpdater(
                        RMSprop.builder().learningRate(0.003).useEma(true).build()))
                .l2(1e-4)
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(3).build())
                .layer(new DenseLayer.Builder().nIn(3).nOut(3).build())
                .layer(new OutputLayer.Builder(LossFunction.NEGATIVELOGLIKELIHOOD)
                        .activation(Activation.SOFTMAX)
                        .nIn(3)
                        .nOut(3)
                        .build())
                .build());
        net.init();
        NetworkOptimizer optimizer = GradstepUpdater.attach(net);

        for (int i = 0; i < 1000; i++) {
            net.fit(parts.getTrain());
        }
        optimizer.finalizeVariableValues();

        Evaluation evaluation = new Evaluation(3);
        evaluation.eval(parts.getTest().getLabels(), net.output(parts.getTest().getFeatures()));
        System.out.println(evaluation.stats());
    }

    /** Fisher's irises, from DL4J's own jar. */
    private static DataSet flowers() throws IOException {
        try (InputStream in = Dl4jIris.class.getResourceAsStream("/iris.dat")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
            INDArray features = Nd4j.create(lines.size(), 4);
            INDArray labels = Nd4j.create(lines.size(), 3);
            for (int i = 0; i < lines.size(); i++) {
                String[] columns = lines.get(i).split(",", -1);
                for (int j = 0; j < 4; j++) {
                    features.putScalar(i, j, Double.parseDouble(columns[j]));
                }
                labels.putScalar(i, Integer.parseInt(columns[4]), 1);
            }
            return new DataSet(features, labels);
        }
    }
}
