package io.gradstep.examples.guides;

import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.List;

// guide: coming-from-djl/rule
/** What {@code ai.djl.training.optimizer.Adam} computes on PyTorch, DJL 0.35.1, without weight decay. */
public record DjlAdam(float learningRate, float beta1, float beta2, float epsilon) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of(new Slot("mean", 0), new Slot("variance", 0));
    }

    /** DJL corrects the learning rate, in double, and keeps it as a float. */
    @Override
    public double input(String name, long iteration, DType dtype) {
        double t = iteration + 1;
        return name.equals("corrected_rate")
                ? (float) (learningRate * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t)))
                : UpdateRule.super.input(name, iteration, dtype);
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> mean = slots.slot("mean");
        Variable<T> variance = slots.slot("variance");
        T gradient = slots.gradient();
        ops.assign(mean, ops.add(ops.multiply(beta1, ops.read(mean)), ops.multiply(1 - beta1, gradient)));
        ops.assign(
                variance,
                ops.add(ops.multiply(beta2, ops.read(variance)), ops.multiply(1 - beta2, ops.square(gradient))));
        T denominator = ops.add(ops.sqrt(ops.read(variance)), epsilon);
        ops.assignSub(
                slots.variable(), ops.divide(ops.multiply(slots.input("corrected_rate"), ops.read(mean)), denominator));
    }
}
// end
