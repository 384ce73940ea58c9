package io.gradstep.optim;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/** Sets a variable to its moving average: {@code finalize_variable_values}, Keras 3.15.1. */
record TakeAverage() implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of(new Slot(KerasStep.AVERAGE, 0));
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        ops.assign(slots.variable(), ops.read(slots.slot(KerasStep.AVERAGE)));
    }
}
