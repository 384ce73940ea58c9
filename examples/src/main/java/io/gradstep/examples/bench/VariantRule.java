package io.gradstep.examples.bench;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.List;

/**
 * RMSprop with a few more operations on the increment, others for each variant: a multiplication for each 1 in the
 * binary digits of the variant, an addition for each 0. Rules that differ only in numbers share what is compiled.
 *
 * @param variant at least 1
 */
record VariantRule(int variant) implements UpdateRule {
    private static final double FACTOR = 0.5;
    private static final double SUMMAND = 1e-6;

    @Override
    public List<Slot> slots() {
        return List.of(new Slot("velocity", 0));
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> velocity = slots.slot("velocity");
        T squares = ops.square(slots.gradient());
        ops.assign(
                velocity,
                ops.add(
                        ops.multiply(StepSettings.RHO, ops.read(velocity)),
                        ops.multiply(1 - StepSettings.RHO, squares)));
        T denominator = ops.sqrt(ops.add(ops.read(velocity), StepSettings.EPSILON));
        T increment = ops.divide(ops.multiply(slots.learningRate(), slots.gradient()), denominator);
        for (int digits = variant; digits > 0; digits >>= 1) {
            increment = (digits & 1) == 1 ? ops.multiply(FACTOR, increment) : ops.add(increment, SUMMAND);
        }
        ops.assignSub(slots.variable(), increment);
    }
}
