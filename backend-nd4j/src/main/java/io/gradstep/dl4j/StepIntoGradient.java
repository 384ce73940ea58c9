package io.gradstep.dl4j;

import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.List;

/**
 * A rule that makes of a gradient what DL4J is to subtract from the parameter: the variable is the gradient itself, and
 * the parameter a local variable, which the rule finds at −0.
 *
 * <p>From −0, {@code −0 − increment} is the increment's negation for every number, zeros included; from +0 the sign of
 * some zeros would be lost.
 *
 * @param rule one that {@link SubtractionOnly} lets pass
 */
record StepIntoGradient(UpdateRule rule) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return rule.slots();
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> parameter = new Local<>("dl4j.parameter");
        T gradient = ops.read(slots.variable());
        ops.assign(parameter, ops.scalar(-0.0));
        rule.step(ops, new OnParameter<>(slots, parameter, gradient));
        ops.assign(slots.variable(), ops.negative(ops.read(parameter)));
    }

    /** What the rule is given: the same state, another variable. */
    private record OnParameter<T>(Slots<T> slots, Variable<T> variable, T gradient) implements Slots<T> {
        @Override
        public Variable<T> slot(String name) {
            return slots.slot(name);
        }

        @Override
        public T input(String name) {
            return slots.input(name);
        }
    }
}
