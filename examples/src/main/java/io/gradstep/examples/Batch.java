package io.gradstep.examples;

import java.util.Arrays;

/** Some examples, ready for a model: the features row after row, and the class of each row. */
final class Batch {
    private final int columns;
    private final float[] features;
    private final int[] labels;

    /** Keeps the arrays; nobody writes to them afterwards. */
    Batch(int columns, float[] features, int[] labels) {
        this.columns = columns;
        this.features = features;
        this.labels = labels;
    }

    int rows() {
        return labels.length;
    }

    int columns() {
        return columns;
    }

    /** All features, row-major. The array itself: read it, do not write. */
    float[] features() {
        return features;
    }

    int label(int row) {
        return labels[row];
    }

    /** The labels as numbers, one for each row. */
    float[] labels() {
        float[] numbers = new float[labels.length];
        for (int row = 0; row < labels.length; row++) {
            numbers[row] = labels[row];
        }
        return numbers;
    }

    /** The labels as rows of zeros with a 1 in the column of the class. */
    float[] oneHotLabels(int classes) {
        float[] rows = new float[labels.length * classes];
        for (int row = 0; row < labels.length; row++) {
            rows[row * classes + labels[row]] = 1;
        }
        return rows;
    }

    /** The rows from {@code from} to before {@code to}. */
    Batch range(int from, int to) {
        return new Batch(
                columns,
                Arrays.copyOfRange(features, from * columns, to * columns),
                Arrays.copyOfRange(labels, from, to));
    }

    /** Some of the rows, in the given order. */
    Batch rows(int[] order, int from, int to) {
        float[] chosenFeatures = new float[(to - from) * columns];
        int[] chosenLabels = new int[to - from];
        for (int i = from; i < to; i++) {
            System.arraycopy(features, order[i] * columns, chosenFeatures, (i - from) * columns, columns);
            chosenLabels[i - from] = labels[order[i]];
        }
        return new Batch(columns, chosenFeatures, chosenLabels);
    }
}
