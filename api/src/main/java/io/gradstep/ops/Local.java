package io.gradstep.ops;

/**
 * A variable without memory, for rules around rules: it lives while a rule runs. It must be assigned before it is
 * read, and is equal to every local variable of its name.
 *
 * @param <T> the tensor type
 * @param name the name
 */
public record Local<T>(String name) implements Variable<T> {}
