package io.gradstep.tck;

import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule as a user would write it, with state interleaved per variable and numbers that change from step to step:
 * {@code keras/src/optimizers/adam.py}, Keras 3.15.1.
 *
 * @param beta1 how much of the old momentum stays
 * @param beta2 how much of the old velocity stays
 * @param epsilon added to the root of the velocity
 * @param amsgrad whether the greatest velocity so far is used
 */
public record Adam(double beta1, double beta2, double epsilon, boolean amsgrad) implements UpdateRule {
    private static final Slot MOMENTUM = new Slot("momentum", 0);
    private static final Slot VELOCITY = new Slot("velocity", 0);
    private static final Slot VELOCITY_HAT = new Slot("velocity_hat", 0);

    @Override
    public List<Slot> slots() {
        return amsgrad ? List.of(MOMENTUM, VELOCITY, VELOCITY_HAT) : List.of(MOMENTUM, VELOCITY);
    }

    @Override
    public List<List<Slot>> blocks() {
        List<Slot> perVariable = List.of(MOMENTUM, VELOCITY);
        return amsgrad ? List.of(perVariable, List.of(VELOCITY_HAT)) : List.of(perVariable);
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
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        config.put("epsilon", epsilon);
        config.put("amsgrad", amsgrad);
        return config;
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
        if (amsgrad) {
            Variable<T> greatest = slots.slot("velocity_hat");
            ops.assign(greatest, ops.maximum(ops.read(greatest), ops.read(v)));
            v = greatest;
        }
        T denominator = ops.add(ops.sqrt(ops.read(v)), epsilon);
        ops.assignSub(slots.variable(), ops.divide(ops.multiply(ops.read(m), alpha), denominator));
    }
}
