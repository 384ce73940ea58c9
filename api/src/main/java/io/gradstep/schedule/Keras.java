package io.gradstep.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What Keras's six share: its checks, its way of writing, and the float32 functions that Java lacks.
 *
 * <p>The functions are computed in double and rounded once, as exact as a float32 can be. NumPy's own are a few ULP off
 * that, and not the same few on every processor. {@link StrictMath}, so that at least every JVM has the same bits.
 */
final class Keras {
    static final float PI = (float) Math.PI;

    private Keras() {}

    static float floor(float x) {
        return (float) StrictMath.floor(x);
    }

    static float ceil(float x) {
        return (float) StrictMath.ceil(x);
    }

    static float cos(float x) {
        return (float) StrictMath.cos(x);
    }

    static float log(float x) {
        return (float) StrictMath.log(x);
    }

    /** C's {@code powf}: there 1 to the power of NaN or of infinity is 1, which Java makes NaN. */
    static float pow(float base, float exponent) {
        return base == 1 ? 1 : (float) StrictMath.pow(base, exponent);
    }

    /** Called by {@code at}, not by constructors: Keras finds a bad name only when it opens the name scope. */
    static void name(String name) {
        if (name == null || name.contains("/")) {
            throw new IllegalArgumentException(
                    "Argument `name` must be a string and cannot contain character `/`. Received: name=" + name);
        }
    }

    /** Not {@code !(steps > 0)}: NaN passes, as in Keras. */
    static void positive(String argument, double steps) {
        if (steps <= 0) {
            throw new IllegalArgumentException(
                    "Argument `" + argument + "` must be > 0. Received: " + argument + "=" + number(steps));
        }
    }

    /** A step count as one writes it in Python: 10, not 10.0. */
    static Number number(double steps) {
        if (steps == Math.rint(steps) && Math.abs(steps) < 0x1p63) {
            return (long) steps;
        }
        return steps;
    }

    static Map<String, Object> serialize(LearningRateSchedule schedule) {
        Map<String, Object> serialized = new LinkedHashMap<>();
        serialized.put("module", "keras.optimizers.schedules");
        serialized.put("class_name", schedule.getClass().getSimpleName());
        serialized.put("config", schedule.config());
        serialized.put("registered_name", null);
        return serialized;
    }

    /** The simple name; the full one of an anonymous class, which has no other. */
    static String className(LearningRateSchedule schedule) {
        Class<?> type = schedule.getClass();
        return type.isAnonymousClass() ? type.getName() : type.getSimpleName();
    }
}
