package io.gradstep.tck;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.RMSprop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A run that Keras made, as {@code golden/README.md} describes it. */
record GoldenScenario(String name, JsonObject json) {
    /** The arguments that a scenario may have at these values without needing anything of the base optimizer. */
    private static final Set<String> RULE_ARGUMENTS =
            Set.of("name", "learning_rate", "rho", "momentum", "epsilon", "centered", "ema_momentum");

    private static final Set<String> PLAIN_VARIABLE = Set.of("name", "path", "dtype", "shape", "values");
    private static final Set<String> PLAIN_STEP = Set.of("grads", "variables");

    /** All scenarios, sorted by name. */
    static List<GoldenScenario> all() {
        try {
            URI folder = GoldenScenario.class.getResource("/golden/scenarios").toURI();
            if (!folder.getScheme().equals("jar")) {
                return read(Path.of(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                return read(jar.getPath("/golden/scenarios"));
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("The golden scenarios are not on the class path", e);
        }
    }

    private static List<GoldenScenario> read(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(GoldenScenario::readFile).toList();
        }
    }

    private static GoldenScenario readFile(Path file) {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            return new GoldenScenario(json.get("name").getAsString(), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this scenario uses beyond the rule itself: argument names, keys of variables and of steps. */
    Set<String> needs() {
        Set<String> needs = new TreeSet<>();
        config().entrySet().forEach(argument -> {
            JsonElement value = argument.getValue();
            boolean off = value.isJsonNull() || value.toString().equals("false");
            boolean ofTheRule = RULE_ARGUMENTS.contains(argument.getKey()) && !value.isJsonObject();
            if (!off && !ofTheRule) {
                needs.add(argument.getKey());
            }
        });
        if (!json.get("exclude_from_weight_decay").isJsonNull()) {
            needs.add("exclude_from_weight_decay");
        }
        objects("variables").forEach(variable -> needs.addAll(withoutAll(variable.keySet(), PLAIN_VARIABLE)));
        objects("steps").forEach(step -> needs.addAll(withoutAll(step.keySet(), PLAIN_STEP)));
        return needs;
    }

    private static Set<String> withoutAll(Set<String> keys, Set<String> known) {
        Set<String> rest = new TreeSet<>(keys);
        rest.removeAll(known);
        return rest;
    }

    private JsonObject config() {
        return json.getAsJsonObject("config");
    }

    RMSprop settings() {
        JsonObject config = config();
        return RMSprop.builder()
                .name(config.get("name").getAsString())
                .learningRate(config.get("learning_rate").getAsDouble())
                .rho(config.get("rho").getAsDouble())
                .momentum(config.get("momentum").getAsDouble())
                .epsilon(config.get("epsilon").getAsDouble())
                .centered(config.get("centered").getAsBoolean())
                .build();
    }

    List<VariableInfo> infos() {
        return objects("variables")
                .map(variable -> {
                    String name = variable.get("name").getAsString();
                    JsonElement path = variable.get("path");
                    return new VariableInfo(path == null ? name : path.getAsString(), name);
                })
                .toList();
    }

    List<HostTensor> values() {
        return objects("variables")
                .map(variable -> GoldenTensor.parse(variable.get("values"), shape(variable)))
                .toList();
    }

    List<Shape> shapes() {
        return objects("variables").map(GoldenScenario::shape).toList();
    }

    private static Shape shape(JsonObject variable) {
        return GoldenTensor.shape(variable.getAsJsonArray("shape"));
    }

    List<JsonObject> steps() {
        return objects("steps").toList();
    }

    /** The paths that the optimizer's variables have right after {@code build}. */
    List<String> expectedNames() {
        return elements(expect(), "optimizer_variable_names")
                .map(JsonElement::getAsString)
                .toList();
    }

    /** What Keras had after a step; null where the scenario does not say. */
    JsonObject expectedAfter(int step) {
        List<JsonObject> after =
                elements(expect(), "after").map(JsonElement::getAsJsonObject).toList();
        if (!expect().has("at")) {
            return after.get(step);
        }
        int entry = elements(expect(), "at").map(JsonElement::getAsInt).toList().indexOf(step);
        return entry < 0 ? null : after.get(entry);
    }

    private JsonObject expect() {
        return json.getAsJsonObject("expect");
    }

    private Stream<JsonObject> objects(String key) {
        return elements(json, key).map(JsonElement::getAsJsonObject);
    }

    private static Stream<JsonElement> elements(JsonObject object, String key) {
        return StreamSupport.stream(object.getAsJsonArray(key).spliterator(), false);
    }

    @Override
    public String toString() {
        return name;
    }
}
