package io.gradstep.constraint;

import io.gradstep.ops.Binary;
import io.gradstep.ops.HostTensor;
import java.util.Map;

/**
 * {@code keras.constraints.NonNeg}, Keras 3.15.1: no value is negative. A NaN stays, {@code -0.0} becomes 0.
 *
 * @see <a href="https://keras.io/api/layers/constraints/">Keras: constraints</a>
 */
public record NonNeg() implements KerasConstraint {
    @Override
    public void constrain(HostTensor values) {
        for (int i = 0; i < values.length(); i++) {
            values.set(i, Binary.MAXIMUM.apply(values.get(i), 0.0));
        }
    }

    @Override
    public String className() {
        return "NonNeg";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }
}
