package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The model as a DL4J network that is configured with an updater of gradstep's, or one of DL4J's own. Here gradients are
 * computed and steps taken one after the other; a program of one's own calls {@code network.fit}, as {@link Dl4jIris}
 * does.
 */
final class Dl4jTrainer implements Trainer<INDArray> {
    private final Model model;
    private final Backend<INDArray> backend;
    private final Dl4jWeights weights;

    Dl4jTrainer(
            Model model,
            List<HostTensor> initialWeights,
            Backend<INDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this(
                model,
                backend,
                Dl4jWeights.of(
                        model, updater -> Dl4jNetwork.of(model, initialWeights, updater), backend, choice, options));
    }

    private Dl4jTrainer(Model model, Backend<INDArray> backend, Dl4jWeights weights) {
        this.model = model;
        this.backend = backend;
        this.weights = weights;
    }

    /** A model that is stepped by one of DL4J's own updaters. */
    static Dl4jTrainer withOwn(
            Model model, List<HostTensor> initialWeights, Backend<INDArray> backend, IUpdater updater) {
        Dl4jNetwork network = Dl4jNetwork.of(model, initialWeights, updater);
        return new Dl4jTrainer(model, backend, Dl4jWeights.withOwn(model, network, backend));
    }

    @Override
    public List<TensorVariable<INDArray>> variables() {
        return weights.variables();
    }

    @Override
    public List<INDArray> gradients(Batch batch) {
        MultiLayerNetwork network = weights.network().network();
        network.setInput(features(batch));
        network.setLabels(weights.network().matrix(batch.oneHotLabels(model.classes()), batch.rows()));
        network.computeGradientAndScore();
        // DL4J sums over the rows here and leaves the division to its updater, which is not there with a LossScale.
        network.getFlattenedGradients().divi(batch.rows());
        return weights.network().gradients();
    }

    private INDArray features(Batch batch) {
        return weights.network().matrix(batch.features(), batch.rows());
    }

    @Override
    public Stepper<INDArray> stepper() {
        return weights.stepper();
    }

    @Override
    public double[] probabilities(Batch batch) {
        INDArray output = weights.network().network().output(features(batch));
        return backend.read(output).cast(DType.FLOAT64).doubles();
    }

    @Override
    public List<HostTensor> toHost(List<INDArray> tensors) {
        return Dl4jWeights.toHost(model, tensors, backend);
    }

    @Override
    public void close() {
        weights.close();
    }
}
