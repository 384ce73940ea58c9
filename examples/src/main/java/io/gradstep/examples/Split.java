package io.gradstep.examples;

import java.util.Arrays;
import java.util.List;

/**
 * A data set in two parts, scaled.
 *
 * @param training 80 % of the rows, chosen at random, or the part that the data set has for it
 * @param test the others, which no step sees
 */
record Split(Batch training, Batch test) {
    private static final double TRAINING_PART = 0.8;

    /**
     * Splits a data set, unless it is split already.
     *
     * @param seed decides which rows are where
     */
    static Split of(Dataset data, long seed) {
        if (data.hasTestPart()) {
            return scaled(data.training(), data.test(), Scaling.ofImages(data.training(), data.columns()));
        }
        List<Dataset.Example> shuffled = Arrays.stream(
                        RandomStream.of(seed, "split").permutation(data.rows()))
                .mapToObj(data::row)
                .toList();
        int border = trainingRows(data);
        List<Dataset.Example> training = shuffled.subList(0, border);
        return scaled(training, shuffled.subList(border, data.rows()), Scaling.ofColumns(training, data.columns()));
    }

    /** How many rows the training part of a data set has, whatever the seed. */
    static int trainingRows(Dataset data) {
        return data.hasTestPart() ? data.training().size() : (int) Math.round(data.rows() * TRAINING_PART);
    }

    private static Split scaled(List<Dataset.Example> training, List<Dataset.Example> test, Scaling scaling) {
        return new Split(scaling.scaled(training), scaling.scaled(test));
    }
}
