package io.gradstep.tck;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/** Puts one operation to work: the variable holds x and the gradient y, or both are constants of the rule. */
record OperationRule(OperationCase operation, OperandKind operands) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of();
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        T x = operands.isFirstScalar() ? ops.scalar(operation.x()) : ops.read(slots.variable());
        T y = operands.isSecondScalar() ? ops.scalar(operation.y()) : slots.gradient();
        T result = operation.isBinary() ? ops.binary(operation.binary(), x, y) : ops.unary(operation.unary(), x);
        ops.assign(slots.variable(), result);
    }
}
