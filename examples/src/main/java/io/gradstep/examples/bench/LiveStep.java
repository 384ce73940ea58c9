package io.gradstep.examples.bench;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.Backends;
import io.gradstep.ops.Execution;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a user has who trains: tensors of a library, gradients for them, an optimizer.
 *
 * @param <T> the tensor type
 */
final class LiveStep<T> implements TimedWork {
    private final Backend<T> backend;
    private final StepSettings settings;
    private final List<TensorVariable<T>> weights = new ArrayList<>();
    private final List<T> gradients;
    private final Optimizer<T> optimizer;

    private LiveStep(Backend<T> backend, StepSettings settings, List<HostTensor> weights, List<HostTensor> gradients) {
        this.backend = backend;
        this.settings = settings;
        for (HostTensor values : weights) {
            this.weights.add(backend.wrap(backend.tensor(values), "weight_" + this.weights.size()));
        }
        this.gradients = gradients.stream().map(backend::tensor).toList();
        this.optimizer = settings.rmsprop().on(backend);
        optimizer.build(this.weights);
    }

    /** Opens a backend and makes its tensors. */
    static LiveStep<?> open(
            String backend,
            Options options,
            StepSettings settings,
            List<HostTensor> weights,
            List<HostTensor> gradients) {
        return on(Backends.open(backend, options), settings, weights, gradients);
    }

    private static <T> LiveStep<T> on(
            Backend<T> backend, StepSettings settings, List<HostTensor> weights, List<HostTensor> gradients) {
        return new LiveStep<>(backend, settings, weights, gradients);
    }

    @Override
    public void run() {
        if (settings.accumulates()) {
            optimizer.setRawIteration(StepSettings.END_OF_A_WINDOW);
        }
        optimizer.apply(gradients);
    }

    /** How it is really run, which may be slower than what was asked for, and why. */
    String execution() {
        Execution execution = backend.execution(weights.get(0));
        return execution.mode() + " (" + execution.reason() + ")";
    }

    List<HostTensor> weights() {
        return weights.stream().map(backend::read).toList();
    }

    /** All that the optimizer keeps, its numbers among it. */
    List<HostTensor> state() {
        return optimizer.variables().stream()
                .filter(variable -> variable.shape().rank() > 0)
                .map(backend::read)
                .toList();
    }

    @Override
    public void close() {
        optimizer.close();
        weights.forEach(TensorVariable::close);
        backend.close();
    }
}
