package io.gradstep.examples.report;

import java.util.Objects;

/**
 * Something a reader needs to repeat what a page shows: machine, version, command, seed.
 *
 * @param name what it is
 * @param value what it was, to be selected and copied
 */
public record Fact(String name, String value) {
    /** Checks the components. */
    public Fact {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}
