package io.gradstep.ops;

/**
 * Something a rule can read and assign. A name is all that a rule knows of it; where its values lie is the business
 * of whoever runs the rule.
 *
 * @param <T> the tensor type
 */
public interface Variable<T> {
    /**
     * The short name, which patterns search: {@code kernel}, {@code bias}.
     *
     * @return the name, not null
     */
    String name();
}
