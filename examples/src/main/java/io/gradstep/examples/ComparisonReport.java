package io.gradstep.examples;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what a comparison found: a table, and what its columns mean. ASCII only, for any terminal. */
final class ComparisonReport {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    private final ComparisonResult result;
    private final Dataset data;
    private final long seed;
    private final Machine machine;

    ComparisonReport(ComparisonResult result, Dataset data, long seed, Machine machine) {
        this.result = result;
        this.data = data;
        this.seed = seed;
        this.machine = machine;
    }

    void print(PrintWriter out) {
        table().lines().forEach(out::println);
        out.println();
        explanations().forEach(out::println);
        out.flush();
    }

    private Table table() {
        Table table = new Table(8);
        int epochs = result.setup().epochs();
        table.row("", "loss after", "loss after", "test", "ms per", "us per", "ULP, reference's", "ULP, own");
        table.row("backend", "epoch 1", "epoch " + epochs, "accuracy", "epoch", "step", "gradients", "gradients");
        for (ComparisonResult.Row row : result.rows()) {
            table.row(
                    row.name(),
                    number("%.4f", row.run().first().trainingLoss()),
                    number("%.4f", row.run().last().trainingLoss()),
                    number("%.4f", row.run().last().testAccuracy()),
                    number("%.1f", row.run().epochNanos() / NANOS_PER_MILLI),
                    number("%.1f", row.run().stepNanos() / NANOS_PER_MICRO),
                    difference(row, row.sameGradients()),
                    difference(row, row.ownGradients()));
        }
        return table;
    }

    private static String difference(ComparisonResult.Row row, long ulp) {
        if (row.isReference()) {
            return "-";
        }
        return ulp == Long.MAX_VALUE ? "NaN" : number("%,d", ulp);
    }

    private static String number(String format, Object... numbers) {
        return String.format(Locale.ROOT, format, numbers);
    }

    private List<String> explanations() {
        ComparisonResult.Setup setup = result.setup();
        List<String> lines = new ArrayList<>(List.of(
                "Loss is the mean cross entropy of the training part; times are medians, a step is the optimizer's alone,",
                "with nd4j what DL4J does around its updater, with djl finding the gradients and setting them to 0, too.",
                "ULP is the largest distance of any weight to the eager reference's, counted in numbers between them:",
                "after every step if the reference's gradients are fed to the backend (must be 0), and after the last",
                "epoch if it computes its own, whose sums it rounds in another order (large next to a weight of 0).",
                "",
                "Data: " + data.name() + ", " + data.source() + ".",
                number(
                        "Rows: %,d for training, %,d for testing; %,d columns, %,d classes.",
                        setup.trainingRows(),
                        setup.testRows(),
                        data.columns(),
                        data.classes().size()),
                "Model: " + setup.model() + ", in " + FloatPrecision.name(setup.precision()) + ", batches of "
                        + setup.batchSize() + ", seed " + seed + ".",
                "Optimizer: " + SettingsText.of(setup.optimizer().settings()) + "."));
        if (!setup.optimizer().spared().isEmpty()) {
            lines.add("No weight decay for: "
                    + String.join(", ", setup.optimizer().spared()) + ".");
        }
        if (setup.optimizer().averages()) {
            lines.add("After the last epoch the weights were set to their moving averages.");
        }
        lines.add("Machine: " + machine + "; each library computes on one thread.");
        return lines;
    }
}
