package io.gradstep.examples;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Writes what a comparison found as CSV files, for other programs: all digits, no units, empty for what is not there. */
final class ComparisonFiles {
    private static final double NANOS_PER_MILLI = 1e6;

    private final ComparisonResult result;

    ComparisonFiles(ComparisonResult result) {
        this.result = result;
    }

    void writeTo(OutputFolder folder) {
        folder.write("comparison.csv", comparison());
        folder.write("epochs.csv", epochs());
    }

    private String comparison() {
        StringJoiner lines = lines("backend,execution,loss_first_epoch,loss_last_epoch,test_accuracy,epoch_ms,step_ms,"
                + "ulp_reference_gradients,ulp_own_gradients");
        for (ComparisonResult.Row row : result.rows()) {
            lines.add(line(
                    row.backend(),
                    row.execution(),
                    row.run().first().trainingLoss(),
                    row.run().last().trainingLoss(),
                    row.run().last().testAccuracy(),
                    row.run().epochNanos() / NANOS_PER_MILLI,
                    row.run().stepNanos() / NANOS_PER_MILLI,
                    row.isReference() ? "" : row.sameGradients(),
                    row.isReference() ? "" : row.ownGradients()));
        }
        return lines.toString();
    }

    private String epochs() {
        StringJoiner lines = lines("backend,execution,epoch,training_loss,test_accuracy");
        for (ComparisonResult.Row row : result.rows()) {
            for (TrainingRun.Epoch epoch : row.run().epochs()) {
                lines.add(line(
                        row.backend(), row.execution(), epoch.number(), epoch.trainingLoss(), epoch.testAccuracy()));
            }
        }
        return lines.toString();
    }

    private static StringJoiner lines(String header) {
        return new StringJoiner("\n", "", "\n").add(header);
    }

    private static String line(Object... fields) {
        StringJoiner line = new StringJoiner(",");
        List.of(fields).forEach(field -> line.add(String.format(Locale.ROOT, "%s", field)));
        return line.toString();
    }
}
