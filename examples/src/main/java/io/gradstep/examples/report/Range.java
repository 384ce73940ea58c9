package io.gradstep.examples.report;

import java.util.stream.DoubleStream;

/**
 * What an axis spans, in numbers that XChart is good at: on a linear axis values are divided by a power of ten, because
 * XChart takes steps below 0.0001 for equal; on a logarithmic one they are logarithms, because it would draw a line for
 * each multiple of a decade, and 0 is moved to where its line is.
 */
final class Range {
    /** Beyond it a difference of two values may be infinite; below its inverse a decade is. */
    private static final double LARGEST = 1e300;

    private static final double DECADE = 10;
    private static final double MOST_TICKS = 11;
    private static final double FEWEST_COUNTS = 4;
    private static final double LEAST_DECADES = 2;

    /** Where ticks were to be farther apart than XChart lets the axis be long, there would be none: of one decade. */
    private static final double WIDEST_STEP = 0.9;

    private final Scale scale;
    private final double min;
    private final double max;
    private final double unit;
    private final boolean zeroRow;
    private final boolean counts;

    private Range(Scale scale, double min, double max, double unit, boolean zeroRow, boolean counts) {
        this.scale = scale;
        this.min = min;
        this.max = max;
        this.unit = unit;
        this.zeroRow = zeroRow;
        this.counts = counts;
    }

    /** From the smallest to the largest value, for an axis along which points go. */
    static Range tight(Scale scale, double[] values) {
        return scale == Scale.LINEAR ? linear(finite(values), false) : logarithmic(finite(values), false);
    }

    /** With even numbers at both ends, for an axis of values. */
    static Range rounded(Scale scale, double[] values) {
        return scale == Scale.LINEAR ? linear(finite(values), true) : logarithmic(finite(values), true);
    }

    /** As {@link #rounded}, but a linear one includes 0, where bars begin. */
    static Range forBars(Scale scale, double[] values) {
        return rounded(
                scale,
                scale == Scale.LINEAR
                        ? DoubleStream.concat(DoubleStream.of(values), DoubleStream.of(0))
                                .toArray()
                        : values);
    }

    private static double[] finite(double[] values) {
        return DoubleStream.of(values)
                .filter(value -> Math.abs(value) <= LARGEST)
                .toArray();
    }

    private static Range linear(double[] values, boolean round) {
        double low = DoubleStream.of(values).min().orElse(0);
        double high = DoubleStream.of(values).max().orElse(1);
        if (high - low <= Math.ulp(Math.max(Math.abs(low), Math.abs(high))) * 64) {
            // All equal: it lies in the middle.
            double around = low == 0 ? 1 : Math.abs(low) / 2;
            low -= around;
            high += around;
        }
        double unit = Math.pow(DECADE, Math.floor(Math.log10(high - low)));
        if (round) {
            if (low > 0 && low < 0.3 * high) {
                low = 0;
            }
            double step = (high - low) / unit > 5 ? unit : unit / 2;
            low = Math.floor(low / step + 1e-9) * step;
            high = Math.ceil(high / step - 1e-9) * step;
        }
        boolean counts = !round && DoubleStream.of(values).allMatch(value -> value == Math.rint(value));
        return new Range(Scale.LINEAR, low / unit, high / unit, unit, false, counts);
    }

    private static Range logarithmic(double[] values, boolean round) {
        double low = DoubleStream.of(values).filter(Range::hasLogarithm).min().orElse(1);
        double high = DoubleStream.of(values).filter(Range::hasLogarithm).max().orElse(1);
        boolean zero = DoubleStream.of(values).anyMatch(value -> value >= 0 && !hasLogarithm(value));
        double firstDecade = Math.ceil(Math.log10(low) - 1e-9);
        double lastDecade = Math.floor(Math.log10(high) + 1e-9);
        if (!round && !zero && lastDecade - firstDecade + 1 >= LEAST_DECADES) {
            return new Range(Scale.LOGARITHMIC, Math.log10(low), Math.log10(high), 1, false, false);
        }
        double from = Math.floor(Math.log10(low) + 1e-9);
        double to = Math.max(Math.ceil(Math.log10(high) - 1e-9), from + 1);
        return new Range(Scale.LOGARITHMIC, zero ? from - 1 : from, to, 1, zero, false);
    }

    private static boolean hasLogarithm(double value) {
        return value >= 1 / LARGEST;
    }

    /** The same range, longer at its upper end by a part of its length. */
    Range longerBy(double part) {
        return new Range(scale, min, max + (max - min) * part, unit, zeroRow, counts);
    }

    Scale scale() {
        return scale;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }

    boolean hasZeroRow() {
        return zeroRow;
    }

    /** Between the line of 0 and the first decade. */
    double belowFirstDecade() {
        return min + 0.5;
    }

    /** Whether a value has a place on this axis at all. */
    boolean shows(double value) {
        return Math.abs(value) <= LARGEST && (scale == Scale.LINEAR || value >= 0);
    }

    /** Where a value is, as XChart counts; at the end of the axis if it is beyond. */
    double position(double value) {
        double position = scale == Scale.LINEAR ? value / unit : hasLogarithm(value) ? Math.log10(value) : min;
        return Math.min(Math.max(position, min), max);
    }

    /** What stands beside a tick. */
    String label(double position) {
        if (scale == Scale.LINEAR) {
            // Else 0.30000000000000004 and −0.
            return Numbers.tick(Math.abs(position) < 1e-9 ? 0 : position * unit);
        }
        return zeroRow && position < belowFirstDecade() ? "0" : Numbers.tick(Math.pow(DECADE, Math.rint(position)));
    }

    /**
     * The least distance between ticks in pixels: none lies between two decades, nor between two whole numbers where
     * something is counted, and a linear axis has few.
     */
    int tickSpacing(double length, int forLabels) {
        double steps = (max - min) * unit;
        // Of fewer whole numbers XChart makes no axis.
        boolean hasSteps = scale == Scale.LOGARITHMIC || (counts && steps >= FEWEST_COUNTS && steps < MOST_TICKS);
        double wanted = Math.min(length / (hasSteps ? steps : MOST_TICKS), length * WIDEST_STEP);
        return (int) Math.max(forLabels, Math.ceil(wanted));
    }
}
