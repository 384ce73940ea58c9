package io.gradstep.nd4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A rule without state: the variable becomes what a formula makes of it. For this backend only, as the formula sees
 * the arrays themselves.
 */
record OneAssignment(BiFunction<Ops<Object>, Slots<Object>, Object> formula) implements UpdateRule {
    interface OfVariable {
        Object apply(Ops<Object> ops, Object variable);
    }

    interface OfVariableAndGradient {
        Object apply(Ops<Object> ops, Object variable, Object gradient);
    }

    static void run(Backend<INDArray> backend, INDArray array, OfVariable formula) {
        run(backend, array, null, new OneAssignment((ops, slots) -> formula.apply(ops, ops.read(slots.variable()))));
    }

    static void run(Backend<INDArray> backend, INDArray array, INDArray gradient, OfVariableAndGradient formula) {
        run(
                backend,
                array,
                gradient,
                new OneAssignment((ops, slots) -> formula.apply(ops, ops.read(slots.variable()), slots.gradient())));
    }

    private static void run(Backend<INDArray> backend, INDArray array, INDArray gradient, OneAssignment rule) {
        Update<INDArray> update = new Update<>(rule, backend.wrap(array, "w"), List.of(), input -> 0);
        update.setGradient(gradient);
        backend.run(List.of(update));
    }

    @Override
    public List<Slot> slots() {
        return List.of();
    }

    @Override
    @SuppressWarnings("unchecked") // a value of any kind is an object
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Slots<Object> values = (Slots<Object>) slots;
        Ops<Object> operations = (Ops<Object>) ops;
        operations.assign(values.variable(), formula.apply(operations, values));
    }
}
