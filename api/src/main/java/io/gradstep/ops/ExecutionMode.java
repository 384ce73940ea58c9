package io.gradstep.ops;

/** The ways to run a step, from the fastest to the slowest. They differ in speed and memory, never in a bit. */
public enum ExecutionMode {
    /** The rule is traced once and compiled to one pass over memory. */
    COMPILED,
    /** The rule is traced once, and its operations are run on pieces of the tensors that stay in the cache. */
    INTERPRETED,
    /** Each operation of a rule is a call of the tensor library, over whole tensors. */
    EAGER;

    /**
     * Whether the operations of a step are run as one pass over memory.
     *
     * @return true for {@link #COMPILED} and {@link #INTERPRETED}
     */
    public boolean isFused() {
        return this != EAGER;
    }
}
