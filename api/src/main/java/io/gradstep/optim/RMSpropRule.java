package io.gradstep.optim;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The formula of {@code keras/src/optimizers/rmsprop.py}, Keras 3.15.1: {@code RMSprop.update_step}. */
record RMSpropRule(double rho, double momentum, double epsilon, boolean centered) implements UpdateRule {

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        slots.add(new Slot("velocity", 0));
        if (momentum > 0) {
            slots.add(new Slot("momentum", 0));
        }
        if (centered) {
            slots.add(new Slot("average_gradient", 0));
        }
        return slots;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("rho", rho);
        config.put("momentum", momentum);
        config.put("epsilon", epsilon);
        config.put("centered", centered);
        return config;
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> variable = slots.variable();
        T gradient = slots.gradient();
        T learningRate = slots.learningRate();

        Variable<T> velocity = slots.slot("velocity");
        ops.assign(
                velocity, ops.add(ops.multiply(rho, ops.read(velocity)), ops.multiply(1 - rho, ops.square(gradient))));

        T denominator;
        if (centered) {
            Variable<T> averageGradient = slots.slot("average_gradient");
            ops.assign(
                    averageGradient,
                    ops.add(ops.multiply(rho, ops.read(averageGradient)), ops.multiply(1 - rho, gradient)));
            T variance = ops.subtract(ops.read(velocity), ops.square(ops.read(averageGradient)));
            denominator = ops.add(variance, epsilon);
        } else {
            denominator = ops.add(ops.read(velocity), epsilon);
        }

        T increment = ops.divide(ops.multiply(learningRate, gradient), ops.sqrt(denominator));
        if (this.momentum > 0) {
            Variable<T> momentum = slots.slot("momentum");
            ops.assign(momentum, ops.add(ops.multiply(this.momentum, ops.read(momentum)), increment));
            ops.assignSub(variable, ops.read(momentum));
        } else {
            ops.assignSub(variable, increment);
        }
    }
}
