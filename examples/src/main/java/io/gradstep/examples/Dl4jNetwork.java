package io.gradstep.examples;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A network of DL4J, and its weights and gradients as views, kernel and bias of each layer in turn.
 *
 * @param network the network
 * @param weights views of its parameters
 * @param gradients views of the gradients in the same places
 */
record Dl4jNetwork(MultiLayerNetwork network, List<INDArray> weights, List<INDArray> gradients)
        implements AutoCloseable {
    /**
     * A network that computes what a model does.
     *
     * @param initialWeights as {@link Model#parameters()} have them; their dtype is the network's
     * @param updater what it is configured with
     */
    static Dl4jNetwork of(Model model, List<HostTensor> initialWeights, IUpdater updater) {
        NeuralNetConfiguration.ListBuilder layers = builder(initialWeights, updater);
        for (int layer = 0; layer < model.layers().size(); layer++) {
            add(layers, model.layers().get(layer), model.isLast(layer));
        }
        if (model.layers().get(0) instanceof Convolution first) {
            // So that DL4J reshapes rows into images, and images into rows.
            layers.setInputType(InputType.convolutionalFlat(first.side(), first.side(), first.channels()));
        }
        return initialized(layers, initialWeights);
    }

    /**
     * A network that computes nothing: its weights are there to be stepped. Each kernel is a matrix with the numbers in
     * Keras's order, so that a norm is added up in that order. A convolution of DL4J has another.
     *
     * @param initialWeights kernels and biases in turn
     * @param updater what it is configured with
     */
    static Dl4jNetwork ofMatrices(List<HostTensor> initialWeights, IUpdater updater) {
        NeuralNetConfiguration.ListBuilder layers = builder(initialWeights, updater);
        // The matrices do not fit each other.
        layers.overrideNinUponBuild(false);
        for (int i = 0; i < initialWeights.size(); i += 2) {
            int units = initialWeights.get(i + 1).length();
            add(layers, new Dense(initialWeights.get(i).length() / units, units), i + 2 == initialWeights.size());
        }
        return initialized(layers, initialWeights);
    }

    private static NeuralNetConfiguration.ListBuilder builder(List<HostTensor> weights, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .dataType(dataType(weights.get(0).dtype()))
                .updater(updater)
                .list();
    }

    private static DataType dataType(DType dtype) {
        return dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
    }

    private static void add(NeuralNetConfiguration.ListBuilder layers, Layer layer, boolean isLast) {
        if (isLast) {
            layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(layer.inputs())
                    .nOut(layer.outputs())
                    .activation(Activation.SOFTMAX)
                    .build());
        } else if (layer instanceof Convolution convolution) {
            layers.layer(new ConvolutionLayer.Builder(convolution.window(), convolution.window())
                    .stride(convolution.stride(), convolution.stride())
                    .nIn(convolution.channels())
                    .nOut(convolution.filters())
                    .activation(Activation.RELU)
                    .build());
        } else {
            layers.layer(new DenseLayer.Builder()
                    .nIn(layer.inputs())
                    .nOut(layer.outputs())
                    .activation(Activation.RELU)
                    .build());
        }
    }

    private static Dl4jNetwork initialized(NeuralNetConfiguration.ListBuilder layers, List<HostTensor> initialWeights) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        network.initGradientsView();
        List<INDArray> weights = new ArrayList<>();
        List<INDArray> gradients = new ArrayList<>();
        for (int layer = 0; layer < network.getnLayers(); layer++) {
            // A convolution has its bias before its kernel, both in the table and in memory.
            for (String name : List.of("W", "b")) {
                INDArray weight = network.getParam(layer + "_" + name);
                weights.add(weight);
                gradients.add(gradient(network, weight));
            }
        }
        Dl4jNetwork result = new Dl4jNetwork(network, List.copyOf(weights), List.copyOf(gradients));
        result.assign(result.weights, initialWeights);
        return result;
    }

    /** What lies in the array of the gradients where the weight lies in that of the weights. */
    private static INDArray gradient(MultiLayerNetwork network, INDArray weight) {
        long from = weight.offset() - network.params().offset();
        return network.getFlattenedGradients()
                .reshape(network.numParams())
                .get(NDArrayIndex.interval(from, from + weight.length()))
                .reshape(weight.ordering(), weight.shape());
    }

    /**
     * Sets weights or gradients to numbers in Keras's order.
     *
     * <p>A bias is a row in DL4J, [1, units]; the kernel of a dense layer is stored in order 'f', which DL4J's assign
     * takes care of.
     */
    void assign(List<INDArray> views, List<HostTensor> values) {
        for (int i = 0; i < views.size(); i++) {
            INDArray view = views.get(i);
            HostTensor ordered = view.rank() == 4 ? Axes.outputsFirst(values.get(i)) : values.get(i);
            view.assign(array(ordered).reshape(view.shape()));
        }
    }

    private static INDArray array(HostTensor tensor) {
        return tensor.dtype() == DType.FLOAT64
                ? Nd4j.createFromArray(tensor.doubles())
                : Nd4j.createFromArray(tensor.floats());
    }

    /** Numbers as a matrix of the dtype of the network. */
    INDArray matrix(float[] values, long rows) {
        return Nd4j.createFromArray(values)
                .reshape(rows, values.length / rows)
                .castTo(network.params().dataType());
    }

    @Override
    public void close() {
        network.close();
    }
}
