package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A tensor library that can be compared, with one way to take steps on it.
 *
 * @param <T> its tensor type
 * @param contender what it is called, and what it is there for
 * @param backend opens gradstep's backend for it
 * @param models makes a model in it
 * @param followers makes weights in it that are stepped by somebody else's gradients; empty where the steps are those of
 *     another rule
 */
record Library<T>(
        Contender contender, Supplier<Backend<T>> backend, Models<T> models, Optional<Followers<T>> followers) {
    /** A library whose tensors follow by themselves, without a model. */
    Library(Contender contender, Supplier<Backend<T>> backend, Models<T> models) {
        this(contender, backend, models, Optional.of(TensorFollower::new));
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
