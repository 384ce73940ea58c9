package io.gradstep.examples.guides;

import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

// guide: your-own-rule/adam
/** {@code keras/src/optimizers/adam.py}, Keras 3.15.1, without {@code amsgrad}. */
public record Adam(double beta1, double beta2, double epsilon) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of(new Slot("momentum", 0), new Slot("velocity", 0));
    }

    /** One block of both: kernel_momentum, kernel_velocity, bias_momentum, bias_velocity. */
    @Override
    public List<List<Slot>> blocks() {
        return List.of(slots());
    }

    @Override
    public double input(String name, long iteration, DType dtype) {
        return switch (name) {
            case "beta_1_power" -> Math.pow(dtype.round(beta1), (double) (iteration + 1));
            case "beta_2_power" -> Math.pow(dtype.round(beta2), (double) (iteration + 1));
            default -> UpdateRule.super.input(name, iteration, dtype);
        };
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        T gradient = slots.gradient();
        Variable<T> m = slots.slot("momentum");
        Variable<T> v = slots.slot("velocity");
        T correction1 = ops.subtract(ops.scalar(1), slots.input("beta_1_power"));
        T correction2 = ops.subtract(ops.scalar(1), slots.input("beta_2_power"));
        T alpha = ops.divide(ops.multiply(slots.learningRate(), ops.sqrt(correction2)), correction1);

        ops.assignAdd(m, ops.multiply(1 - beta1, ops.subtract(gradient, ops.read(m))));
        ops.assignAdd(v, ops.multiply(1 - beta2, ops.subtract(ops.square(gradient), ops.read(v))));
        T denominator = ops.add(ops.sqrt(ops.read(v)), epsilon);
        ops.assignSub(slots.variable(), ops.divide(ops.multiply(ops.read(m), alpha), denominator));
    }
    // end

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        config.put("epsilon", epsilon);
        config.put("amsgrad", false);
        return config;
    }
}
