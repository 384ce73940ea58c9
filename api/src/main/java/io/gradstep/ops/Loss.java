package io.gradstep.ops;

import java.util.List;

/**
 * What {@code Optimizer.minimize} minimizes: a function of variables that knows its own gradients, by a tensor
 * library's autograd or by hand.
 *
 * @param <T> the tensor type
 */
public interface Loss<T> {
    /**
     * Computes the loss and its gradients, where the variables are now.
     *
     * @param variables the variables to differentiate by
     * @param scale what the loss is multiplied by before the gradients are computed: 1, or the optimizer's loss scale
     * @return the loss itself, unscaled, and the gradients of {@code scale · loss}; the gradients are the loss's own
     *     and stay as they are until it is evaluated again
     */
    Evaluation<T> evaluate(List<TensorVariable<T>> variables, double scale);

    /**
     * A loss and its gradients.
     *
     * @param <T> the tensor type
     * @param value the loss, unscaled
     * @param gradients one for each variable, of its shape and dtype; null where the loss does not depend on it
     */
    record Evaluation<T>(double value, List<T> gradients) {}
}
