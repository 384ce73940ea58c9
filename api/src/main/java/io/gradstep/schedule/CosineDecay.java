package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Half a cosine from the initial rate down to {@code alpha} times it, after a linear warm-up if there is a target for
 * one: Keras 3.15.1, {@code keras.optimizers.schedules.CosineDecay}.
 *
 * <p>Without a target: {@code decay(step, initial_learning_rate)}, and {@code warmupSteps} is not looked at. With one:
 * a straight line from {@code initial_learning_rate} to the target, then {@code decay(step - warmup_steps,
 * warmup_target)}, where
 *
 * <pre>{@code
 * decay(step, from) = from · ((1 - alpha) · 0.5 · (1 + cos(π · min(step, decay_steps) / decay_steps)) + alpha)
 * }</pre>
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps how many steps the decay takes
 * @param alpha the last rate, as a fraction of the one where the decay begins
 * @param name checked when the schedule is called, as in Keras
 * @param warmupTarget the rate where the decay begins; null for no warm-up
 * @param warmupSteps how many steps the warm-up takes
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter: SGDR</a>
 */
public record CosineDecay(
        double initialLearningRate,
        double decaySteps,
        double alpha,
        String name,
        Double warmupTarget,
        double warmupSteps)
        implements LearningRateSchedule {

    /**
     * Checks the step count, and nothing else, as in Keras.
     *
     * @param initialLearningRate any number
     * @param decaySteps more than 0
     * @param alpha any number
     * @param name without {@code /}, else {@link #at} fails
     * @param warmupTarget any number, or null for no warm-up
     * @param warmupSteps any number
     * @throws IllegalArgumentException if {@code decaySteps} is 0 or less
     */
    public CosineDecay {
        Keras.positive("decay_steps", decaySteps);
    }

    /**
     * With a warm-up, under Keras's default name, {@code CosineDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps how many steps the decay takes, more than 0
     * @param alpha the last rate, as a fraction of {@code warmupTarget}
     * @param warmupTarget the rate where the decay begins
     * @param warmupSteps how many steps the warm-up takes
     */
    public CosineDecay(
            double initialLearningRate, double decaySteps, double alpha, double warmupTarget, double warmupSteps) {
        this(initialLearningRate, decaySteps, alpha, "CosineDecay", warmupTarget, warmupSteps);
    }

    /**
     * Without a warm-up, under Keras's default name, {@code CosineDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     * @param alpha the last rate, as a fraction of the first
     */
    public CosineDecay(double initialLearningRate, double decaySteps, double alpha) {
        this(initialLearningRate, decaySteps, alpha, "CosineDecay", null, 0);
    }

    /**
     * Keras's defaults: down to 0, no warm-up, the name {@code CosineDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps more than 0
     */
    public CosineDecay(double initialLearningRate, double decaySteps) {
        this(initialLearningRate, decaySteps, 0.0);
    }

    @Override
    public double at(long step) {
        Keras.name(name);
        float initial = (float) initialLearningRate;
        float steps = (float) decaySteps;
        float done = (float) step;
        if (warmupTarget == null) {
            done = Math.min(done, steps);
            return decay(done, steps, initial);
        }
        float target = warmupTarget.floatValue();
        float warmup = (float) warmupSteps;
        float all = steps + warmup;
        done = Math.min(done, all);
        if (done < warmup) {
            return warmUp(done, warmup, initial, target);
        }
        return decay(done - warmup, steps, target);
    }

    private static float warmUp(float done, float steps, float initial, float target) {
        float fraction = done / steps;
        float range = target - initial;
        float above = range * fraction;
        return above + initial;
    }

    private float decay(float done, float steps, float from) {
        float fraction = done / steps;
        float angle = Keras.PI * fraction;
        float raised = 1 + Keras.cos(angle);
        float cosine = 0.5f * raised;
        // In double, since Keras subtracts two Python numbers here; in CosineDecayRestarts it does not.
        float range = (float) (1 - alpha);
        float above = range * cosine;
        float factor = above + (float) alpha;
        return from * factor;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", Keras.number(decaySteps));
        config.put("alpha", alpha);
        config.put("name", name);
        config.put("warmup_target", warmupTarget);
        config.put("warmup_steps", Keras.number(warmupSteps));
        return config;
    }

    @Override
    public Map<String, Object> serialize() {
        return Keras.serialize(this);
    }
}
