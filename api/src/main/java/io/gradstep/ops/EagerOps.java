package io.gradstep.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Runs a rule at once, each operation as a call of the tensor library. A backend extends it with its arithmetic; what
 * {@link #assign} means stands here, once: values are kept beside the variables while rules run, and written to
 * memory when all of them have returned.
 *
 * <p><b>Assumes</b> that {@link #scalar}, {@link #unary} and {@link #binary} never write to an operand and never
 * return one. <b>Guarantees</b> that operands are scalars or of the variable's shape, and all of its dtype.
 *
 * @param <T> the tensor type
 */
public abstract class EagerOps<T> implements Ops<T>, Slots<T> {
    private final Update<T> update;
    private final Map<Variable<T>, T> assigned = new LinkedHashMap<>();
    /** Tensors that are somebody's memory and not the result of an operation: a later write would change them. */
    private final Set<T> memory = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * The operations for one run of one rule.
     *
     * @param update what is run
     */
    protected EagerOps(Update<T> update) {
        this.update = update;
    }

    /**
     * Runs the rules of a step one after the other, then writes what they assigned. If one of them throws, nothing
     * has been written.
     *
     * @param <T> the tensor type
     * @param updates what to run
     * @param arithmetic makes the operations for each
     */
    public static <T> void run(List<Update<T>> updates, Function<Update<T>, ? extends EagerOps<T>> arithmetic) {
        run(updates, arithmetic, () -> {});
    }

    /**
     * The same, with something in between.
     *
     * @param <T> the tensor type
     * @param updates what to run
     * @param arithmetic makes the operations for each
     * @param beforeStoring is run when all rules have returned and nothing is written yet; if it throws, nothing is
     */
    public static <T> void run(
            List<Update<T>> updates, Function<Update<T>, ? extends EagerOps<T>> arithmetic, Runnable beforeStoring) {
        List<EagerOps<T>> runs = new ArrayList<>(updates.size());
        for (Update<T> update : updates) {
            EagerOps<T> ops = arithmetic.apply(update);
            update.rule().step(ops, ops);
            ops.detachFromMemory();
            runs.add(ops);
        }
        beforeStoring.run();
        runs.forEach(EagerOps::store);
    }

    /**
     * Computes a value of this run, before anything is assigned.
     *
     * @param expression the formula
     * @return the result; it may be the gradient or a variable's memory itself
     */
    public final T evaluate(Expression expression) {
        return expression.value(this, this);
    }

    /**
     * The dtype of this run: that of the updated variable.
     *
     * @return float32 or float64
     */
    protected final DType dtype() {
        return update.variable().dtype();
    }

    /**
     * A copy of a tensor.
     *
     * @param value a tensor of the variable's shape
     * @return a new one with the same bits
     */
    protected abstract T copy(T value);

    /**
     * Writes values into a variable's memory.
     *
     * @param variable the variable
     * @param value the values, of the variable's shape, or a scalar that fills it
     */
    protected abstract void store(TensorVariable<T> variable, T value);

    @Override
    public T read(Variable<T> variable) {
        T value = assigned.get(variable);
        if (value != null) {
            return value;
        }
        if (variable instanceof TensorVariable<T> inMemory) {
            update.checkIsOurs(inMemory);
            return borrowed(inMemory.value());
        }
        throw new IllegalStateException(
                "The local variable \"" + variable.name() + "\" is read before it was assigned");
    }

    @Override
    public void assign(Variable<T> variable, T value) {
        Objects.requireNonNull(value, () -> "The rule " + update.rule() + " assigns null to " + variable.name());
        if (variable instanceof TensorVariable<T> inMemory) {
            update.checkIsOurs(inMemory);
            // A closed variable throws here, where nothing has been written yet.
            Objects.requireNonNull(inMemory.value());
        }
        assigned.put(variable, value);
    }

    @Override
    public final Variable<T> variable() {
        return update.variable();
    }

    @Override
    public final T gradient() {
        return borrowed(update.requiredGradient());
    }

    @Override
    public final Variable<T> slot(String name) {
        return update.slot(name);
    }

    @Override
    public final T input(String name) {
        return scalar(update.input(name));
    }

    private T borrowed(T tensor) {
        memory.add(tensor);
        return tensor;
    }

    /** Else the second of {@code assign(x, read(y)); assign(y, read(x))} would store what the first has written. */
    private void detachFromMemory() {
        assigned.replaceAll((variable, value) -> memory.contains(value) ? copy(value) : value);
    }

    private void store() {
        assigned.forEach((variable, value) -> {
            if (variable instanceof TensorVariable<T> inMemory) {
                store(inMemory, value);
            }
        });
    }
}
