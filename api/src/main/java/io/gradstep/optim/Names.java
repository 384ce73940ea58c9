package io.gradstep.optim;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of optimizers and of their variables.
 *
 * <p>It counts automatic names for the whole process, because Keras does: the second optimizer without a name is
 * called {@code rm_sprop_1} wherever it is made.
 */
final class Names {
    private static final Map<String, Integer> USED = new ConcurrentHashMap<>();

    private Names() {}

    /** {@code keras.src.utils.naming.auto_name}: {@code rm_sprop}, then {@code rm_sprop_1}, … */
    static String automatic(String className) {
        String prefix = snakeCase(className);
        int used = USED.merge(prefix, 1, Integer::sum) - 1;
        return used == 0 ? prefix : prefix + "_" + used;
    }

    /** {@code keras.src.utils.naming.to_snake_case}. */
    static String snakeCase(String className) {
        return className
                .replaceAll("(?U)\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** The name itself, once it is known to be free of {@code /}, which separates the parts of a path. */
    static String withoutSlash(String name) {
        if (name.contains("/")) {
            throw new IllegalArgumentException(
                    "Argument `name` must be a string and cannot contain character `/`. Received: name=" + name);
        }
        return name;
    }

    /** {@code rmsprop/dense_kernel_velocity}; an empty optimizer name gives the bare name. */
    static String path(String optimizer, String name) {
        return optimizer.isEmpty() ? name : optimizer + "/" + name;
    }

    /** {@code dense_kernel_velocity} for the state of the variable {@code dense/kernel}. */
    static String state(String variablePath, String kind) {
        return variablePath.replace('/', '_') + "_" + kind;
    }
}
