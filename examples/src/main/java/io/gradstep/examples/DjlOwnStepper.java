package io.gradstep.examples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import java.util.List;

/**
 * One of DJL's own optimizers, called for each parameter as DJL's trainer calls it. What it throws goes through.
 *
 * @param parameters of the model
 * @param optimizer steps them
 */
record DjlOwnStepper(List<Parameter> parameters, Optimizer optimizer) implements Stepper<NDArray> {
    DjlOwnStepper {
        parameters = List.copyOf(parameters);
    }

    @Override
    public double lossScale() {
        return 1;
    }

    /** Leaves zeros in the gradients, which not every optimizer of DJL's does. */
    @Override
    public void step(List<NDArray> gradients) {
        for (int i = 0; i < parameters.size(); i++) {
            optimizer.update(parameters.get(i).getId(), parameters.get(i).getArray(), gradients.get(i));
        }
        // Not around the updates: the optimizer makes its state in them, which has to stay.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            gradients.forEach(gradient -> gradient.set(new NDIndex("..."), 0f));
        }
    }

    /** DJL keeps no averages. */
    @Override
    public void finish() {}

    /** The optimizer's state belongs to the managers of the parameters. */
    @Override
    public void close() {}
}
