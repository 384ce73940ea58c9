package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A DL4J network that follows. Tensors alone would not do: DL4J's updaters step nothing but networks. */
final class Dl4jFollower implements Follower {
    private final Model model;
    private final Backend<INDArray> backend;
    private final Dl4jWeights weights;

    Dl4jFollower(
            Model model,
            List<HostTensor> initialWeights,
            Backend<INDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this.model = model;
        this.backend = backend;
        this.weights = Dl4jWeights.of(
                model, updater -> Dl4jNetwork.ofMatrices(initialWeights, updater), backend, choice, options);
    }

    @Override
    public void step(List<HostTensor> theirGradients) {
        weights.stepper().step(weights.gradients(theirGradients));
    }

    @Override
    public void finish() {
        weights.stepper().finish();
    }

    @Override
    public List<HostTensor> weights() {
        return Dl4jWeights.toHost(model, weights.network().weights(), backend);
    }

    @Override
    public void close() {
        weights.close();
    }
}
