package io.gradstep.optim;

import io.gradstep.schedule.LearningRateSchedule;
import java.util.function.DoubleSupplier;

/**
 * Collects the arguments that every optimizer has, at Keras's defaults to begin with. What Keras calls {@code None} is
 * null.
 *
 * @param <B> the builder itself
 */
public abstract sealed class SettingsBuilder<B extends SettingsBuilder<B>>
        permits RMSprop.Builder, RuleSettings.Builder {
    private String name;
    private LearningRate learningRate;
    private Double weightDecay;
    private Double clipnorm;
    private Double clipvalue;
    private Double globalClipnorm;
    private boolean useEma;
    private double emaMomentum = 0.99;
    private Integer emaOverwriteFrequency;
    private Double lossScaleFactor;
    private Integer gradientAccumulationSteps;

    SettingsBuilder(String name, LearningRate learningRate) {
        this.name = name;
        this.learningRate = learningRate;
    }

    abstract B self();

    /** Makes a name where there is none, even if another argument is then refused: Keras counts it too. */
    final BaseArguments arguments(String className) {
        String given = name == null ? Names.automatic(className) : name;
        return new BaseArguments(
                given,
                learningRate,
                weightDecay,
                clipnorm,
                clipvalue,
                globalClipnorm,
                useEma,
                emaMomentum,
                emaOverwriteFrequency,
                lossScaleFactor,
                gradientAccumulationSteps);
    }

    /**
     * Sets the name.
     *
     * @param name the name, without {@code /}; null for an automatic one
     * @return this builder
     */
    public final B name(String name) {
        this.name = name;
        return self();
    }

    /**
     * Sets the learning rate to a number.
     *
     * @param learningRate the learning rate to begin with; kept as a float32, as Keras does
     * @return this builder
     */
    public final B learningRate(double learningRate) {
        return learningRate(new LearningRate.Fixed(learningRate));
    }

    /**
     * Lets the learning rate follow a schedule.
     *
     * @param schedule a function of the step counter
     * @return this builder
     */
    public final B learningRate(LearningRateSchedule schedule) {
        return learningRate(new LearningRate.Scheduled(schedule));
    }

    /**
     * Lets the learning rate be asked for.
     *
     * @param supplier asked once for each update
     * @return this builder
     */
    public final B learningRate(DoubleSupplier supplier) {
        return learningRate(new LearningRate.Callable(supplier));
    }

    /**
     * Sets where the learning rate comes from.
     *
     * @param learningRate a number, a schedule or a callable
     * @return this builder
     */
    public final B learningRate(LearningRate learningRate) {
        this.learningRate = learningRate;
        return self();
    }

    /**
     * Sets the weight decay: before each update {@code w ← w - w · weight_decay · learning_rate}.
     *
     * @param weightDecay the factor
     * @return this builder
     */
    public final B weightDecay(double weightDecay) {
        return weightDecay((Double) weightDecay);
    }

    /**
     * Sets the weight decay: before each update {@code w ← w - w · weight_decay · learning_rate}.
     *
     * @param weightDecay the factor; null for none
     * @return this builder
     */
    public final B weightDecay(Double weightDecay) {
        this.weightDecay = weightDecay;
        return self();
    }

    /**
     * Limits the norm of each gradient.
     *
     * @param clipnorm the limit; 0 or less for none
     * @return this builder
     */
    public final B clipnorm(double clipnorm) {
        return clipnorm((Double) clipnorm);
    }

    /**
     * Limits the norm of each gradient.
     *
     * @param clipnorm the limit; null for none, and 0 or less for none
     * @return this builder
     */
    public final B clipnorm(Double clipnorm) {
        this.clipnorm = clipnorm;
        return self();
    }

    /**
     * Limits each number of each gradient.
     *
     * @param clipvalue the limit; 0 or less for none
     * @return this builder
     */
    public final B clipvalue(double clipvalue) {
        return clipvalue((Double) clipvalue);
    }

    /**
     * Limits each number of each gradient.
     *
     * @param clipvalue the limit; null for none, and 0 or less for none
     * @return this builder
     */
    public final B clipvalue(Double clipvalue) {
        this.clipvalue = clipvalue;
        return self();
    }

    /**
     * Limits the norm of all gradients together.
     *
     * @param globalClipnorm the limit; 0 or less for none
     * @return this builder
     */
    public final B globalClipnorm(double globalClipnorm) {
        return globalClipnorm((Double) globalClipnorm);
    }

    /**
     * Limits the norm of all gradients together.
     *
     * @param globalClipnorm the limit; null for none, and 0 or less for none
     * @return this builder
     */
    public final B globalClipnorm(Double globalClipnorm) {
        this.globalClipnorm = globalClipnorm;
        return self();
    }

    /**
     * Sets whether a moving average of each variable is kept.
     *
     * @param useEma whether it is
     * @return this builder
     */
    public final B useEma(boolean useEma) {
        this.useEma = useEma;
        return self();
    }

    /**
     * Sets how much of the old average stays at each step.
     *
     * @param emaMomentum the factor, from 0 to 1
     * @return this builder
     */
    public final B emaMomentum(double emaMomentum) {
        this.emaMomentum = emaMomentum;
        return self();
    }

    /**
     * Sets after how many updates the variables are set to their averages.
     *
     * @param emaOverwriteFrequency the number of updates, 1 or more; null or 0 for never
     * @return this builder
     */
    public final B emaOverwriteFrequency(Integer emaOverwriteFrequency) {
        this.emaOverwriteFrequency = emaOverwriteFrequency;
        return self();
    }

    /**
     * Sets what gradients are divided by, because the loss was multiplied by it: see {@link Optimizer#scaleLoss}.
     *
     * @param lossScaleFactor the factor
     * @return this builder
     */
    public final B lossScaleFactor(double lossScaleFactor) {
        return lossScaleFactor((Double) lossScaleFactor);
    }

    /**
     * Sets what gradients are divided by, because the loss was multiplied by it: see {@link Optimizer#scaleLoss}.
     *
     * @param lossScaleFactor the factor; null for none
     * @return this builder
     */
    public final B lossScaleFactor(Double lossScaleFactor) {
        this.lossScaleFactor = lossScaleFactor;
        return self();
    }

    /**
     * Sets over how many steps gradients are averaged before an update.
     *
     * @param gradientAccumulationSteps the number of steps, 2 or more; null or 0 for none
     * @return this builder
     */
    public final B gradientAccumulationSteps(Integer gradientAccumulationSteps) {
        this.gradientAccumulationSteps = gradientAccumulationSteps;
        return self();
    }
}
