package io.gradstep.keras;

import io.gradstep.ops.Shape;
import java.util.Objects;

/**
 * An array in a file, without its values.
 *
 * @param path where it is, {@code layers/dense/vars/0}
 * @param dtype as NumPy writes it, {@code <f4}; of what is not read here a name, such as {@code bfloat16}
 * @param shape its shape
 */
public record StoredArray(String path, String dtype, Shape shape) {
    /**
     * Checks that all are there.
     *
     * @param path not null
     * @param dtype not null
     * @param shape not null
     */
    public StoredArray {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(shape, "shape");
    }
}
