package io.gradstep.optim;

import io.gradstep.ops.Slot;
import io.gradstep.ops.UpdateRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The arguments of every optimizer: {@code keras.optimizers.Optimizer}, Keras 3.15.1. What Keras calls {@code None} is
 * null here. They are checked in Keras's order, and the first that is wrong is named with its value.
 *
 * @param name begins the path of each of the optimizer's variables; without {@code /}
 * @param learningRate where the learning rate comes from
 * @param weightDecay what part of a variable is taken off before each update, times the learning rate; null for none
 * @param clipnorm the limit for the norm of each gradient; null for none, and 0 or less for none
 * @param clipvalue the limit for each number of a gradient; null for none, and 0 or less for none
 * @param globalClipnorm the limit for the norm of all gradients together; null for none, and 0 or less for none
 * @param useEma whether a moving average of each variable is kept
 * @param emaMomentum how much of the old average stays at each step
 * @param emaOverwriteFrequency after how many updates the variables are set to their averages; null or 0 for never
 * @param lossScaleFactor what the loss was multiplied by, and gradients are divided by; null for none
 * @param gradientAccumulationSteps over how many steps gradients are averaged before an update; null or 0 for none
 */
public record BaseArguments(
        String name,
        LearningRate learningRate,
        Double weightDecay,
        Double clipnorm,
        Double clipvalue,
        Double globalClipnorm,
        boolean useEma,
        double emaMomentum,
        Integer emaOverwriteFrequency,
        Double lossScaleFactor,
        Integer gradientAccumulationSteps) {
    /** What {@link #config} has, in its order. */
    static final List<String> NAMES = List.of(
            "name",
            "learning_rate",
            "weight_decay",
            "clipnorm",
            "global_clipnorm",
            "clipvalue",
            "use_ema",
            "ema_momentum",
            "ema_overwrite_frequency",
            "loss_scale_factor",
            "gradient_accumulation_steps");

    /**
     * Checks the arguments in Keras's order.
     *
     * @param name not null, without {@code /}
     * @param learningRate not null
     * @param weightDecay any number, or null
     * @param clipnorm any number, or null
     * @param clipvalue any number, or null, which it must be if another limit is set
     * @param globalClipnorm any number, or null, which it must be if another limit is set
     * @param useEma either
     * @param emaMomentum from 0 to 1 if averages are kept, else any number
     * @param emaOverwriteFrequency 1 or more, 0 or null if averages are kept, else any number
     * @param lossScaleFactor any number, or null
     * @param gradientAccumulationSteps 2 or more, 0 or null
     * @throws IllegalArgumentException if one of them is wrong; the message has its name and value
     */
    public BaseArguments {
        Objects.requireNonNull(name, "name");
        if (isSet(gradientAccumulationSteps) && gradientAccumulationSteps < 2) {
            throw new IllegalArgumentException("`gradient_accumulation_steps` must be an integer >= 2. Received: "
                    + "gradient_accumulation_steps=" + gradientAccumulationSteps);
        }
        // Not the other way round: NaN passes in Keras.
        if (useEma && (emaMomentum > 1 || emaMomentum < 0)) {
            throw new IllegalArgumentException(
                    "`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=" + emaMomentum);
        }
        if (useEma && isSet(emaOverwriteFrequency) && emaOverwriteFrequency < 1) {
            throw new IllegalArgumentException("`ema_overwrite_frequency` must be an integer >= 1 or null. Received: "
                    + "ema_overwrite_frequency=" + emaOverwriteFrequency);
        }
        if (numberOfLimits(clipnorm, clipvalue, globalClipnorm) > 1) {
            throw new IllegalArgumentException("Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. "
                    + "Received: clipnorm=" + clipnorm + ", clipvalue=" + clipvalue + ", global_clipnorm="
                    + globalClipnorm);
        }
        Names.withoutSlash(name);
        if (learningRate == null) {
            throw new IllegalArgumentException("Argument `learning_rate` should be a double, a LearningRateSchedule, "
                    + "or a DoubleSupplier. Received instead: learning_rate=null");
        }
    }

    private static boolean isSet(Integer number) {
        return number != null && number != 0;
    }

    private static int numberOfLimits(Double... limits) {
        int count = 0;
        for (Double limit : limits) {
            count += limit == null ? 0 : 1;
        }
        return count;
    }

    /** The limit that is set, as what it does. */
    Clipping clipping() {
        Clipping clipping = clipnorm != null
                ? new Clipping.ByNorm(clipnorm)
                : globalClipnorm != null
                        ? new Clipping.ByGlobalNorm(globalClipnorm)
                        : clipvalue != null ? new Clipping.ByValue(clipvalue) : new Clipping.None();
        return clipping.orNone();
    }

    /** Over how many steps gradients are averaged; 0 for none. */
    int accumulationSteps() {
        return isSet(gradientAccumulationSteps) ? gradientAccumulationSteps : 0;
    }

    /** After how many steps the variables are set to their averages; 0 for never. */
    int overwriteFrequency() {
        return useEma && isSet(emaOverwriteFrequency) ? emaOverwriteFrequency : 0;
    }

    /**
     * The same arguments with another learning rate.
     *
     * @param other where it comes from, not null
     * @return new arguments
     * @throws IllegalArgumentException if it is null
     */
    public BaseArguments withLearningRate(LearningRate other) {
        return new BaseArguments(
                name,
                other,
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

    /** What a step around a rule keeps for each variable, in the order in which it is made. */
    List<Slot> slots(UpdateRule rule) {
        List<Slot> slots = new ArrayList<>();
        if (useEma) {
            slots.add(new Slot(KerasStep.AVERAGE, 0));
        }
        if (accumulationSteps() > 0) {
            slots.add(new Slot(KerasStep.ACCUMULATOR, 0));
        }
        slots.addAll(rule.slots());
        return slots;
    }

    BaseArguments withoutLossScaleFactor() {
        return new BaseArguments(
                name,
                learningRate,
                weightDecay,
                clipnorm,
                clipvalue,
                globalClipnorm,
                useEma,
                emaMomentum,
                emaOverwriteFrequency,
                null,
                gradientAccumulationSteps);
    }

    /**
     * What {@code Optimizer.get_config} gives for these arguments.
     *
     * @return a new map with Keras's names in Keras's order
     * @throws UnsupportedOperationException as {@link LearningRate#config} does
     */
    public Map<String, Object> config() {
        return config(learningRate.config());
    }

    /** The learning rate is an argument because it may have changed since. */
    Map<String, Object> config(Object presentLearningRate) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.put("learning_rate", presentLearningRate);
        config.put("weight_decay", weightDecay);
        config.put("clipnorm", clipnorm);
        config.put("global_clipnorm", globalClipnorm);
        config.put("clipvalue", clipvalue);
        config.put("use_ema", useEma);
        config.put("ema_momentum", emaMomentum);
        config.put("ema_overwrite_frequency", emaOverwriteFrequency);
        config.put("loss_scale_factor", lossScaleFactor);
        config.put("gradient_accumulation_steps", gradientAccumulationSteps);
        return config;
    }
}
