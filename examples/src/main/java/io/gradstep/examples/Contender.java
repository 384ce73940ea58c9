package io.gradstep.examples;

import io.gradstep.examples.bench.StepExecution;
import java.util.Optional;

/**
 * Who takes part in a comparison.
 *
 * @param library the tensor library
 * @param id what it is called
 * @param execution how steps of a backend of ours are run; empty for a library's own optimizer
 * @param role what it is there for
 */
record Contender(String library, String id, Optional<StepExecution> execution, Role role) {
    /** What somebody is there for. */
    enum Role {
        /** The yardstick. */
        REFERENCE,
        /** A backend of ours, which must have the reference's bits. */
        BACKEND,
        /** A library's own optimizer: another rule, whose weights are compared with nobody's. */
        PEER
    }

    static Contender reference(String library, StepExecution execution) {
        return new Contender(library, library, Optional.of(execution), Role.REFERENCE);
    }

    static Contender backend(String library, StepExecution execution) {
        return new Contender(library, library, Optional.of(execution), Role.BACKEND);
    }

    static Contender peer(String library, String id) {
        return new Contender(library, id, Optional.empty(), Role.PEER);
    }

    boolean isPeer() {
        return role == Role.PEER;
    }

    /** What it is called where the same library may stand twice. */
    String name() {
        return execution.map(word -> id + " " + word).orElse(id);
    }

    /** What kind of step it takes: {@code fused}, {@code eager}, or that of a library's own optimizer. */
    String kind() {
        return execution.map(StepExecution::name).orElse("the library's own");
    }

    /** {@code fused} or {@code eager}, or nothing. */
    String executionWord() {
        return execution.map(StepExecution::name).orElse("");
    }
}
