package io.gradstep.ops;

import java.util.Objects;

/**
 * What a model says of one of its variables.
 *
 * @param path the full name, {@code dense/kernel}; it names the variable's state and stands in errors
 * @param name the short name, {@code kernel}, which patterns search
 */
public record VariableInfo(String path, String name) {
    /**
     * Checks that both are there.
     *
     * @param path not null
     * @param name not null
     */
    public VariableInfo {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(name, "name");
    }

    /**
     * The usual case, where the short name is the last part of the path.
     *
     * @param path the full name, {@code dense/kernel}
     * @return the description, here with the name {@code kernel}
     */
    public static VariableInfo of(String path) {
        return new VariableInfo(path, path.substring(path.lastIndexOf('/') + 1));
    }
}
