package io.gradstep.keras;

import java.util.Map;

/**
 * A map that says which class to make and of what: {@code module}, {@code class_name}, {@code config} and
 * {@code registered_name} of {@code serialization_lib.py}, Keras 3.15.1.
 */
record SerializedObject(Arguments fields) {
    /** Other maps are plain data for Keras. */
    static boolean isOne(Object value) {
        return value instanceof Map<?, ?> map && map.containsKey("class_name") && map.containsKey("config");
    }

    static SerializedObject of(Map<?, ?> map) {
        SerializedObject object = new SerializedObject(new Arguments(map));
        if (!(object.fields.get("class_name") instanceof String)) {
            throw new IllegalArgumentException("`class_name` must be a string. Received: " + Shown.of(map));
        }
        object.refuseUnlessTextOrNull("module");
        object.refuseUnlessTextOrNull("registered_name");
        return object;
    }

    private void refuseUnlessTextOrNull(String name) {
        Object value = fields.get(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(
                    "`" + name + "` must be a string or null. Received: " + Shown.of(fields.all()));
        }
    }

    String className() {
        return (String) fields.get("class_name");
    }

    boolean isOfModule(String module) {
        return module.equals(fields.get("module"));
    }

    Arguments config() {
        Object config = fields.get("config");
        if (config == null) {
            return new Arguments(Map.of());
        }
        if (config instanceof Map<?, ?> map) {
            return new Arguments(map);
        }
        throw new IllegalArgumentException("Expected `config` to be a map for " + Shown.of(className())
                + ". Received: config=" + Shown.of(config) + " in " + Shown.of(fields.all()));
    }

    /** Under which name it is registered, null if it is not: {@code registered_name} goes before {@code class_name}. */
    String nameIn(Map<String, ?> registered) {
        if (fields.get("registered_name") instanceof String name && registered.containsKey(name)) {
            return name;
        }
        return registered.containsKey(className()) ? className() : null;
    }

    /** A module that is null says that the class is nobody's but its author's. */
    void refuseNullModule() {
        if (fields.has("module") && fields.get("module") == null) {
            throw new IllegalArgumentException(
                    "Cannot deserialize object of type `" + Shown.of(className()) + "`. If `" + Shown.of(className())
                            + "` is a custom class, please register it with `withRule` or `withSchedule`.");
        }
    }

    /** A class of Keras's own has no name but its class name to be registered under. */
    void refuseOtherRegisteredName() {
        Object name = fields.get("registered_name");
        if (name != null && !name.equals("") && !name.equals(className())) {
            throw new IllegalArgumentException("`registered_name=" + Shown.of(name)
                    + "` was provided in the config, but '" + fields.get("module") + "." + className()
                    + "' resolved to a Keras built-in and does not use "
                    + "registered names. Remove the `registered_name` field from the config. Full object config: "
                    + Shown.of(fields.all()));
        }
    }

    IllegalArgumentException notFound() {
        String found = fields.get("module") instanceof String module && module.matches("keras(\\..*)?")
                ? "Could not deserialize '" + Shown.of(module + "." + className()) + "'"
                : "Could not locate class '" + Shown.of(className()) + "'";
        return new IllegalArgumentException(found + " because it is neither known here nor registered with `withRule` "
                + "or `withSchedule`. Full object config: " + Shown.of(fields.all()));
    }
}
