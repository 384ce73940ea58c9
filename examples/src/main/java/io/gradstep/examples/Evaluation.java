package io.gradstep.examples;

/**
 * How good a model is on some examples.
 *
 * @param loss the mean cross entropy
 * @param accuracy the part of the rows whose most probable class is the right one
 */
record Evaluation(double loss, double accuracy) {
    /** Enough rows to be quick; few enough that a large file does not need its size in memory once more. */
    private static final int ROWS_AT_ONCE = 512;
    /** What Keras takes for a probability of 0, whose logarithm would make the mean infinite. */
    private static final double SMALLEST_PROBABILITY = 1e-7;

    /** The loss is computed here from the probabilities and not by the libraries, so that there is one yardstick. */
    static Evaluation of(Trainer<?> trainer, Batch examples) {
        double loss = 0;
        int right = 0;
        for (int from = 0; from < examples.rows(); from += ROWS_AT_ONCE) {
            Batch batch = examples.range(from, Math.min(from + ROWS_AT_ONCE, examples.rows()));
            double[] probabilities = trainer.probabilities(batch);
            int classes = probabilities.length / batch.rows();
            for (int row = 0; row < batch.rows(); row++) {
                int label = batch.label(row);
                loss -= Math.log(Math.max(probabilities[row * classes + label], SMALLEST_PROBABILITY));
                right += mostProbable(probabilities, row * classes, classes) == label ? 1 : 0;
            }
        }
        return new Evaluation(loss / examples.rows(), (double) right / examples.rows());
    }

    private static int mostProbable(double[] probabilities, int from, int classes) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (probabilities[from + i] > probabilities[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
