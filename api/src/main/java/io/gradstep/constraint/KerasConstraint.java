package io.gradstep.constraint;

import io.gradstep.ops.Constraint;
import java.util.Map;

/** A constraint that Keras 3.15.1 has, and can read when it is written as class name and config. */
public sealed interface KerasConstraint extends Constraint permits NonNeg, MaxNorm, UnitNorm, MinMaxNorm {
    /**
     * The constraint's class in {@code keras.constraints}.
     *
     * @return {@code NonNeg}, {@code MaxNorm}, {@code UnitNorm} or {@code MinMaxNorm}
     */
    String className();

    /**
     * The arguments, as Keras's {@code get_config} gives them.
     *
     * @return an unmodifiable map in Keras's order; {@code axis} is an {@code Integer} when there is one axis, else a
     *     {@code List<Integer>}, everything else a {@code Double}
     */
    Map<String, Object> config();
}
