package io.gradstep.ops;

/**
 * A piece of state that a rule keeps for each variable, of the variable's shape and dtype.
 *
 * @param name its name in Keras: {@code velocity}, {@code average_gradient}
 * @param initial the number in every place at first
 */
public record Slot(String name, double initial) {}
