package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code initial_learning_rate / (1 + decay_rate · step / decay_steps)}: Keras 3.15.1,
 * {@code keras.optimizers.schedules.InverseTimeDecay}.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps how often the decay rate is applied
 * @param decayRate how much the divisor grows in {@code decaySteps} steps
 * @param staircase whether the rate stays the same in between
 * @param name checked when the schedule is called, as in Keras
 */
public record InverseTimeDecay(
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
    public InverseTimeDecay {
        Keras.positive("decay_steps", decaySteps);
    }

    /**
     * Under Keras's default name, {@code InverseTimeDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param decayRate how much the divisor grows in {@code decaySteps} steps
     * @param staircase whether the rate stays the same between multiples of {@code decaySteps}
     */
    public InverseTimeDecay(double initialLearningRate, double decaySteps, double decayRate, boolean staircase) {
        this(initialLearningRate, decaySteps, decayRate, staircase, "InverseTimeDecay");
    }

    /**
     * Keras's defaults: no staircase, the name {@code InverseTimeDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param decayRate how much the divisor grows in {@code decaySteps} steps
     */
    public InverseTimeDecay(double initialLearningRate, double decaySteps, double decayRate) {
        this(initialLearningRate, decaySteps, decayRate, false);
    }

    @Override
    public double at(long step) {
        Keras.name(name);
        float decays = (float) step / (float) decaySteps;
        if (staircase) {
            decays = Keras.floor(decays);
        }
        float growth = (float) decayRate * decays;
        float divisor = 1 + growth;
        return (float) initialLearningRate / divisor;
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
