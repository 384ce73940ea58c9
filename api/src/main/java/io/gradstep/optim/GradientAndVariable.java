package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;

/**
 * A gradient and the variable that it belongs to.
 *
 * @param <T> the tensor type
 * @param gradient the gradient, of the variable's shape and dtype; null for none
 * @param variable the variable
 */
public record GradientAndVariable<T>(T gradient, TensorVariable<T> variable) {}
