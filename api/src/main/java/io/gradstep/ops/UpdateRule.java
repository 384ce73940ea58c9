package io.gradstep.ops;

import java.util.List;
import java.util.Map;

/**
 * How one variable is updated from its gradient: the formula of an optimizer and nothing else.
 *
 * <p>A rule is a value: write it as a record of its numbers. <b>Equal rules do the same operations</b>; executors
 * rely on it and keep what they made of a rule. A rule may branch on its own numbers, never on data; it reads and
 * assigns only its variable, its slots and {@linkplain Local local variables}, through the {@link Ops} it is given;
 * it keeps nothing between calls, and may be run by several threads at once. If it throws, nothing has changed.
 *
 * <p>Numbers that change from step to step are {@linkplain Slots#input inputs}. Numbers that never change are
 * ordinary doubles: combine them as doubles first ({@code 1 - rho}), they are rounded once when they meet a tensor.
 */
public interface UpdateRule {
    /** The name of the input that every optimizer supplies. */
    String LEARNING_RATE = "learning_rate";

    /**
     * The state this rule keeps for each variable, in Keras's order: the order in which it is stored and saved.
     *
     * @return the slots, with distinct names; the same at each call
     */
    List<Slot> slots();

    /**
     * How the state of several variables is laid out: block after block, and within a block variable by variable.
     *
     * <p>By default each slot is a block of its own, as in RMSprop: {@code kernel_velocity, bias_velocity,
     * kernel_momentum, bias_momentum}. Adam has its slots in one: {@code kernel_momentum, kernel_velocity,
     * bias_momentum, bias_velocity}.
     *
     * @return the {@link #slots()}, in their order, grouped
     */
    default List<List<Slot>> blocks() {
        return slots().stream().map(List::of).toList();
    }

    /**
     * A number of this rule's own that changes from step to step, such as Adam's bias correction.
     *
     * @param name the name that {@link #step} asked {@link Slots#input} for
     * @param iteration how many updates were made before this one; steps that only accumulate are none
     * @param dtype the dtype of the variable that is updated, to which the number is rounded: a number that is made of
     *     others may have to round those first
     * @return the number; a pure function of its arguments and of this rule
     * @throws IllegalArgumentException if this rule has no such number
     */
    default double input(String name, long iteration, DType dtype) {
        throw new IllegalArgumentException("The rule " + this + " asks for the input \"" + name
                + "\" but does not define it. Override input(name, iteration, dtype)");
    }

    /**
     * What this rule adds to an optimizer's configuration.
     *
     * @return its numbers under Keras's names, in Keras's order: {@code rho}, {@code momentum}, … Booleans, numbers,
     *     strings, null, lists and maps of these
     */
    default Map<String, Object> config() {
        return Map.of();
    }

    /**
     * The formula.
     *
     * @param <T> a value: a tensor, or a node of a recorded program
     * @param ops the operations
     * @param slots the variable, its gradient, its state and the numbers of this step
     */
    <T> void step(Ops<T> ops, Slots<T> slots);
}
