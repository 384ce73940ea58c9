package io.gradstep.examples.report;

/**
 * One bar of a {@link BarChart}.
 *
 * @param value its length; not a finite number if there is no bar
 * @param low the lower end of the spread, {@code value} without one
 * @param high the upper end of the spread, {@code value} without one
 */
public record Bar(double value, double low, double high) {
    /** In place of a bar that does not exist: something was not measured. */
    public static final Bar NONE = new Bar(Double.NaN);

    /**
     * A bar without a spread.
     *
     * @param value its length
     */
    public Bar(double value) {
        this(value, value, value);
    }

    boolean isDrawn() {
        return Double.isFinite(value);
    }

    boolean hasSpread() {
        return Double.isFinite(low) && Double.isFinite(high) && low < high;
    }
}
