package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Half a cosine again and again, each {@code tMul} times as long and {@code mMul} times as high as the one before:
 * Keras 3.15.1, {@code keras.optimizers.schedules.CosineDecayRestarts}.
 *
 * <p>Which cosine a step belongs to comes from a float32 logarithm, and NumPy's may be another than ours in its last
 * bits. So at the very step of a restart Keras may have begun the next cosine and this one not, or the other way round:
 * with {@code tMul} 2 at the 13th restart, with 1.1 at the second.
 *
 * @param initialLearningRate the rate at step 0
 * @param firstDecaySteps how many steps the first cosine takes
 * @param tMul how much longer each next one is
 * @param mMul how much higher each next one begins
 * @param alpha the lowest rate, as a fraction of {@code initialLearningRate}
 * @param name checked when the schedule is called, as in Keras
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter: SGDR</a>
 */
public record CosineDecayRestarts(
        double initialLearningRate, double firstDecaySteps, double tMul, double mMul, double alpha, String name)
        implements LearningRateSchedule {

    /**
     * Checks the step count, and nothing else, as in Keras.
     *
     * @param initialLearningRate any number
     * @param firstDecaySteps more than 0
     * @param tMul any number; below 1 the cosines have an end, after which the rate is NaN
     * @param mMul any number
     * @param alpha any number
     * @param name without {@code /}, else {@link #at} fails
     * @throws IllegalArgumentException if {@code firstDecaySteps} is 0 or less
     */
    public CosineDecayRestarts {
        Keras.positive("first_decay_steps", firstDecaySteps);
    }

    /**
     * Under Keras's default name, {@code SGDRDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param firstDecaySteps more than 0
     * @param tMul how much longer each next cosine is
     * @param mMul how much higher each next cosine begins
     * @param alpha the lowest rate, as a fraction of {@code initialLearningRate}
     */
    public CosineDecayRestarts(
            double initialLearningRate, double firstDecaySteps, double tMul, double mMul, double alpha) {
        this(initialLearningRate, firstDecaySteps, tMul, mMul, alpha, "SGDRDecay");
    }

    /**
     * Keras's defaults: each cosine twice as long as the one before and as high, down to 0, the name
     * {@code SGDRDecay}.
     *
     * @param initialLearningRate the rate at step 0
     * @param firstDecaySteps more than 0
     */
    public CosineDecayRestarts(double initialLearningRate, double firstDecaySteps) {
        this(initialLearningRate, firstDecaySteps, 2.0, 1.0, 0.0);
    }

    @Override
    public double at(long step) {
        Keras.name(name);
        float longer = (float) tMul;
        float lowest = (float) alpha;
        float fraction = (float) step / (float) firstDecaySteps;
        float restarts;
        if (longer == 1) {
            restarts = Keras.floor(fraction);
            fraction = fraction - restarts;
        } else {
            restarts = restarts(fraction, longer);
            float length = Keras.pow(longer, restarts);
            float before = (1 - length) / (1 - longer);
            fraction = (fraction - before) / length;
        }
        float height = 0.5f * Keras.pow((float) mMul, restarts);
        float angle = Keras.PI * fraction;
        float raised = 1 + Keras.cos(angle);
        float cosine = height * raised;
        float range = 1 - lowest;
        float above = range * cosine;
        float factor = above + lowest;
        return (float) initialLearningRate * factor;
    }

    /** How many cosines have ended: the inverse of their geometric sum. */
    private static float restarts(float fraction, float longer) {
        float shrink = 1 - longer;
        float product = fraction * shrink;
        float length = 1 - product;
        float exponent = Keras.log(length) / Keras.log(longer);
        return Keras.floor(exponent);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("first_decay_steps", Keras.number(firstDecaySteps));
        config.put("t_mul", tMul);
        config.put("m_mul", mMul);
        config.put("alpha", alpha);
        config.put("name", name);
        return config;
    }

    @Override
    public Map<String, Object> serialize() {
        return Keras.serialize(this);
    }
}
