package io.gradstep.optim;

import io.gradstep.ops.Expression;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slots;

/**
 * The gradient that is clipped and stepped with: unscaled, and the mean over the accumulation window.
 *
 * @param unscale whether it was computed of a scaled loss
 * @param accumulationSteps how many gradients the mean is taken of; 0 if they are not accumulated
 */
record EffectiveGradient(boolean unscale, int accumulationSteps) implements Expression {
    @Override
    public <T> T value(Ops<T> ops, Slots<T> slots) {
        T gradient = unscaled(ops, slots);
        if (accumulationSteps == 0) {
            return gradient;
        }
        T sum = ops.add(gradient, ops.read(slots.slot(KerasStep.ACCUMULATOR)));
        return ops.divide(sum, ops.scalar(accumulationSteps));
    }

    <T> T unscaled(Ops<T> ops, Slots<T> slots) {
        return unscale ? ops.divide(slots.gradient(), slots.input(KerasStep.LOSS_SCALE)) : slots.gradient();
    }
}
