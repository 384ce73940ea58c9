package io.gradstep.examples;

import java.util.List;

/** Brings every column to mean 0 and standard deviation 1, by what is seen in the training part alone. */
final class Scaling {
    private final double[] means;
    private final double[] deviations;

    private Scaling(double[] means, double[] deviations) {
        this.means = means;
        this.deviations = deviations;
    }

    static Scaling of(List<Dataset.Example> training, int columns) {
        double[] means = new double[columns];
        double[] deviations = new double[columns];
        for (int column = 0; column < columns; column++) {
            int chosen = column;
            double mean = training.stream()
                    .mapToDouble(example -> example.feature(chosen))
                    .average()
                    .orElseThrow();
            double variance = training.stream()
                    .mapToDouble(example -> example.feature(chosen) - mean)
                    .map(distance -> distance * distance)
                    .average()
                    .orElseThrow();
            means[column] = mean;
            deviations[column] = Math.sqrt(variance);
        }
        return new Scaling(means, deviations);
    }

    Batch scaled(List<Dataset.Example> examples) {
        int columns = means.length;
        float[] features = new float[examples.size() * columns];
        int[] labels = new int[examples.size()];
        for (int row = 0; row < examples.size(); row++) {
            for (int column = 0; column < columns; column++) {
                features[row * columns + column] = scaled(examples.get(row).feature(column), column);
            }
            labels[row] = examples.get(row).label();
        }
        return new Batch(columns, features, labels);
    }

    /** A column that is constant in training has taught nothing: 0, also where a test row has another number. */
    private float scaled(float feature, int column) {
        return deviations[column] == 0 ? 0 : (float) ((feature - means[column]) / deviations[column]);
    }
}
