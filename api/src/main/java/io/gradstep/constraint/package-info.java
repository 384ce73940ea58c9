/**
 * The constraints of Keras 3.15.1, {@code keras.constraints}, with the bits of its NumPy backend.
 *
 * <p>They are values: records, equal when their arguments are. An optimizer takes any
 * {@link io.gradstep.ops.Constraint}; a {@link io.gradstep.constraint.KerasConstraint} can also be written down as Keras
 * does.
 */
package io.gradstep.constraint;
