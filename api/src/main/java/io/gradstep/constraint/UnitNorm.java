package io.gradstep.constraint;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.Map;

/**
 * {@code keras.constraints.UnitNorm}, Keras 3.15.1: every norm is 1, but for rounding and the 1e-7.
 *
 * <p>For the norm {@code n} of the values {@code w} along the axes, each operation rounded once to the dtype:
 *
 * <pre>{@code
 * w ← w / (1e-7 + n)
 * }</pre>
 *
 * @param axes what the norm is taken along, negative ones counted from the last; none: each value is its own norm
 * @see <a href="https://keras.io/api/layers/constraints/">Keras: constraints</a>
 */
public record UnitNorm(List<Integer> axes) implements KerasConstraint {
    /**
     * Copies the list.
     *
     * @param axes checked against a shape by {@link #checkFits}
     * @throws NullPointerException if the list or an axis is null
     */
    public UnitNorm {
        axes = List.copyOf(axes);
    }

    /**
     * Norms along some axes.
     *
     * @param axes the axes; none for Keras's default, axis 0
     */
    public UnitNorm(int... axes) {
        this(Axes.orDefault(axes));
    }

    @Override
    public void constrain(HostTensor values) {
        DType dtype = values.dtype();
        Norms.rescale(values, axes, Binary.DIVIDE, norm -> Norms.plusEpsilon(dtype, norm));
    }

    @Override
    public void checkFits(Shape shape) {
        Axes.of(axes, shape);
    }

    @Override
    public String className() {
        return "UnitNorm";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("axis", Axes.written(axes));
    }
}
