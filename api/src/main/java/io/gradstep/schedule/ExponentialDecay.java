package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code initial_learning_rate · decay_rate^(step / decay_steps)}: Keras 3.15.1,
 * {@code keras.optimizers.schedules.ExponentialDecay}.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps after how many steps the rate has been multiplied by the decay rate once
 * @param decayRate the factor
 * @param staircase whether the rate stays the same in between
 * @param name checked when the schedule is called, as in Keras
 */
public record ExponentialDecay(
        double initialLearningRate, double decaySteps, double decayRate, boolean staircase, String name)
        implements LearningRateSchedule {

    /**
     * Checks the step count, and nothing else, as in Keras.
     *
     * @param initialLearningRate any number
     * @param decaySteps more than 0
     * @param decayRate any number
     * @param staircase either
     * @param name without {@code /}, else {@link #at} fails
     * @throws IllegalArgumentException if {@code decaySteps} is 0 or less
     */
    public ExponentialDecay {
        Keras.positive("decay_steps", decaySteps);
    }

    /**
     * Under Keras's default name, {@code ExponentialDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param decayRate the factor
     * @param staircase whether the rate stays the same between multiples of {@code decaySteps}
     */
    public ExponentialDecay(double initialLearningRate, double decaySteps, double decayRate, boolean staircase) {
        this(initialLearningRate, decaySteps, decayRate, staircase, "ExponentialDecay");
    }

    /**
     * Keras's defaults: no staircase, the name {@code ExponentialDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param decayRate the factor
     */
    public ExponentialDecay(double initialLearningRate, double decaySteps, double decayRate) {
        this(initialLearningRate, decaySteps, decayRate, false);
    }

    @Override
    public double at(long step) {
        Keras.name(name);
        float decays = (float) step / (float) decaySteps;
        if (staircase) {
            decays = Keras.floor(decays);
        }
        float factor = Keras.pow((float) decayRate, decays);
        return (float) initialLearningRate * factor;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", Keras.number(decaySteps));
        config.put("decay_rate", decayRate);
        config.put("staircase", staircase);
        config.put("name", name);
        return config;
    }

    @Override
    public Map<String, Object> serialize() {
        return Keras.serialize(this);
    }
}
