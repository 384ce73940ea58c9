package io.gradstep.optim;

import io.gradstep.ops.HostTensor;
import java.util.Objects;

/**
 * One variable's values under its name.
 *
 * @param name the variable's path, {@code rmsprop/dense_kernel_velocity}; it never decides where values go
 * @param values the values; not copied
 */
public record NamedArray(String name, HostTensor values) {
    /**
     * Checks that both are there.
     *
     * @param name not null
     * @param values not null
     */
    public NamedArray {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(values, "values");
    }
}
