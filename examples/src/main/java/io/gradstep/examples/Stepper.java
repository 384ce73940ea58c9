package io.gradstep.examples;

import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import java.util.List;

/**
 * What steps the weights of a model.
 *
 * @param <T> the tensor type
 */
interface Stepper<T> extends AutoCloseable {
    /** What the loss has to be multiplied by before the gradients are taken. */
    double lossScale();

    /** Takes a step with a gradient for each weight. */
    void step(List<T> gradients);

    /** Sets the weights to their averages, if any: after the last epoch, as Keras's {@code fit} does. */
    void finish();

    @Override
    void close();

    /** An optimizer that steps weights from outside. */
    static <T> Stepper<T> of(Optimizer<T> optimizer, List<TensorVariable<T>> weights) {
        return new FromOutside<>(optimizer, List.copyOf(weights));
    }

    /** The optimizer. */
    record FromOutside<T>(Optimizer<T> optimizer, List<TensorVariable<T>> weights) implements Stepper<T> {
        @Override
        public double lossScale() {
            return optimizer.scaleLoss(1);
        }

        @Override
        public void step(List<T> gradients) {
            optimizer.apply(gradients);
        }

        @Override
        public void finish() {
            optimizer.finalizeVariableValues(weights);
        }

        @Override
        public void close() {
            optimizer.close();
        }
    }
}
