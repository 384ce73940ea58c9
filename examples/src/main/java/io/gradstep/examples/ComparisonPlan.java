package io.gradstep.examples;

import io.gradstep.ops.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be compared, and how.
 *
 * @param libraries what is compared; the eager reference is the yardstick also where it is not among them
 * @param optimizer what steps each model
 * @param data what is learned
 * @param kind what learns it
 * @param precision the type of all weights
 * @param epochs how often the training part is seen
 */
record ComparisonPlan(
        Libraries libraries, OptimizerChoice optimizer, Dataset data, ModelKind kind, DType precision, int epochs) {
    static final int BATCH_SIZE = 32;

    /** All that train: those that are compared, and the yardstick, which comes first. */
    List<Library<?>> contestants() {
        List<Library<?>> contestants = new ArrayList<>(libraries.list());
        contestants.remove(Libraries.REFERENCE);
        contestants.add(0, Libraries.REFERENCE);
        return contestants;
    }

    Model model() {
        return kind.model(data);
    }

    int trainingRows() {
        return Split.trainingRows(data);
    }

    int testRows() {
        return data.rows() - trainingRows();
    }

    /** How many steps one seed takes: each contestant's own, and once all followers together. */
    long steps() {
        int perEpoch = (trainingRows() + BATCH_SIZE - 1) / BATCH_SIZE;
        return (long) (contestants().size() + 1) * epochs * perEpoch;
    }
}
