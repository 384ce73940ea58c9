/**
 * Optimizers as Keras 3.15.1 defines them: settings, which are values, and the live optimizer made from settings and a
 * backend.
 *
 * <p>{@link io.gradstep.optim.RMSprop} is what a user writes, {@link io.gradstep.optim.LossScale} what may stand around
 * it; {@link io.gradstep.optim.Settings#on} makes the {@link io.gradstep.optim.Optimizer} of it. Somebody else's rule
 * becomes settings by {@link io.gradstep.optim.Settings#of}.
 *
 * <p>Inside: {@code BaseArguments} are what every optimizer has, {@code KerasStep} is all that happens to one variable
 * in a step, {@code Stepper} takes the step with all of them, {@code RuleOptimizer} and {@code LossScaleOptimizer} are
 * the live optimizers.
 */
package io.gradstep.optim;
