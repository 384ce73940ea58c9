package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.UpdateRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Dynamic loss scaling around other settings: {@code keras.optimizers.LossScaleOptimizer}, Keras 3.15.1.
 *
 * <p>The loss is multiplied by a scale ({@link Optimizer#scaleLoss}) and gradients are divided by it. A step with an
 * infinite or NaN gradient is left out and halves the scale; {@code dynamicGrowthSteps} good steps in a row double it.
 *
 * @param inner the settings of the optimizer that takes the steps; a loss scale factor of its own is dropped
 * @param initialScale the scale to begin with
 * @param dynamicGrowthSteps after how many good steps the scale is doubled
 * @param name begins the path of the scale's own variables; null gives {@code loss_scale_optimizer}, then {@code
 *     loss_scale_optimizer_1}, …
 */
public record LossScale(Settings inner, double initialScale, int dynamicGrowthSteps, String name) implements Settings {
    /** How many variables it has before those of the inner optimizer: iteration, learning rate, step counter, scale. */
    public static final int OWN_VARIABLES = 4;

    /** Keras's default. */
    public static final double INITIAL_SCALE = 32768;

    /** Keras's default. */
    public static final int DYNAMIC_GROWTH_STEPS = 2000;

    static final String CLASS_NAME = "LossScaleOptimizer";

    /**
     * Checks the arguments, and makes a name where it is null.
     *
     * @param inner not null, and no loss scale itself
     * @param initialScale any number
     * @param dynamicGrowthSteps any number
     * @param name without {@code /}, or null
     * @throws IllegalArgumentException if the name contains {@code /}, or if the inner settings are a loss scale
     */
    public LossScale {
        Objects.requireNonNull(inner, "inner");
        inner = withoutLossScaleFactor(inner);
        name = Names.withoutSlash(name == null ? Names.automatic(CLASS_NAME) : name);
    }

    /**
     * Keras's defaults: scale 32768, doubled after 2,000 good steps, an automatic name.
     *
     * @param inner the settings of the optimizer that takes the steps
     */
    public LossScale(Settings inner) {
        this(inner, INITIAL_SCALE, DYNAMIC_GROWTH_STEPS, null);
    }

    private static Settings withoutLossScaleFactor(Settings inner) {
        if (inner instanceof RMSprop rmsprop) {
            return new RMSprop(
                    rmsprop.base().withoutLossScaleFactor(),
                    rmsprop.rho(),
                    rmsprop.momentum(),
                    rmsprop.epsilon(),
                    rmsprop.centered());
        }
        if (inner instanceof RuleSettings settings) {
            return new RuleSettings(settings.base().withoutLossScaleFactor(), settings.rule());
        }
        throw new IllegalArgumentException("`inner` must be the settings of an optimizer without a dynamic loss scale. "
                + "Received: inner=" + inner + ". Use its own inner settings");
    }

    @Override
    public BaseArguments base() {
        return inner.base();
    }

    @Override
    public UpdateRule rule() {
        return inner.rule();
    }

    @Override
    public String className() {
        return CLASS_NAME;
    }

    @Override
    public Map<String, Object> config() {
        return config(inner.config());
    }

    Map<String, Object> config(Map<String, Object> innerConfig) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.put("inner_optimizer", Serialized.of(inner, innerConfig));
        config.put("initial_scale", initialScale);
        config.put("dynamic_growth_steps", dynamicGrowthSteps);
        return config;
    }

    @Override
    public LossScale withLearningRate(LearningRate learningRate) {
        return new LossScale(inner.withLearningRate(learningRate), initialScale, dynamicGrowthSteps, name);
    }

    @Override
    public <T> Optimizer<T> on(Backend<T> backend) {
        return new LossScaleOptimizer<>(this, backend);
    }
}
