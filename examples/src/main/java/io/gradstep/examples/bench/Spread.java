package io.gradstep.examples.bench;

import java.util.Arrays;

/**
 * Where the middle half of some measured times lies.
 *
 * @param median half of them are shorter
 * @param low a quarter of them is shorter
 * @param high a quarter of them is longer
 */
public record Spread(double median, double low, double high) {
    /**
     * The spread of some times. Not mean and deviation, which the first, still interpreted steps and one busy neighbour
     * would spoil.
     *
     * @param values the times, in any order and unit; they stay as they are
     * @return median and quartiles
     * @throws IllegalArgumentException if there are none
     */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("A spread needs at least one value. Received: none");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75));
    }

    /** Between two values as far as the wanted place lies between theirs. */
    private static double quantile(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
