package io.gradstep.tck;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.gradstep.constraint.MaxNorm;
import io.gradstep.constraint.MinMaxNorm;
import io.gradstep.constraint.NonNeg;
import io.gradstep.constraint.UnitNorm;
import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.Keras;
import io.gradstep.ops.Constraint;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A run of an optimizer, as {@code golden/README.md} describes it: the configuration, the variables and the steps.
 *
 * @param json the whole file
 */
public record Scenario(JsonObject json) {
    /**
     * Reads a scenario.
     *
     * @param text the text of a scenario file
     * @return the scenario
     * @throws IllegalArgumentException if it is no scenario of format 1
     */
    public static Scenario parse(String text) {
        JsonElement json;
        try {
            json = JsonParser.parseString(text);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("The scenario is no JSON: " + e.getMessage(), e);
        }
        if (!json.isJsonObject()) {
            throw new IllegalArgumentException("A scenario is a JSON object. Received another value");
        }
        JsonElement format = json.getAsJsonObject().get("format");
        if (!new JsonPrimitive(1).equals(format)) {
            throw new IllegalArgumentException("A scenario has \"format\": 1. Received: " + format);
        }
        for (String key : List.of("name", "config", "variables", "steps")) {
            member(json.getAsJsonObject(), key);
        }
        return new Scenario(json.getAsJsonObject());
    }

    /** What an object has under a key. */
    static JsonElement member(JsonObject object, String key) {
        if (!object.has(key)) {
            throw new IllegalArgumentException("There must be a \"" + key + "\". Received: " + object.keySet());
        }
        return object.get(key);
    }

    /**
     * The scenario's name.
     *
     * @return the name
     */
    public String name() {
        return json.get("name").getAsString();
    }

    /** Knows the rules that the kit has. */
    static ConfigReader reader() {
        return new ConfigReader()
                .withRule("Lion", config -> new Lion(number(config, "beta_1", 0.9), number(config, "beta_2", 0.99)))
                .withRule(
                        "Adam",
                        config -> new Adam(
                                number(config, "beta_1", 0.9),
                                number(config, "beta_2", 0.999),
                                number(config, "epsilon", 1e-7),
                                (Boolean) config.getOrDefault("amsgrad", false)));
    }

    private static double number(Map<String, Object> config, String key, double otherwise) {
        return ((Number) config.getOrDefault(key, otherwise)).doubleValue();
    }

    Settings settings() {
        return Keras.fromJson(json.getAsJsonObject("config").toString(), reader());
    }

    /** The same settings with another configuration, which takes the way through JSON. */
    Settings settingsFromJson(Map<String, Object> config) {
        JsonObject given = json.getAsJsonObject("config");
        if (!given.has("class_name")) {
            return Keras.fromJson(Keras.toJson(config), reader());
        }
        Map<String, Object> serialized = map(given);
        serialized.put("config", config);
        return Keras.fromJson(Keras.toJson(serialized), reader());
    }

    List<VariableInfo> infos() {
        return objects("variables").map(Scenario::info).toList();
    }

    private static VariableInfo info(JsonObject variable) {
        String name = member(variable, "name").getAsString();
        String path = variable.has("path") ? variable.get("path").getAsString() : name;
        VariableInfo info = new VariableInfo(path, name);
        if (variable.has("constraint") && !variable.get("constraint").isJsonNull()) {
            info = info.constrainedBy(constraint(variable.getAsJsonObject("constraint")));
        }
        boolean flagged = variable.has("overwrite_with_gradient")
                && variable.get("overwrite_with_gradient").getAsBoolean();
        return flagged ? info.overwrittenWithGradient() : info;
    }

