package io.gradstep.examples;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import java.util.List;

/**
 * What a comparison found.
 *
 * @param setup what was done
 * @param rows one for each library, in the order in which they were named
 */
record ComparisonResult(Setup setup, List<Row> rows) {
    /** What was done, in numbers: with it and the seed the comparison can be repeated. */
    record Setup(
            Model model,
            DType precision,
            OptimizerChoice optimizer,
            int batchSize,
            int epochs,
            int trainingRows,
            int testRows) {}

    /**
     * One library, and one way to run steps on it.
     *
     * @param backend its id
     * @param execution how its steps were run
     * @param isReference whether it is the yardstick itself
     * @param run its own training
     * @param sameGradients the largest difference to the reference's weights after any step, in ULP, when fed the
     *     reference's gradients
     * @param ownGradients the same at the end of its own training
     */
    record Row(
            String backend,
            StepExecution execution,
            boolean isReference,
            TrainingRun run,
            long sameGradients,
            long ownGradients) {
        String name() {
            return backend + " " + execution;
        }
    }

    ComparisonResult {
        rows = List.copyOf(rows);
    }

    /** The libraries that break gradstep's promise: same gradients, same bits. */
    List<Row> broken() {
        return rows.stream().filter(row -> row.sameGradients() != 0).toList();
    }
}
