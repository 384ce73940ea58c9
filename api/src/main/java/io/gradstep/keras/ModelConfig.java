package io.gradstep.keras;

import io.gradstep.optim.Settings;
import java.util.Map;
import java.util.Optional;

/** The {@code config.json} of a model, of which only the optimizer is read here. */
final class ModelConfig {
    private static final String OPTIMIZER_PATH = "$.compile_config.optimizer";

    private ModelConfig() {}

    static Optional<Settings> optimizer(String json, ConfigReader reader) {
        return serializedOptimizer(json).map(serialized -> {
            try {
                return Keras.settings(serialized, OPTIMIZER_PATH, reader);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("`" + OPTIMIZER_PATH + "`: " + e.getMessage(), e);
            }
        });
    }

    /** A map or a class name; empty for a model that was not compiled, or without an optimizer. */
    static Optional<Object> serializedOptimizer(String json) {
        Map<String, Object> model = StrictJson.map(StrictJson.parse(json), "$");
        if (model.get("compile_config") == null) {
            return Optional.empty();
        }
        Map<String, Object> compilation = StrictJson.map(model, "compile_config", "$");
        Object optimizer = compilation.get("optimizer");
        if (optimizer != null && !(optimizer instanceof Map) && !(optimizer instanceof String)) {
            throw new IllegalArgumentException(
                    "`" + OPTIMIZER_PATH + "` must be a JSON object or a name. Received: " + optimizer);
        }
        return Optional.ofNullable(optimizer);
    }
}
