package io.gradstep.ops;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * One variable's part in a step: which rule runs on which memory with which numbers. Made once and reused from step
 * to step; only {@linkplain #setGradient the gradient} and what the numbers answer change.
 *
 * @param <T> the tensor type of the backend
 */
public final class Update<T> {
    private final UpdateRule rule;
    private final TensorVariable<T> variable;
    private final List<Slot> declared;
    private final List<TensorVariable<T>> slots;
    private final ToDoubleFunction<String> inputs;
    private T gradient;
    private Object attachment;

    /**
     * An update, still without a gradient.
     *
     * @param rule the rule to run
     * @param variable the variable to update
     * @param slots its state: one variable for each slot that the rule declares, in the same order, of the updated
     *     variable's shape and dtype
     * @param inputs the numbers of the present step by name, asked at each step
     * @throws IllegalArgumentException if there are more or fewer slots than the rule declares, if it declares
     *     one twice, or if one is of another shape or dtype than the variable
     */
    public Update(
            UpdateRule rule,
            TensorVariable<T> variable,
            List<TensorVariable<T>> slots,
            ToDoubleFunction<String> inputs) {
        this.rule = Objects.requireNonNull(rule, "rule");
        this.variable = Objects.requireNonNull(variable, "variable");
        this.declared = List.copyOf(rule.slots());
        this.slots = List.copyOf(slots);
        this.inputs = Objects.requireNonNull(inputs, "inputs");
        if (declared.size() != slots.size()) {
            throw new IllegalArgumentException("The rule " + rule + " declares " + declared.size() + " slots " + names()
                    + ". Received " + slots.size() + " variables for " + variable.path());
        }
        checkNames();
        slots.forEach(slot -> checkIsLike(variable, slot));
    }

    private void checkNames() {
        Set<String> seen = new HashSet<>();
        for (Slot slot : declared) {
            if (!seen.add(slot.name())) {
                throw new IllegalArgumentException("The rule " + rule + " declares the slot \"" + slot.name()
                        + "\" twice. Give each slot a name of its own");
            }
        }
    }

    /** That all of a rule's operands have one shape and dtype is made sure here, once, and not in each operation. */
    private static void checkIsLike(TensorVariable<?> variable, TensorVariable<?> slot) {
        if (slot.dtype() != variable.dtype() || !slot.shape().equals(variable.shape())) {
            throw new IllegalArgumentException("The state " + slot.path() + " must be " + variable.dtype()
                    + " of shape " + variable.shape() + ", as " + variable.path() + " is. Received: " + slot.dtype()
                    + " of shape " + slot.shape());
        }
    }

    /**
     * The rule to run.
     *
     * @return the rule
     */
    public UpdateRule rule() {
        return rule;
    }

    /**
     * The variable to update.
     *
     * @return the variable
     */
    public TensorVariable<T> variable() {
        return variable;
    }

    /**
     * The state, in the order of the rule's slots.
     *
     * @return an immutable list
     */
    public List<TensorVariable<T>> slots() {
        return slots;
    }

    /**
     * A piece of the state by the name that the rule gave it.
     *
     * @param name the name of a slot
     * @return its variable
     * @throws IllegalArgumentException if the rule declares no such slot
     */
    public TensorVariable<T> slot(String name) {
        for (int i = 0; i < slots.size(); i++) {
            if (declared.get(i).name().equals(name)) {
                return slots.get(i);
            }
        }
        throw new IllegalArgumentException("The rule " + rule + " asks for the slot \"" + name + "\" but declares only "
                + names() + ". Add it to slots()");
    }

    private List<String> names() {
        return declared.stream().map(Slot::name).toList();
    }

    /**
     * A number of the present step.
     *
     * @param name its name
     * @return the number, not yet rounded to the variable's dtype
     * @throws IllegalArgumentException if there is none of this name
     */
    public double input(String name) {
        return inputs.applyAsDouble(name);
    }

    /**
     * The gradient of the present step.
     *
     * @return a tensor of the variable's shape and dtype, or null if this step has none
     */
    public T gradient() {
        return gradient;
    }

    /**
     * Sets the gradient of the present step.
     *
     * @param gradient a tensor of the variable's shape and dtype, not copied; null for none
     */
    public void setGradient(T gradient) {
        this.gradient = gradient;
    }

    /**
     * The gradient of the present step, for a rule that asks for it.
     *
     * @return a tensor of the variable's shape and dtype, not null
     * @throws IllegalStateException if this step has none
     */
    public T requiredGradient() {
        if (gradient == null) {
            throw new IllegalStateException(
                    "The rule " + rule + " asks for a gradient, but " + variable.path() + " has none in this step");
        }
        return gradient;
    }

    /**
     * Refuses memory of others: a rule that reached for it would meet other shapes, and other rules that write there.
     *
     * @param other what the rule wants to read or assign
     * @throws IllegalArgumentException if it is neither the variable nor a piece of its state
     */
    public void checkIsOurs(TensorVariable<?> other) {
        if (other != variable && !slots.contains(other)) {
            throw new IllegalArgumentException("The rule " + rule + " may read and assign " + variable.path()
                    + " and its slots. Received: " + other.path());
        }
    }

    /**
     * What the executor of this update keeps with it from step to step.
     *
     * @return what was last attached; null if nothing was
     */
    public Object attachment() {
        return attachment;
    }

    /**
     * Keeps something with this update: what its executor would else have to make at every step.
     *
     * @param kept anything, or null
     */
    public void attach(Object kept) {
        this.attachment = kept;
    }
}
