package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The model as a DL4J network, stepped from outside: the optimizer writes into the views of the network's parameters,
 * so that the network sees each step at once.
 */
final class Dl4jTrainer implements Trainer<INDArray> {
    private final Mlp model;
    private final MultiLayerNetwork network;
    private final List<String> keys;
    private final List<TensorVariable<INDArray>> variables;
    private final Backend<INDArray> backend;

    Dl4jTrainer(Mlp model, List<HostTensor> initialWeights, Backend<INDArray> backend) {
        this.model = model;
        this.backend = backend;
        this.network = network(model);
        this.keys = IntStream.range(0, model.layers())
                .boxed()
                .flatMap(layer -> List.of(layer + "_W", layer + "_b").stream())
                .toList();
        this.variables = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            INDArray view = network.getParam(keys.get(i));
            // A bias is a row in DL4J, [1, units]; a kernel is stored in order 'f', which assign takes care of.
            view.assign(array(initialWeights.get(i).floats(), view.shape()));
            variables.add(backend.wrap(view, model.parameters().get(i).path()));
        }
    }

    private static MultiLayerNetwork network(Mlp model) {
        // The updater is never called below; NoOp says that it would do nothing if it were.
        NeuralNetConfiguration.ListBuilder layers =
                new NeuralNetConfiguration.Builder().updater(new NoOp()).list();
        int last = model.layers() - 1;
        for (int layer = 0; layer < last; layer++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(model.inputs(layer))
                    .nOut(model.units(layer))
                    .activation(Activation.RELU)
                    .build());
        }
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(model.inputs(last))
                .nOut(model.units(last))
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    @Override
    public List<TensorVariable<INDArray>> variables() {
        return List.copyOf(variables);
    }

    @Override
    public List<INDArray> gradients(Batch batch) {
        network.setInput(array(batch.features(), batch.rows(), batch.columns()));
        network.setLabels(array(batch.oneHotLabels(model.classes()), batch.rows(), model.classes()));
        network.computeGradientAndScore();
        // DL4J sums over the rows here and leaves the division to its updater, which does not act.
        network.getFlattenedGradients().divi(batch.rows());
        return keys.stream().map(key -> network.gradient().getGradientFor(key)).toList();
    }

    @Override
    public float[] probabilities(Batch batch) {
        INDArray output = network.output(array(batch.features(), batch.rows(), batch.columns()));
        return backend.read(output).floats();
    }

    @Override
    public List<HostTensor> toHost(List<INDArray> tensors) {
        return IntStream.range(0, tensors.size())
                .mapToObj(i -> HostTensor.of(
                        model.parameters().get(i).shape(),
                        backend.read(tensors.get(i)).floats()))
                .toList();
    }

    private static INDArray array(float[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape(shape);
    }

    @Override
    public void close() {
        variables.forEach(TensorVariable::close);
        network.close();
    }
}
