package io.gradstep.examples;

import java.util.Collection;

/**
 * What several seeds gave.
 *
 * @param value the mean
 * @param deviation the standard deviation of a sample; 0 for a single value
 * @param count how many values there were
 */
record Mean(double value, double deviation, int count) {
    static Mean of(Collection<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        double deviation = values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1));
        return new Mean(mean, deviation, values.size());
    }
}
