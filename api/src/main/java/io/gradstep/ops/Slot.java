package io.gradstep.ops;

/**
 * A piece of state that a rule keeps for each variable, of the variable's shape and dtype.
 *
 * @param name its name in Keras: {@code velocity}, {@code average_gradient}
 * @param initial the number in every place at first
 */
public record Slot(String name, double initial) {
    /**
     * Checks the name.
     *
     * @param name not null, without {@code /}
     * @param initial any number
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    public Slot {
        if (name.contains("/")) {
            throw new IllegalArgumentException(
                    "The name of a slot cannot contain \"/\", which separates the parts of a path. Received: name="
                            + name);
        }
    }
}
