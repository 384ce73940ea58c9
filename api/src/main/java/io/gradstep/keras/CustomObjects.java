package io.gradstep.keras;

/**
 * Rules and schedules of somebody's own that are found by themselves, wherever a configuration is read without somebody
 * passing a reader: within the file of a DL4J model, say. It is what Keras's {@code
 * @keras.saving.register_keras_serializable} is for.
 *
 * <p>A class with a public constructor without arguments implements this, and its name stands in a file {@code
 * META-INF/services/io.gradstep.keras.CustomObjects} of the same jar:
 *
 * <pre>{@code
 * public final class MyObjects implements CustomObjects {
 *     @Override
 *     public ConfigReader addTo(ConfigReader reader) {
 *         return reader.withRule("Lion", config -> new Lion((Double) config.get("beta_1"), (Double) config.get("beta_2")));
 *     }
 * }
 * }</pre>
 *
 * @see ConfigReader#installed
 */
public interface CustomObjects {
    /** The file in which implementations are named. */
    String SERVICES_FILE = "META-INF/services/" + CustomObjects.class.getName();

    /**
     * Registers them.
     *
     * @param reader knows Keras's own classes, and what others have registered
     * @return a reader that knows these as well
     */
    ConfigReader addTo(ConfigReader reader);
}
