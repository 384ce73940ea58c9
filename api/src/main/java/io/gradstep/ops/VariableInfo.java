package io.gradstep.ops;

import java.util.Objects;
import java.util.Optional;

/**
 * What a model says of one of its variables.
 *
 * @param path the full name, {@code dense/kernel}; it names the variable's state and stands in errors
 * @param name the short name, {@code kernel}, which patterns search
 * @param overwriteWithGradient whether a step sets the variable to its gradient, as Keras's {@code
 *     overwrite_with_gradient} does for the scales of float8 training: no rule, decay, clipping, average or constraint
 * @param constraint what its values must satisfy after each step
 */
public record VariableInfo(String path, String name, boolean overwriteWithGradient, Optional<Constraint> constraint) {
    /**
     * Checks that all are there.
     *
     * @param path not null
     * @param name not null
     * @param overwriteWithGradient either
     * @param constraint not null
     */
    public VariableInfo {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(constraint, "constraint");
    }

    /**
     * A variable without a constraint that rules are run on.
     *
     * @param path the full name, {@code dense/kernel}
     * @param name the short name, {@code kernel}
     */
    public VariableInfo(String path, String name) {
        this(path, name, false, Optional.empty());
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

    /**
     * The same variable, set to its gradient by each step.
     *
     * @return a new description
     */
    public VariableInfo overwrittenWithGradient() {
        return new VariableInfo(path, name, true, constraint);
    }

    /**
     * The same variable, under a constraint.
     *
     * @param required what its values must satisfy after each step
     * @return a new description
     */
    public VariableInfo constrainedBy(Constraint required) {
        return new VariableInfo(path, name, overwriteWithGradient, Optional.of(required));
    }
}
