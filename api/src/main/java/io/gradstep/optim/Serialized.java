package io.gradstep.optim;

import java.util.LinkedHashMap;
import java.util.Map;

/** The form in which Keras writes an object into a file: {@code keras.saving.serialize_keras_object}, Keras 3.15.1. */
final class Serialized {
    private Serialized() {}

    /** The configuration is an argument because that of a live optimizer has the present learning rate. */
    static Map<String, Object> of(Settings settings, Map<String, Object> config) {
        boolean isKerasClass = !(settings instanceof RuleSettings);
        Map<String, Object> serialized = new LinkedHashMap<>();
        serialized.put("module", isKerasClass ? "keras.optimizers" : null);
        serialized.put("class_name", settings.className());
        serialized.put("config", config);
        serialized.put("registered_name", isKerasClass ? null : settings.className());
        return serialized;
    }
}
