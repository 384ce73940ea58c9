package io.gradstep.examples;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * The weights of a network of DL4J, and what steps them.
 *
 * @param network whose they are
 * @param variables the weights
 * @param stepper steps them
 */
record Dl4jWeights(Dl4jNetwork network, List<TensorVariable<INDArray>> variables, Stepper<INDArray> stepper)
        implements AutoCloseable {
    /**
     * Weights that are stepped by an updater of gradstep's.
     *
     * <p>With a {@link LossScale}, which DL4J has no place for, the network has no updater. It is stepped from outside
     * then: the optimizer writes into the views of its parameters, so that the network sees each step at once.
     *
     * @param makeNetwork makes the network with the updater it is given
     */
    static Dl4jWeights of(
            Model model,
            Function<IUpdater, Dl4jNetwork> makeNetwork,
            Backend<INDArray> backend,
            OptimizerChoice choice,
            Options options) {
        if (choice.settings() instanceof LossScale) {
            Dl4jNetwork network = makeNetwork.apply(new NoOp());
            List<TensorVariable<INDArray>> variables = variables(model, network, backend);
            return new Dl4jWeights(network, variables, choice.on(backend, variables));
        }
        Dl4jNetwork network = makeNetwork.apply(new GradstepUpdater(choice.settings(), options));
        return new Dl4jWeights(network, variables(model, network, backend), new Dl4jStepper(network.network(), choice));
    }

    /** Weights that are stepped by the updater that the network has. */
    static Dl4jWeights withOwn(Model model, Dl4jNetwork network, Backend<INDArray> backend) {
        return new Dl4jWeights(network, variables(model, network, backend), new Dl4jOwnStepper(network.network()));
    }

    private static List<TensorVariable<INDArray>> variables(
            Model model, Dl4jNetwork network, Backend<INDArray> backend) {
        List<Model.Parameter> parameters = model.parameters();
        return IntStream.range(0, parameters.size())
                .mapToObj(i ->
                        backend.wrap(network.weights().get(i), parameters.get(i).path()))
                .toList();
    }

    /** Weights or gradients as {@link Model#parameters()} have them. */
    static List<HostTensor> toHost(Model model, List<INDArray> tensors, Backend<INDArray> backend) {
        List<Model.Parameter> parameters = model.parameters();
        return IntStream.range(0, tensors.size())
                .mapToObj(i -> toHost(parameters.get(i).shape(), backend.read(tensors.get(i))))
                .toList();
    }

    private static HostTensor toHost(Shape shape, HostTensor tensor) {
        HostTensor ordered = tensor.shape().rank() == 4 ? Axes.outputsLast(tensor) : tensor;
        return ordered.dtype() == DType.FLOAT64
                ? HostTensor.of(shape, ordered.doubles())
                : HostTensor.of(shape, ordered.floats());
    }

    /** Gradients of somebody else, put where DL4J expects those of the network. */
    List<INDArray> gradients(List<HostTensor> theirs) {
        network.assign(network.gradients(), theirs);
        return network.gradients();
    }

    @Override
    public void close() {
        stepper.close();
        variables.forEach(TensorVariable::close);
        network.close();
    }
}
