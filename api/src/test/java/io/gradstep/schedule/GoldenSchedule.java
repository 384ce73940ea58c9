package io.gradstep.schedule;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A schedule that Keras wrote and its rates at some steps, as {@code golden/README.md} describes them. */
record GoldenSchedule(JsonObject serialized, List<Long> steps, List<Float> rates) {
    static List<GoldenSchedule> all() {
        return objects(read("schedules.json").getAsJsonArray("schedules"))
                .map(entry -> new GoldenSchedule(
                        entry.getAsJsonObject("schedule"),
                        elements(entry.getAsJsonArray("steps"))
                                .map(JsonElement::getAsLong)
                                .toList(),
                        elements(entry.getAsJsonArray("values"))
                                .map(value -> Float.parseFloat(value.getAsString()))
                                .toList()))
                .toList();
    }

    static JsonObject read(String file) {
        try (InputStream in = GoldenSchedule.class.getResourceAsStream("/golden/" + file)) {
            return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonObject> objects(JsonArray array) {
        return elements(array).map(JsonElement::getAsJsonObject);
    }

    private static Stream<JsonElement> elements(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    String className() {
        return serialized.get("class_name").getAsString();
    }

    double initialRate() {
        return serialized.getAsJsonObject("config").get("initial_learning_rate").getAsDouble();
    }

    LearningRateSchedule schedule() {
        return schedule(serialized);
    }

    /** Missing keys become 0, false or null: enough for what is to be refused. */
    static LearningRateSchedule schedule(JsonObject serialized) {
        Arguments arguments = new Arguments(serialized.getAsJsonObject("config"));
        String className = serialized.get("class_name").getAsString();
        return switch (className) {
            case "ExponentialDecay" ->
                new ExponentialDecay(
                        arguments.number("initial_learning_rate"),
                        arguments.number("decay_steps"),
                        arguments.number("decay_rate"),
                        arguments.flag("staircase"),
                        arguments.text("name"));
            case "PiecewiseConstantDecay" ->
                new PiecewiseConstantDecay(
                        elements(arguments.list("boundaries"))
                                .map(JsonElement::getAsLong)
                                .toList(),
                        elements(arguments.list("values"))
                                .map(JsonElement::getAsDouble)
                                .toList(),
                        arguments.text("name"));
            case "PolynomialDecay" ->
                new PolynomialDecay(
                        arguments.number("initial_learning_rate"),
                        arguments.number("decay_steps"),
                        arguments.number("end_learning_rate"),
                        arguments.number("power"),
                        arguments.flag("cycle"),
                        arguments.text("name"));
            case "InverseTimeDecay" ->
                new InverseTimeDecay(
                        arguments.number("initial_learning_rate"),
                        arguments.number("decay_steps"),
                        arguments.number("decay_rate"),
                        arguments.flag("staircase"),
                        arguments.text("name"));
            case "CosineDecay" ->
                new CosineDecay(
                        arguments.number("initial_learning_rate"),
                        arguments.number("decay_steps"),
                        arguments.number("alpha"),
                        arguments.text("name"),
                        arguments.numberOrNull("warmup_target"),
                        arguments.number("warmup_steps"));
            case "CosineDecayRestarts" ->
                new CosineDecayRestarts(
                        arguments.number("initial_learning_rate"),
                        arguments.number("first_decay_steps"),
                        arguments.number("t_mul"),
                        arguments.number("m_mul"),
                        arguments.number("alpha"),
                        arguments.text("name"));
            default -> throw new AssertionError("No such schedule: " + className);
        };
    }

    @Override
    public String toString() {
        return className() + serialized.getAsJsonObject("config");
    }

    private record Arguments(JsonObject config) {
        double number(String key) {
            return config.has(key) ? config.get(key).getAsDouble() : 0;
        }

        Double numberOrNull(String key) {
            return config.get(key).isJsonNull() ? null : config.get(key).getAsDouble();
        }

        boolean flag(String key) {
            return config.has(key) && config.get(key).getAsBoolean();
        }

        String text(String key) {
            return config.has(key) ? config.get(key).getAsString() : null;
        }

        JsonArray list(String key) {
            return config.getAsJsonArray(key);
        }
    }
}
