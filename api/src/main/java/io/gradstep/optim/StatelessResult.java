package io.gradstep.optim;

import java.util.List;

/**
 * What a stateless step gives: new tensors, which belong to the caller.
 *
 * @param <T> the tensor type
 * @param trainableVariables the model's variables after the step, in the order of {@code build}
 * @param optimizerVariables the optimizer's variables after the step, in the order of {@code variables()}
 */
public record StatelessResult<T>(List<T> trainableVariables, List<T> optimizerVariables) {}