    private static Constraint constraint(JsonObject serialized) {
        String className = member(serialized, "class_name").getAsString();
        JsonObject config = serialized.has("config") ? serialized.getAsJsonObject("config") : new JsonObject();
        return switch (className) {
            case "NonNeg" -> new NonNeg();
            case "MaxNorm" -> new MaxNorm(number(config, "max_value", 2), axes(config));
            case "UnitNorm" -> new UnitNorm(axes(config));
            case "MinMaxNorm" ->
                new MinMaxNorm(
                        number(config, "min_value", 0),
                        number(config, "max_value", 1),
                        number(config, "rate", 1),
                        axes(config));
            default ->
                throw new IllegalArgumentException("The constraints of scenarios are NonNeg, MaxNorm, UnitNorm and "
                        + "MinMaxNorm. Received: " + className);
        };
    }

    private static double number(JsonObject config, String key, double otherwise) {
        return config.has(key) ? config.get(key).getAsDouble() : otherwise;
    }

    private static List<Integer> axes(JsonObject config) {
        JsonElement axis = config.has("axis") ? config.get("axis") : new JsonPrimitive(0);
        return axis.isJsonArray()
                ? stream(axis.getAsJsonArray()).map(JsonElement::getAsInt).toList()
                : List.of(axis.getAsInt());
    }

    List<HostTensor> values() {
        return objects("variables")
                .map(variable -> ScenarioTensor.parse(
                        member(variable, "values"), ScenarioTensor.shape(variable), dtype(variable)))
                .toList();
    }

    private static DType dtype(JsonObject variable) {
        String name = member(variable, "dtype").getAsString();
        try {
            return DType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The dtypes of variables are float32 and float64. Received: " + name, e);
        }
    }

    /** The arguments of {@code exclude_from_weight_decay} before {@code build}; null for no such call. */
    JsonObject exclusion() {
        JsonElement exclusion = json.get("exclude_from_weight_decay");
        return exclusion == null || exclusion.isJsonNull() ? null : exclusion.getAsJsonObject();
    }

    List<JsonObject> steps() {
        return objects("steps").toList();
    }

    /**
     * The file of Keras's that the run goes on from.
     *
     * @return its name, beside the scenario's file; empty if the scenario has all values itself
     */
    public Optional<String> initialState() {
        JsonElement file = json.get("initial_state");
        return file == null || file.isJsonNull() ? Optional.empty() : Optional.of(file.getAsString());
    }

    /** Where in a file of Keras's the variables are. */
    List<String> storedPaths() {
        return objects("variables")
                .map(variable -> {
                    if (!variable.has("h5")) {
                        throw new IllegalArgumentException(
                                "To be read from a file or written to one, each variable must "
                                        + "have an \"h5\", the path of its array there. Received: "
                                        + variable.keySet());
                    }
                    return variable.get("h5").getAsString();
                })
                .toList();
    }

    /** Whether the results after a step are wanted. */
    boolean reports(int step) {
        if (!json.has("expect") || !json.getAsJsonObject("expect").has("at")) {
            return true;
        }
        return reported().contains(step);
    }

    private List<Integer> reported() {
        return stream(expect().getAsJsonArray("at")).map(JsonElement::getAsInt).toList();
    }

    /** The paths that the optimizer's variables have right after {@code build}. */
    List<String> expectedNames() {
        return stream(expect().getAsJsonArray("optimizer_variable_names"))
                .map(JsonElement::getAsString)
                .toList();
    }

    /** What Keras had after a step that reports. */
    JsonObject expectedAfter(int step) {
        JsonArray after = expect().getAsJsonArray("after");
        int entry = expect().has("at") ? reported().indexOf(step) : step;
        return after.get(entry).getAsJsonObject();
    }

    private JsonObject expect() {
        return json.getAsJsonObject("expect");
    }

    private Stream<JsonObject> objects(String key) {
        return stream(json.getAsJsonArray(key)).map(JsonElement::getAsJsonObject);
    }

    static Stream<JsonElement> stream(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** A JSON object as Keras's maps: integers are longs, other numbers doubles. */
    static Map<String, Object> map(JsonElement object) {
        return Keras.configFromJson(object.toString());
    }

    @Override
    public String toString() {
        return name();
    }
}
