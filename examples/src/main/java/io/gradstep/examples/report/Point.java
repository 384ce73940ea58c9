package io.gradstep.examples.report;

/**
 * One point of a {@link Line}. A point with a coordinate that is no finite number leaves a gap in the line.
 *
 * @param x where it is
 * @param y its value
 * @param low the lower end of the spread, {@code y} without one
 * @param high the upper end of the spread, {@code y} without one
 */
public record Point(double x, double y, double low, double high) {
    /**
     * A point without a spread.
     *
     * @param x where it is
     * @param y its value
     */
    public Point(double x, double y) {
        this(x, y, y, y);
    }

    boolean isDrawn() {
        return Double.isFinite(x) && Double.isFinite(y);
    }

    boolean hasSpread() {
        return Double.isFinite(low) && Double.isFinite(high) && low < high;
    }
}
