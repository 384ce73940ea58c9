/**
 * Optimizers as Keras 3.15.1 defines them: settings, which are values, and the live optimizer made from settings and a
 * backend.
 *
 * <p>{@link io.gradstep.optim.RMSprop} is what a user writes; {@link io.gradstep.optim.Settings#on} makes the
 * {@link io.gradstep.optim.Optimizer} of it. Somebody else's rule becomes settings by
 * {@link io.gradstep.optim.RuleSettings}.
 */
package io.gradstep.optim;
