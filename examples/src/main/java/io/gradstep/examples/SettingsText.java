package io.gradstep.examples;

import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes settings as they are written in Python: the learning rate, and what differs from Keras's defaults. */
final class SettingsText {
    private static final String LEARNING_RATE = "learning_rate";
    private static final Map<String, Object> DEFAULTS = defaults();

    private SettingsText() {}

    private static Map<String, Object> defaults() {
        RMSprop settings = RMSprop.builder().build();
        Map<String, Object> defaults = new HashMap<>(new LossScale(settings).config());
        defaults.putAll(settings.config());
        // Shown in any case.
        defaults.keySet().removeAll(Set.of(LEARNING_RATE, "inner_optimizer"));
        return defaults;
    }

    static String of(Settings settings) {
        return call(settings.serialize());
    }

    /** An object in Keras's serialized form. No option sets a name, so none is shown. */
    private static String call(Map<?, ?> serialized) {
        Map<?, ?> config = (Map<?, ?>) serialized.get("config");
        return config.entrySet().stream()
                .filter(argument -> !argument.getKey().equals("name"))
                .filter(argument -> argument.getValue() != null)
                .filter(argument -> !Objects.equals(argument.getValue(), DEFAULTS.get(argument.getKey())))
                .map(argument -> argument.getKey() + "=" + value(argument))
                .collect(Collectors.joining(", ", serialized.get("class_name") + "(", ")"));
    }

    private static String value(Map.Entry<?, ?> argument) {
        Object value = argument.getValue();
        if (value instanceof Map<?, ?> serialized) {
            return call(serialized);
        }
        if (value instanceof Boolean isOn) {
            return isOn ? "True" : "False";
        }
        // A float32 in a double, whose further digits nobody wrote.
        boolean isFloat32 = argument.getKey().equals(LEARNING_RATE);
        return isFloat32 && value instanceof Double rate ? Float.toString(rate.floatValue()) : value.toString();
    }
}
