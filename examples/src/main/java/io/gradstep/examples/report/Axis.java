package io.gradstep.examples.report;

import java.util.Objects;

/**
 * One axis of a {@link LineChart}.
 *
 * @param label what it measures, with the unit, such as {@code time per step (µs)}
 * @param scale how values are laid along it
 */
public record Axis(String label, Scale scale) {
    /** Checks the components. */
    public Axis {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(scale, "scale");
    }

    /**
     * An axis with equal distances for equal differences.
     *
     * @param label what it measures, with the unit
     * @return the axis
     */
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR);
    }

    /**
     * An axis with equal distances for equal ratios.
     *
     * @param label what it measures, with the unit
     * @return the axis
     */
    public static Axis logarithmic(String label) {
        return new Axis(label, Scale.LOGARITHMIC);
    }
}
