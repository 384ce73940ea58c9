package io.gradstep.dl4j;

import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks that have all kinds of parameters, and data for them. */
final class TestNetworks {
    static final int BATCH = 5;
    private static final int FEATURES = 3;
    private static final int STEPS = 6;
    private static final int CLASSES = 3;

    private TestNetworks() {}

    static NeuralNetConfiguration.Builder common(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder().seed(7).dataType(type).updater(updater);
    }

    /** Parameters in both orders, of rank 2 and 4, and such that are no gradient's to change. */
    static Layer[] layers() {
        return new Layer[] {
            new LSTM.Builder().nOut(4).activation(Activation.TANH).build(),
            new Convolution1DLayer.Builder(2)
                    .nOut(4)
                    .activation(Activation.TANH)
                    .build(),
            new GlobalPoolingLayer(),
            new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build(),
            new BatchNormalization(),
            new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build()
        };
    }

    static MultiLayerNetwork network(NeuralNetConfiguration.Builder common) {
        NeuralNetConfiguration.ListBuilder list = common.list();
        for (Layer layer : layers()) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(input()).build());
        net.init();
        return net;
    }

    static MultiLayerNetwork network(IUpdater updater) {
        return network(common(updater, DataType.FLOAT));
    }

    static ComputationGraph graph(NeuralNetConfiguration.Builder common) {
        GraphBuilder graph = common.graphBuilder().addInputs("in").setInputTypes(input());
        String before = "in";
        for (Layer layer : layers()) {
            String name = layer.getClass().getSimpleName();
            graph.addLayer(name, layer, before);
            before = name;
        }
        ComputationGraph net = new ComputationGraph(graph.setOutputs(before).build());
        net.init();
        return net;
    }

    static ComputationGraph graph(IUpdater updater) {
        return graph(common(updater, DataType.FLOAT));
    }

    private static InputType input() {
        return InputType.recurrent(FEATURES, STEPS);
    }

    /** A network of two dense layers. */
    static MultiLayerNetwork dense(NeuralNetConfiguration.Builder common) {
        MultiLayerConfiguration configuration = common.list()
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        return net;
    }

    static MultiLayerNetwork dense(IUpdater updater) {
        return dense(common(updater, DataType.FLOAT));
    }

    static DataSet denseBatch(int seed) {
        Random random = new Random(seed);
        return new DataSet(features(random, DataType.FLOAT, BATCH, 4), labels(random, DataType.FLOAT));
    }

    static DataSet batch(int seed, DataType type) {
        Random random = new Random(seed);
        return new DataSet(features(random, type, BATCH, FEATURES, STEPS), labels(random, type));
    }

    static DataSet batch(int seed) {
        return batch(seed, DataType.FLOAT);
    }

    private static INDArray features(Random random, DataType type, long... shape) {
        int length = 1;
        for (long size : shape) {
            length *= (int) size;
        }
        return Nd4j.createFromArray(random.doubles(length, -1, 1).toArray())
                .reshape(shape)
                .castTo(type);
    }

    private static INDArray labels(Random random, DataType type) {
        INDArray labels = Nd4j.zeros(type, BATCH, CLASSES);
        for (int row = 0; row < BATCH; row++) {
            labels.putScalar(row, random.nextInt(CLASSES), 1);
        }
        return labels;
    }
}
