package io.gradstep.examples.bench;

import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;

/** How operations are run, in the words of the command line. */
public enum StepExecution {
    /** All operations of a step in one pass over memory. */
    fused(ExecutionMode.COMPILED),
    /** Each operation is a call of the tensor library. */
    eager(ExecutionMode.EAGER);

    private final ExecutionMode mode;

    StepExecution(ExecutionMode mode) {
        this.mode = mode;
    }

    /**
     * What a backend is to be opened with.
     *
     * @return the fastest mode of this kind, on as many threads as there are processors
     */
    public Options options() {
        return Options.DEFAULT.withExecution(mode);
    }
}
