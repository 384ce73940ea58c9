package io.gradstep.ops;

import java.util.Objects;

/**
 * How steps on a variable are run.
 *
 * @param mode the way
 * @param reason why it is this one, in words for a log
 */
public record Execution(ExecutionMode mode, String reason) {
    /**
     * Checks that both are there.
     *
     * @param mode not null
     * @param reason not null
     */
    public Execution {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(reason, "reason");
    }
}
