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
 * {@code keras.constraints.MinMaxNorm}, Keras 3.15.1: every norm is drawn towards an interval.
 *
 * <p>For the norm {@code n} of the values {@code w} along the axes, each operation but {@code 1 - rate} rounded once to
 * the dtype:
 *
 * <pre>{@code
 * desired = rate · clip(n, min_value, max_value) + (1 - rate) · n
 * w       ← w · (desired / (1e-7 + n))
 * }</pre>
 *
 * @param minValue the least norm; any number, as in Keras
 * @param maxValue the greatest norm; any number, and where it is less than {@code minValue}, it wins
 * @param rate how far towards the interval: 1 is all the way
 * @param axes what the norm is taken along, negative ones counted from the last; none: each value is its own norm
 * @see <a href="https://keras.io/api/layers/constraints/">Keras: constraints</a>
 */
public record MinMaxNorm(double minValue, double maxValue, double rate, List<Integer> axes) implements KerasConstraint {
    /**
     * Copies the list.
     *
     * @param minValue any number
     * @param maxValue any number
     * @param rate any number
     * @param axes checked against a shape by {@link #checkFits}
     * @throws NullPointerException if the list or an axis is null
     */
    public MinMaxNorm {
        axes = List.copyOf(axes);
    }

    /** Keras's defaults: norms from 0 to 1, rate 1, along axis 0. */
    public MinMaxNorm() {
        this(0, 1, 1);
    }

    /**
     * An interval for the norms along some axes.
     *
     * @param minValue the least norm
     * @param maxValue the greatest norm
     * @param rate how far towards the interval
     * @param axes the axes; none for Keras's default, axis 0
     */
    public MinMaxNorm(double minValue, double maxValue, double rate, int... axes) {
        this(minValue, maxValue, rate, Axes.orDefault(axes));
    }

    @Override
    public void constrain(HostTensor values) {
        DType dtype = values.dtype();
        Norms.rescale(values, axes, Binary.MULTIPLY, norm -> {
            double inside = Norms.clip(dtype, norm, minValue, maxValue);
            double drawn = dtype.round(dtype.round(rate) * inside);
            double kept = dtype.round(dtype.round(1 - rate) * norm);
            double desired = dtype.round(drawn + kept);
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
        return "MinMaxNorm";
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("min_value", minValue);
        config.put("max_value", maxValue);
        config.put("rate", rate);
        config.put("axis", Axes.written(axes));
        return Collections.unmodifiableMap(config);
    }
}
