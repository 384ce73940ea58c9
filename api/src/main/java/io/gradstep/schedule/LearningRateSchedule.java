package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A learning rate that depends on the step: Keras 3.15.1, {@code keras.optimizers.schedules.LearningRateSchedule}.
 *
 * <p>A lambda will do for training. What is to be written down needs a class with a name that overrides
 * {@link #config}.
 *
 * @see <a href="https://keras.io/api/optimizers/learning_rate_schedules/">Keras: learning rate schedules</a>
 */
@FunctionalInterface
public interface LearningRateSchedule {
    /**
     * The learning rate at a step: Keras's {@code __call__}. May be asked more than once per step, so the answer
     * should depend on the step alone.
     *
     * @param step the raw step counter before its increment: 0 at the first step, and every call counts, also the
     *     ones that only accumulate gradients
     * @return the learning rate; of Keras's six a float32, widened
     */
    double at(long step);

    /**
     * The arguments that make this schedule again: Keras's {@code get_config}.
     *
     * @return a new map, in Keras's order; values are null, {@link Boolean}, {@link Long}, {@link Double},
     *     {@link String}, and lists of them
     * @throws UnsupportedOperationException if the class does not override this
     */
    default Map<String, Object> config() {
        throw new UnsupportedOperationException("Learning rate schedule '" + Keras.className(this)
                + "' must override `config()` in order to be serializable.");
    }

    /**
     * The schedule as Keras writes it into JSON: {@code keras.optimizers.schedules.serialize}. A class of one's own
     * has no module and is registered under its simple name.
     *
     * @return a new map: {@code module}, {@code class_name}, {@code config}, {@code registered_name}, in this order;
     *     values may be null
     * @throws UnsupportedOperationException if the class does not override {@link #config}, or has no name
     */
    default Map<String, Object> serialize() {
        Map<String, Object> config = config();
        String name = getClass().getSimpleName();
        if (name.isEmpty()) {
            throw new UnsupportedOperationException("Learning rate schedule '" + Keras.className(this)
                    + "' is of an anonymous class. Give the class a name in order to be serializable.");
        }
        Map<String, Object> serialized = new LinkedHashMap<>();
        serialized.put("module", null);
        serialized.put("class_name", name);
        serialized.put("config", config);
        serialized.put("registered_name", name);
        return serialized;
    }
}
