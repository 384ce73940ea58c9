package io.gradstep.optim;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/** The plain assignments as rules, so that a backend needs no further method for them: the gradient is the value. */
enum Assignment implements UpdateRule {
    ASSIGN,
    ASSIGN_ADD,
    ASSIGN_SUB;

    @Override
    public List<Slot> slots() {
        return List.of();
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        switch (this) {
            case ASSIGN -> ops.assign(slots.variable(), slots.gradient());
            case ASSIGN_ADD -> ops.assignAdd(slots.variable(), slots.gradient());
            case ASSIGN_SUB -> ops.assignSub(slots.variable(), slots.gradient());
        }
    }

    /** The same on one number, for what is kept on the host. */
    double applyTo(double number, double value) {
        return switch (this) {
            case ASSIGN -> value;
            case ASSIGN_ADD -> number + value;
            case ASSIGN_SUB -> number - value;
        };
    }
}
