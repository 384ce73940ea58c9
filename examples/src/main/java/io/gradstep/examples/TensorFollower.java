package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors alone, in the shapes of {@link Model#parameters()}.
 *
 * @param <T> the tensor type
 */
final class TensorFollower<T> implements Follower {
    private final Backend<T> backend;
    private final Stepper<T> stepper;
    private final List<TensorVariable<T>> weights = new ArrayList<>();
    private final List<TensorVariable<T>> gradients = new ArrayList<>();

    TensorFollower(Model model, List<HostTensor> initialWeights, Backend<T> backend, OptimizerChoice choice) {
        this.backend = backend;
        List<Model.Parameter> parameters = model.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            DType dtype = initialWeights.get(i).dtype();
            weights.add(variable(parameters.get(i), dtype, parameters.get(i).path()));
            gradients.add(variable(parameters.get(i), dtype, parameters.get(i).path() + "_gradient"));
            backend.write(weights.get(i), initialWeights.get(i));
        }
        this.stepper = choice.on(backend, weights);
    }

    private TensorVariable<T> variable(Model.Parameter parameter, DType dtype, String path) {
        return backend.variable(VariableInfo.of(path), dtype, parameter.shape(), 0);
    }

    @Override
    public void step(List<HostTensor> theirGradients) {
        for (int i = 0; i < gradients.size(); i++) {
            backend.write(gradients.get(i), theirGradients.get(i));
        }
        stepper.step(gradients.stream().map(TensorVariable::value).toList());
    }

    @Override
    public void finish() {
        stepper.finish();
    }

    @Override
    public List<HostTensor> weights() {
        return weights.stream().map(weight -> backend.read(weight.value())).toList();
    }

    @Override
    public void close() {
        stepper.close();
        weights.forEach(TensorVariable::close);
        gradients.forEach(TensorVariable::close);
    }
}
