package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code (initial_learning_rate - end_learning_rate) · (1 - step / decay_steps)^power + end_learning_rate}: Keras
 * 3.15.1, {@code keras.optimizers.schedules.PolynomialDecay}.
 *
 * <p>Without a cycle the rate stays at its end after {@code decaySteps}. With one, {@code decay_steps} is the next
 * multiple of itself: the rate reaches its end at each multiple, and rises again after it.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps after how many steps the end is reached
 * @param endLearningRate the rate at the end
 * @param power the exponent; 1 for a straight line
 * @param cycle whether the rate rises again
 * @param name checked when the schedule is called, as in Keras
 */
public record PolynomialDecay(
        double initialLearningRate, double decaySteps, double endLearningRate, double power, boolean cycle, String name)
        implements LearningRateSchedule {

    /**
     * Checks the step count, and nothing else, as in Keras.
     *
     * @param initialLearningRate any number
     * @param decaySteps more than 0
     * @param endLearningRate any number
     * @param power any number
     * @param cycle either
     * @param name without {@code /}, else {@link #at} fails
     * @throws IllegalArgumentException if {@code decaySteps} is 0 or less
     */
    public PolynomialDecay {
        Keras.positive("decay_steps", decaySteps);
    }

    /**
     * Under Keras's default name, {@code PolynomialDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param endLearningRate the rate at the end
     * @param power the exponent
     * @param cycle whether the rate rises again
     */
    public PolynomialDecay(
            double initialLearningRate, double decaySteps, double endLearningRate, double power, boolean cycle) {
        this(initialLearningRate, decaySteps, endLearningRate, power, cycle, "PolynomialDecay");
    }

    /**
     * Keras's defaults: to 0.0001 with power 1, no cycle, the name {@code PolynomialDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     */
    public PolynomialDecay(double initialLearningRate, double decaySteps) {
        this(initialLearningRate, decaySteps, 0.0001, 1.0, false);
    }

    @Override
    public double at(long step) {
        Keras.name(name);
        float initial = (float) initialLearningRate;
        float end = (float) endLearningRate;
        float done = (float) step;
        float steps = (float) decaySteps;
        if (cycle) {
            float cycles = done == 0 ? 1 : Keras.ceil(done / steps);
            steps = steps * cycles;
        } else {
            done = Math.min(done, steps);
        }
        float fraction = done / steps;
        float left = 1 - fraction;
        float factor = Keras.pow(left, (float) power);
        float range = initial - end;
        float above = range * factor;
        return above + end;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", Keras.number(decaySteps));
        config.put("end_learning_rate", endLearningRate);
        config.put("power", power);
        config.put("cycle", cycle);
        config.put("name", name);
        return config;
    }

    @Override
    public Map<String, Object> serialize() {
        return Keras.serialize(this);
    }
}
