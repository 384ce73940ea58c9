package io.gradstep.examples;

import java.util.Arrays;
import java.util.List;

/**
 * A data set in two parts, shuffled and scaled.
 *
 * @param training 80 % of the rows
 * @param test the others, which no step sees
 */
record Split(Batch training, Batch test) {
    private static final double TRAINING_PART = 0.8;

    static Split of(Dataset data, long seed) {
        List<Dataset.Example> shuffled = Arrays.stream(
                        RandomStream.of(seed, "split").permutation(data.rows()))
                .mapToObj(data::row)
                .toList();
        int border = (int) Math.round(data.rows() * TRAINING_PART);
        List<Dataset.Example> training = shuffled.subList(0, border);
        Scaling scaling = Scaling.of(training, data.columns());
        return new Split(scaling.scaled(training), scaling.scaled(shuffled.subList(border, data.rows())));
    }
}
