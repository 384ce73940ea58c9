package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
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

    Follower(Backend<T> backend, List<Mlp.Parameter> parameters, List<HostTensor> initialWeights, Settings settings) {
        this.backend = backend;
        this.optimizer = settings.on(backend);
        for (int i = 0; i < parameters.size(); i++) {
            weights.add(variable(parameters.get(i), parameters.get(i).path()));
            gradients.add(variable(parameters.get(i), parameters.get(i).path() + "_gradient"));
            backend.write(weights.get(i), initialWeights.get(i));
        }
        optimizer.build(weights);
    }

    private TensorVariable<T> variable(Mlp.Parameter parameter, String path) {
        return backend.variable(VariableInfo.of(path), DType.FLOAT32, parameter.shape(), 0);
    }

    void step(List<HostTensor> theirGradients) {
        for (int i = 0; i < gradients.size(); i++) {
            backend.write(gradients.get(i), theirGradients.get(i));
        }
        optimizer.apply(gradients.stream().map(TensorVariable::value).toList());
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
