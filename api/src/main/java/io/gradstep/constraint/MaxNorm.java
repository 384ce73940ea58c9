package io.gradstep.constraint;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code keras.constraints.MaxNorm}, Keras 3.15.1: no norm is greater than a number, but for rounding.
 *
 * <p>For the norm {@code n} of the values {@code w} along the axes, each operation rounded once to the dtype:
 *
 * <pre>{@code
 * desired = clip(n, 0, max_value)
 * w       ← w · (desired / (1e-7 + n))
 * }</pre>
 *
 * <p>Values within the bound change too: a little, by the 1e-7.
 *
 * @param maxValue the greatest norm; any number, as in Keras
 * @param axes what the norm is taken along, negative ones counted from the last; none: each value is its own norm
 * @see <a href="https://keras.io/api/layers/constraints/">Keras: constraints</a>
 */
public record MaxNorm(double maxValue, List<Integer> axes) implements KerasConstraint {
    /**
     * Copies the list.
     *
     * @param maxValue any number
     * @param axes checked against a shape by {@link #checkFits}
     * @throws NullPointerException if the list or an axis is null
     */
    public MaxNorm {
        axes = List.copyOf(axes);
    }

    /** Keras's defaults: norms of at most 2 along axis 0. */
    public MaxNorm() {
        this(2);
    }

    /**
     * A bound on the norms along some axes.
     *
     * @param maxValue the greatest norm
     * @param axes the axes; none for Keras's default, axis 0
     */
    public MaxNorm(double maxValue, int... axes) {
        this(maxValue, Axes.orDefault(axes));
    }

    @Override
    public void constrain(HostTensor values) {
        DType dtype = values.dtype();
        Norms.rescale(values, axes, Binary.MULTIPLY, norm -> {
            double desired = Norms.clip(dtype, norm, 0, maxValue);
            double divisor = Norms.plusEpsilon(dtype, norm);
            return dtype.round(desired / divisor);
        });
    }

    @Override
    public void checkFits(Shape shape) {
        Axes.of(axes, shape);
    }

    @Override
    public String className() {
        return "MaxNorm";
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("max_value", maxValue);
        config.put("axis", Axes.written(axes));
        return Collections.unmodifiableMap(config);
    }
}
