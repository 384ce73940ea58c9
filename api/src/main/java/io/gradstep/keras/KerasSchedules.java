package io.gradstep.keras;

import io.gradstep.schedule.CosineDecay;
import io.gradstep.schedule.CosineDecayRestarts;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.InverseTimeDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.schedule.PiecewiseConstantDecay;
import io.gradstep.schedule.PolynomialDecay;
import java.math.BigInteger;
import java.util.Map;
import java.util.function.Function;

/** The constructors of Keras's schedules, with its defaults: {@code learning_rate_schedule.py}, Keras 3.15.1. */
final class KerasSchedules {
    static final String MODULE = "keras.optimizers.schedules";

    private static final Map<String, Function<Arguments, LearningRateSchedule>> CONSTRUCTORS = Map.of(
            "ExponentialDecay",
            arguments -> new ExponentialDecay(
                    initialLearningRate(arguments),
                    arguments.number("decay_steps"),
                    arguments.number("decay_rate"),
                    arguments.flag("staircase", false),
                    arguments.text("name", "ExponentialDecay")),
            "PiecewiseConstantDecay",
            arguments -> new PiecewiseConstantDecay(
                    arguments.longs("boundaries"),
                    arguments.numbers("values"),
                    arguments.text("name", "PiecewiseConstant")),
            "PolynomialDecay",
            arguments -> new PolynomialDecay(
                    initialLearningRate(arguments),
                    arguments.number("decay_steps"),
                    arguments.number("end_learning_rate", 0.0001),
                    arguments.number("power", 1.0),
                    arguments.flag("cycle", false),
                    arguments.text("name", "PolynomialDecay")),
            "InverseTimeDecay",
            arguments -> new InverseTimeDecay(
                    initialLearningRate(arguments),
                    arguments.number("decay_steps"),
                    arguments.number("decay_rate"),
                    arguments.flag("staircase", false),
                    arguments.text("name", "InverseTimeDecay")),
            "CosineDecay",
            arguments -> new CosineDecay(
                    initialLearningRate(arguments),
                    arguments.number("decay_steps"),
                    arguments.number("alpha", 0.0),
                    arguments.text("name", "CosineDecay"),
                    arguments.numberOrNull("warmup_target"),
                    arguments.number("warmup_steps", 0)),
            "CosineDecayRestarts",
            arguments -> new CosineDecayRestarts(
                    initialLearningRate(arguments),
                    arguments.number("first_decay_steps"),
                    arguments.number("t_mul", 2.0),
                    arguments.number("m_mul", 1.0),
                    arguments.number("alpha", 0.0),
                    arguments.text("name", "SGDRDecay")));

    private KerasSchedules() {}

    static boolean has(String className) {
        return CONSTRUCTORS.containsKey(className);
    }

    static LearningRateSchedule make(String className, Arguments arguments) {
        LearningRateSchedule schedule = CONSTRUCTORS.get(className).apply(arguments);
        arguments.refuseAllBut(schedule.config().keySet());
        return schedule;
    }

    /** Next to an integer Keras truncates all other numbers, π too: better refused than computed otherwise. */
    private static double initialLearningRate(Arguments arguments) {
        Object value = arguments.get("initial_learning_rate");
        if (value instanceof Integer || value instanceof Long || value instanceof BigInteger) {
            throw Arguments.wrong(
                    "initial_learning_rate",
                    "a float, such as 1.0: next to an integer Keras truncates all other numbers",
                    value);
        }
        return arguments.number("initial_learning_rate");
    }
}
