package io.gradstep.examples;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor library that can be compared, with one way to run steps on it.
 *
 * @param <T> its tensor type
 * @param id what the user calls it
 * @param execution how the backend runs steps
 * @param backend opens gradstep's backend for it
 * @param models makes a model in it
 * @param followers makes weights in it that are stepped by somebody else's gradients
 */
record Library<T>(
        String id, StepExecution execution, Supplier<Backend<T>> backend, Models<T> models, Followers<T> followers) {
    /** A library whose tensors follow by themselves, without a model. */
    Library(String id, StepExecution execution, Supplier<Backend<T>> backend, Models<T> models) {
        this(id, execution, backend, models, TensorFollower::new);
    }

    /** What it is called where the same library may stand twice. */
    String name() {
        return id + " " + execution;
    }

    /** Makes a model that starts with the given weights and is stepped by the optimizer that is chosen. */
    interface Models<T> {
        Trainer<T> trainer(Model model, List<HostTensor> initialWeights, Backend<T> backend, OptimizerChoice choice);
    }

    /** Makes weights of the model, with the given values and the optimizer that is chosen. */
    interface Followers<T> {
        Follower follower(Model model, List<HostTensor> initialWeights, Backend<T> backend, OptimizerChoice choice);
    }
}
