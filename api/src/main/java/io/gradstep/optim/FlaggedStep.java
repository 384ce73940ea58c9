package io.gradstep.optim;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/**
 * One call of Keras's {@code apply} for a variable that is overwritten with its gradient: {@code
 * _overwrite_variables_directly_with_gradients}, Keras 3.15.1. Accumulated gradients give their maximum, which starts
 * from 0, so that negative ones are lost: so it is in Keras.
 */
enum FlaggedStep implements UpdateRule {
    /** Without accumulation. */
    OVERWRITE,
    /** With accumulation, where the variable is not updated. */
    ACCUMULATE,
    /** With accumulation, where it is. */
    OVERWRITE_WITH_MAXIMUM;

    static FlaggedStep of(boolean accumulates, boolean updates) {
        if (!accumulates) {
            return OVERWRITE;
        }
        return updates ? OVERWRITE_WITH_MAXIMUM : ACCUMULATE;
    }

    @Override
    public List<Slot> slots() {
        return this == OVERWRITE ? List.of() : List.of(new Slot(KerasStep.ACCUMULATOR, 0));
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        switch (this) {
            case OVERWRITE -> ops.assign(slots.variable(), slots.gradient());
            case ACCUMULATE -> ops.assign(slots.slot(KerasStep.ACCUMULATOR), maximum(ops, slots));
            case OVERWRITE_WITH_MAXIMUM -> {
                ops.assign(slots.variable(), maximum(ops, slots));
                ops.assign(slots.slot(KerasStep.ACCUMULATOR), ops.scalar(0));
            }
        }
    }

    private static <T> T maximum(Ops<T> ops, Slots<T> slots) {
        return ops.maximum(slots.gradient(), ops.read(slots.slot(KerasStep.ACCUMULATOR)));
    }
}
