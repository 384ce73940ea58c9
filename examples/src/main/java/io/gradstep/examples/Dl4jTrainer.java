package io.gradstep.examples;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
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
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The model as a DL4J network that is configured with an updater of gradstep's. Here gradients are computed and steps
 * taken one after the other; a program of one's own calls {@code network.fit}, as {@link Dl4jIris} does.
 *
 * <p>With a {@link LossScale}, which DL4J has no place for, the network has no updater. It is stepped from outside then:
 * the optimizer writes into the views of its parameters, so that the network sees each step at once.
 */
final class Dl4jTrainer implements Trainer<INDArray> {
    private final Mlp model;
    private final MultiLayerNetwork network;
    private final List<TensorVariable<INDArray>> variables = new ArrayList<>();
    private final List<INDArray> gradients = new ArrayList<>();
    private final Backend<INDArray> backend;
    private final Stepper<INDArray> stepper;

    Dl4jTrainer(
            Mlp model,
            List<HostTensor> initialWeights,
            Backend<INDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this.model = model;
        this.backend = backend;
        boolean scalesLoss = choice.settings() instanceof LossScale;
        this.network = network(model, scalesLoss ? new NoOp() : new GradstepUpdater(choice.settings(), options));
        network.initGradientsView();
        long next = 0;
        for (INDArray parameter : network.paramTable().values()) {
            variables.add(backend.wrap(
                    parameter, model.parameters().get(variables.size()).path()));
            gradients.add(network.getFlattenedGradients()
                    .reshape(network.numParams())
                    .get(NDArrayIndex.interval(next, next + parameter.length()))
                    .reshape(parameter.ordering(), parameter.shape()));
            next += parameter.length();
        }
        assign(variables.stream().map(TensorVariable::value).toList(), initialWeights);
        this.stepper = scalesLoss ? choice.on(backend, variables) : new Dl4jStepper(network, choice);
    }

    /** A bias is a row in DL4J, [1, units]; a kernel is stored in order 'f', which DL4J's assign takes care of. */
    private static void assign(List<INDArray> views, List<HostTensor> values) {
        for (int i = 0; i < views.size(); i++) {
            views.get(i).assign(array(values.get(i).floats(), views.get(i).shape()));
        }
    }

    private static MultiLayerNetwork network(Mlp model, IUpdater updater) {
        NeuralNetConfiguration.ListBuilder layers =
                new NeuralNetConfiguration.Builder().updater(updater).list();
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
        // DL4J sums over the rows here and leaves the division to its updater, which is not there with a LossScale.
        network.getFlattenedGradients().divi(batch.rows());
        return List.copyOf(gradients);
    }

    /** The network's gradients, set to those of somebody else. */
    List<INDArray> gradients(List<HostTensor> theirs) {
        assign(gradients, theirs);
        return List.copyOf(gradients);
    }

    @Override
    public Stepper<INDArray> stepper() {
        return stepper;
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
        stepper.close();
        variables.forEach(TensorVariable::close);
        network.close();
    }
}
