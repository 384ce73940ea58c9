package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.List;

/**
 * A model in one library: it computes gradients, and has an optimizer to step with them.
 *
 * @param <T> the tensor type of the library
 */
interface Trainer<T> extends AutoCloseable {
    /** The model's live weights, in the order of {@link Model#parameters()}, of whatever shape the library gives them. */
    List<TensorVariable<T>> variables();

    /**
     * The gradients of the mean cross entropy of a batch, still to be multiplied by the loss scale of the {@link
     * #stepper()}.
     *
     * @return one for each of the {@link #variables()}; they hold until the next call
     */
    List<T> gradients(Batch batch);

    /** What steps the {@link #variables()}, and nothing else does. */
    Stepper<T> stepper();

    /** What the model answers: for each row of the batch the probability of each class, row-major. */
    double[] probabilities(Batch batch);

    /**
     * Copies weights or gradients to the host.
     *
     * @param tensors one for each of the {@link #variables()}, of its shape
     * @return the same numbers in the shapes of {@link Model#parameters()}
     */
    List<HostTensor> toHost(List<T> tensors);

    default List<HostTensor> weights() {
        return toHost(variables().stream().map(TensorVariable::value).toList());
    }

    @Override
    void close();
}
