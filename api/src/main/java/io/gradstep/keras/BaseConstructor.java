package io.gradstep.keras;

import io.gradstep.optim.LearningRate;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.Collections;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** {@code Optimizer.__init__} of {@code base_optimizer.py}, Keras 3.15.1: its checks in its order. */
final class BaseConstructor {
    static final RMSprop DEFAULTS = RMSprop.builder().build();
    /** In the order of the configuration. */
    static final Set<String> NAMES =
            Collections.unmodifiableSet(DEFAULTS.base().config().keySet());

    private BaseConstructor() {}

    /** A rule may have an argument {@code decay} of its own; any other is a relic of Keras 2. */
    static void checkNames(Arguments arguments, Set<String> known, Consumer<String> warnings) {
        Set<String> accepted = new HashSet<>(known);
        boolean isRelic = accepted.add("decay");
        if (isRelic && arguments.get("decay") != null) {
            warnings.accept("Argument `decay` is no longer supported and will be ignored.");
        }
        arguments.refuseAllBut(accepted);
    }

    /**
     * All but the learning rate, which Keras checks last. It is built again and again, so that of several wrong
     * arguments the one is reported that Keras reports.
     *
     * @param unnamed the same optimizer at its defaults and with an automatic name, which counts even if an argument is
     *     then refused
     */
    static RMSprop.Builder read(Arguments arguments, Supplier<? extends Settings> unnamed) {
        Object given = arguments.get("name");
        Object name = given == null ? unnamed.get().name() : given;
        RMSprop.Builder builder = RMSprop.builder();

        builder.gradientAccumulationSteps(accumulationSteps(arguments)).build();

        boolean useEma = arguments.flag("use_ema", DEFAULTS.base().useEma());
        double emaMomentum = arguments.number("ema_momentum", DEFAULTS.base().emaMomentum());
        builder.useEma(useEma).emaMomentum(emaMomentum).build();
        builder.emaOverwriteFrequency(overwriteFrequency(arguments, useEma)).build();

        builder.clipnorm(arguments.numberOrNull("clipnorm"))
                .clipvalue(arguments.numberOrNull("clipvalue"))
                .globalClipnorm(arguments.numberOrNull("global_clipnorm"))
                .build();

        builder.name(name(name)).build();

        return builder.weightDecay(arguments.numberOrNull("weight_decay"))
                .lossScaleFactor(arguments.numberOrNull("loss_scale_factor"));
    }

    private static Integer accumulationSteps(Arguments arguments) {
        Object value = arguments.get("gradient_accumulation_steps");
        if (value == null) {
            return null;
        }
        if (value.equals(false)) {
            return 0;
        }
        return Arguments.whole(value)
                .orElseThrow(() -> new IllegalArgumentException("`gradient_accumulation_steps` must be an integer >= 2."
                        + " Received: gradient_accumulation_steps=" + Shown.of(value)));
    }

    /** Python's booleans are integers. Its 2.0 is none, which Keras minds only where it looks. */
    private static Integer overwriteFrequency(Arguments arguments, boolean useEma) {
        Object value = arguments.get("ema_overwrite_frequency");
        if (value == null) {
            return null;
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        OptionalInt frequency = Arguments.whole(value);
        boolean isFloat = !(value instanceof Integer || value instanceof Long);
        boolean isRefusedByKeras = useEma && isFloat && !frequency.equals(OptionalInt.of(0));
        if (frequency.isEmpty() || isRefusedByKeras) {
            throw new IllegalArgumentException("`ema_overwrite_frequency` must be an integer >= 1 or null. Received: "
                    + "ema_overwrite_frequency=" + Shown.of(value));
        }
        return frequency.getAsInt();
    }

    /** Null for an automatic one. */
    static String name(Object value) {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new IllegalArgumentException(
                "Argument `name` must be a string and cannot contain character `/`. Received: name=" + Shown.of(value));
    }

    /** Only what JSON writes as a float is a number here: 1 is none, nor is true. */
    static LearningRate learningRate(Object value) {
        if (value instanceof Double number) {
            return new LearningRate.Fixed(number);
        }
        if (value instanceof LearningRateSchedule schedule) {
            return new LearningRate.Scheduled(schedule);
        }
        if (value instanceof DoubleSupplier callable) {
            return new LearningRate.Callable(callable);
        }
        throw new IllegalArgumentException("Argument `learning_rate` should be float, or an instance of "
                + "LearningRateSchedule, or a callable (that takes in the current iteration value and returns the "
                + "corresponding learning rate value). Received instead: learning_rate=" + Shown.of(value));
    }
}
