package io.gradstep.keras;

import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.Map;

/**
 * Settings and schedules as the JSON that Keras 3.15.1 writes and reads.
 *
 * <pre>{@code
 * String text = Keras.toJson(RMSprop.builder().learningRate(0.01).centered(true).build());
 * Settings settings = Keras.fromJson(text);
 * }</pre>
 *
 * <p>In Python the text is what {@code json.dumps(keras.optimizers.serialize(optimizer))} gives, and {@code
 * keras.optimizers.deserialize(json.loads(text))} takes it; the {@code get_config()} of an optimizer alone will do too.
 *
 * <p><b>Texts may come from anywhere.</b> They are read as RFC 8259 has them: no key twice, no comments, no other
 * quotes, nothing after the document, at most 64 maps and lists within one another, 262,144 values, and 64 Mi
 * characters. Python's {@code NaN} and {@code Infinity} are known, and refused as an argument. Nothing is made by a
 * name in a text but what {@link ConfigReader} lists, and what was registered with it. Whatever is wrong with a text
 * ends in an {@link IllegalArgumentException} that says where, or which argument; only what a registered function
 * throws is its own.
 */
public final class Keras {
    private static final ConfigReader READER = new ConfigReader();

    private Keras() {}

    /**
     * Writes settings with their class name: {@link Settings#serialize}. A learning rate that is a number is written as
     * the double of its float32, as Keras does: 0.001 is read again as 0.0010000000474974513, which trains to the same
     * bits.
     *
     * @param settings an optimizer's settings
     * @return one line of JSON, keys in Keras's order
     * @throws UnsupportedOperationException as {@link Settings#config} does
     * @throws IllegalArgumentException if a number is not finite, or if a rule or schedule of somebody's own has a
     *     value in its configuration that JSON cannot hold; the message has its path
     */
    public static String toJson(Settings settings) {
        return JsonText.of(settings.serialize());
    }

    /**
     * Writes a schedule with its class name: {@link LearningRateSchedule#serialize}.
     *
     * @param schedule a learning rate that depends on the step
     * @return one line of JSON, keys in Keras's order
     * @throws UnsupportedOperationException as {@link LearningRateSchedule#serialize} does
     * @throws IllegalArgumentException as {@link #toJson(Settings)} does
     */
    public static String toJson(LearningRateSchedule schedule) {
        return JsonText.of(schedule.serialize());
    }

    /**
     * Writes any configuration, such as that of {@link io.gradstep.optim.Optimizer#getConfig}.
     *
     * @param config of maps with strings as keys, lists, strings, booleans, finite numbers and null
     * @return one line of JSON, keys in the order of the map; of a {@link Double} a number with a point or an exponent,
     *     which Python reads as a float
     * @throws IllegalArgumentException if something else is in it; the message has its path
     */
    public static String toJson(Map<String, ?> config) {
        return JsonText.of(config);
    }

    /**
     * Reads settings of Keras's own classes.
     *
     * @param text as {@link #fromJson(String, ConfigReader)} takes it
     * @return the settings
     * @throws IllegalArgumentException as {@link #fromJson(String, ConfigReader)} does
     */
    public static Settings fromJson(String text) {
        return fromJson(text, READER);
    }

    /**
     * Reads settings. The text is one of these:
     *
     * <ul>
     *   <li>a serialized optimizer, which has a {@code class_name}: what {@link #toJson(Settings)} gives
     *   <li>a {@code get_config()} without it: of a {@code LossScaleOptimizer} if it has an {@code inner_optimizer}, else
     *       of {@code RMSprop}. For a registered rule {@link ConfigReader#rule} takes what {@link #configFromJson} gives
     *   <li>a class name in quotes, which means its defaults
     * </ul>
     *
     * @param text JSON
     * @param reader knows rules, schedules and callables beside Keras's own
     * @return the settings
     * @throws IllegalArgumentException if it is none of these, or malformed, or if {@code reader} refuses it
     */
    public static Settings fromJson(String text, ConfigReader reader) {
        return settings(StrictJson.parse(text), "$", reader);
    }

    /**
     * Settings as they stand within parsed JSON.
     *
     * @param path where, as {@code $.a.b}
     */
    static Settings settings(Object value, String path, ConfigReader reader) {
        if (value instanceof String className) {
            return reader.optimizer(className);
        }
        Map<String, Object> map = StrictJson.map(value, path);
        if (map.containsKey("class_name")) {
            StrictJson.requireFinite(map.get("config"), path + ".config");
            return reader.optimizer(map);
        }
        StrictJson.requireFinite(map, path);
        return map.containsKey("inner_optimizer") ? reader.lossScale(map) : reader.rmsprop(map);
    }

    /**
     * Reads one of Keras's schedules.
     *
     * @param text what {@link #toJson(LearningRateSchedule)} gives
     * @return the schedule
     * @throws IllegalArgumentException if it is malformed, or as {@link ConfigReader#schedule} does
     */
    public static LearningRateSchedule scheduleFromJson(String text) {
        return scheduleFromJson(text, READER);
    }

    /**
     * Reads a schedule.
     *
     * @param text what {@link #toJson(LearningRateSchedule)} gives
     * @param reader knows schedules beside Keras's own
     * @return the schedule
     * @throws IllegalArgumentException if it is malformed, or as {@link ConfigReader#schedule} does
     */
    public static LearningRateSchedule scheduleFromJson(String text, ConfigReader reader) {
        Map<String, Object> serialized = StrictJson.map(StrictJson.parse(text), "$");
        StrictJson.requireFinite(serialized.get("config"), "$.config");
        return reader.schedule(serialized);
    }

    /**
     * Reads a configuration as {@link ConfigReader} takes it.
     *
     * @param text a JSON object
     * @return a new map in the order of the text, of maps, lists, strings, booleans, null, {@link Long} for a number
     *     without point and exponent or {@link java.math.BigInteger} where that is too small, and {@link Double} for any
     *     other
     * @throws IllegalArgumentException if it is malformed, no object, or has a number that is not finite
     */
    public static Map<String, Object> configFromJson(String text) {
        Map<String, Object> config = StrictJson.map(StrictJson.parse(text), "$");
        StrictJson.requireFinite(config, "$");
        return config;
    }
}
