package io.gradstep.examples;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Brings numbers to mean 0 and standard deviation 1, by what is seen in the training part alone. */
final class Scaling {
    private final double[] means;
    private final double[] deviations;

    private Scaling(double[] means, double[] deviations) {
        this.means = means;
        this.deviations = deviations;
    }

    /** Each column by itself: each has a unit of its own. */
    static Scaling ofColumns(List<Dataset.Example> training, int columns) {
        return of(training, columns, columns, column -> column);
    }

    /** All columns alike: a pixel at the border, black but in one image, must not become a huge number there. */
    static Scaling ofImages(List<Dataset.Example> training, int columns) {
        return of(training, columns, 1, column -> 0);
    }

    private static Scaling of(List<Dataset.Example> training, int columns, int groups, IntUnaryOperator group) {
        double[] sums = new double[groups];
        double[] squares = new double[groups];
        double count = (double) training.size() * columns / groups;
        for (Dataset.Example example : training) {
            for (int column = 0; column < columns; column++) {
                sums[group.applyAsInt(column)] += example.feature(column);
            }
        }
        // Divided at the end: the sum of equal floats is exact, and so their mean is the number itself.
        double[] means = Arrays.stream(sums).map(sum -> sum / count).toArray();
        for (Dataset.Example example : training) {
            for (int column = 0; column < columns; column++) {
                double distance = example.feature(column) - means[group.applyAsInt(column)];
                squares[group.applyAsInt(column)] += distance * distance;
            }
        }
        double[] meanOfColumn = new double[columns];
        double[] deviationOfColumn = new double[columns];
        Arrays.setAll(meanOfColumn, column -> means[group.applyAsInt(column)]);
        Arrays.setAll(deviationOfColumn, column -> Math.sqrt(squares[group.applyAsInt(column)] / count));
        return new Scaling(meanOfColumn, deviationOfColumn);
    }

    Batch scaled(List<Dataset.Example> examples) {
        int columns = means.length;
        float[] features = new float[examples.size() * columns];
        int[] labels = new int[examples.size()];
        for (int row = 0; row < labels.length; row++) {
            Dataset.Example example = examples.get(row);
            for (int column = 0; column < columns; column++) {
                features[row * columns + column] = scaled(example.feature(column), column);
            }
            labels[row] = example.label();
        }
        return new Batch(columns, features, labels);
    }

    /** A column that is constant in training has taught nothing: 0, also where a test row has another number. */
    private float scaled(float feature, int column) {
        return deviations[column] == 0 ? 0 : (float) ((feature - means[column]) / deviations[column]);
    }
}
