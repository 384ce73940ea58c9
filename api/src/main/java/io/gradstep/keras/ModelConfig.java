package io.gradstep.keras;

import io.gradstep.optim.Settings;
import java.util.Map;
import java.util.Optional;

/** The {@code config.json} of a model, of which only the optimizer is read here. */
final class ModelConfig {
    private static final String[] WAY = {"compile_config", "optimizer"};
    private static final String OPTIMIZER = "$." + String.join(".", WAY);

    private ModelConfig() {}

    static Optional<Settings> optimizer(char[] json, ConfigReader reader) {
        return serializedOptimizer(json).map(serialized -> {
            try {
                return Keras.settings(serialized, OPTIMIZER, reader);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("`" + OPTIMIZER + "`: " + e.getMessage(), e);
            }
        });
    }

    /** A map or a class name; empty for a model that was not compiled, or without an optimizer. */
    static Optional<Object> serializedOptimizer(char[] json) {
        Object optimizer = StrictJson.at(json, WAY);
        if (optimizer != null && !(optimizer instanceof Map) && !(optimizer instanceof String)) {
            throw new IllegalArgumentException(
                    "`" + OPTIMIZER + "` must be a JSON object or a name. Received: " + Shown.of(optimizer));
        }
        return Optional.ofNullable(optimizer);
    }
}
