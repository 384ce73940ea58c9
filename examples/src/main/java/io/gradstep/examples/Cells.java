package io.gradstep.examples;

import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as tables show them, wherever the user is. ASCII only, for any terminal. */
final class Cells {
    /** What was not measured. */
    static final String NONE = "-";

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PERCENT = 100;

    private Cells() {}

    static String[] row(String... cells) {
        return cells;
    }

    static String duration(OptionalDouble nanos) {
        return nanos.isPresent() ? duration(nanos.getAsDouble()) : NONE;
    }

    static String duration(double nanos) {
        if (nanos < NANOS_PER_MILLI) {
            return number("%.2f us", nanos / NANOS_PER_MICRO);
        }
        return nanos < NANOS_PER_SECOND
                ? number("%.2f ms", nanos / NANOS_PER_MILLI)
                : number("%.2f s ", nanos / NANOS_PER_SECOND);
    }

    static String ratio(OptionalDouble numerator, OptionalDouble denominator) {
        return numerator.isPresent() && denominator.isPresent()
                ? number("%.2f", numerator.getAsDouble() / denominator.getAsDouble())
                : NONE;
    }

    /** The same in percent. */
    static String share(OptionalDouble numerator, OptionalDouble denominator) {
        return numerator.isPresent() && denominator.isPresent()
                ? number("%.0f %%", PERCENT * numerator.getAsDouble() / denominator.getAsDouble())
                : NONE;
    }

    static String number(String format, Object... numbers) {
        return String.format(Locale.ROOT, format, numbers);
    }
}
