package io.gradstep.examples.guides;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

// guide: your-own-rule/lion
/** {@code keras/src/optimizers/lion.py}, Keras 3.15.1. */
public record Lion(double beta1, double beta2) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of(new Slot("momentum", 0));
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> momentum = slots.slot("momentum");
        T direction = ops.sign(mean(ops, beta1, ops.read(momentum), slots.gradient()));
        ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), direction));
        ops.assign(momentum, mean(ops, beta2, ops.read(momentum), slots.gradient()));
    }

    /** Keras rounds beta before it takes it from 1. */
    private static <T> T mean(Ops<T> ops, double beta, T momentum, T gradient) {
        T rest = ops.subtract(ops.scalar(1), ops.scalar(beta));
        return ops.add(ops.multiply(beta, momentum), ops.multiply(gradient, rest));
    }
    // end

    // guide: your-own-rule/config
    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        return config;
    }
    // end
}
