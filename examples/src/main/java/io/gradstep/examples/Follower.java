package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights in some library, stepped by gradients that somebody else computed. What still differs then is the optimizer's
 * arithmetic alone.
 *
 * @param <T> the tensor type
 */
final class Follower<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final Optimizer<T> optimizer;
    private final List<TensorVariable<T>> weights = new ArrayList<>();
    private final List<TensorVariable<T>> gradients = new ArrayList<>();

    Follower(
            Backend<T> backend,
            List<Mlp.Parameter> parameters,
            List<HostTensor> initialWeights,
            OptimizerChoice choice) {
        this.backend = backend;
        for (int i = 0; i < parameters.size(); i++) {
            weights.add(variable(parameters.get(i), parameters.get(i).path()));
            gradients.add(variable(parameters.get(i), parameters.get(i).path() + "_gradient"));
            backend.write(weights.get(i), initialWeights.get(i));
        }
        this.optimizer = choice.on(backend, weights);
    }

    private TensorVariable<T> variable(Mlp.Parameter parameter, String path) {
        return backend.variable(VariableInfo.of(path), DType.FLOAT32, parameter.shape(), 0);
    }

    /** Takes a step. The gradients are multiplied by the loss scale already; this optimizer's own must be the same. */
    void step(List<HostTensor> theirGradients) {
        for (int i = 0; i < gradients.size(); i++) {
            backend.write(gradients.get(i), theirGradients.get(i));
        }
        optimizer.apply(gradients.stream().map(TensorVariable::value).toList());
    }

    /** To be called after the last step: sets the weights to their averages, if any. */
    void finish() {
        optimizer.finalizeVariableValues(weights);
    }

    List<HostTensor> weights() {
        return weights.stream().map(weight -> backend.read(weight.value())).toList();
    }

    @Override
    public void close() {
        optimizer.close();
        weights.forEach(TensorVariable::close);
        gradients.forEach(TensorVariable::close);
    }
}
