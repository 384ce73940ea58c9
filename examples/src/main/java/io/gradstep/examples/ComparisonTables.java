package io.gradstep.examples;

import static io.gradstep.examples.Cells.number;

import java.util.List;
import java.util.stream.Stream;

/** The tables of a comparison, for the terminal and for the page. All is ASCII. */
final class ComparisonTables {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    private final ComparisonResult result;

    ComparisonTables(ComparisonResult result) {
        this.result = result;
    }

    /**
     * A table.
     *
     * @param header the names of the columns, each in two lines
     * @param rows each with as many cells, or with two: its name, and a text in place of all others
     */
    record Grid(List<String> header, List<List<String>> rows) {
        Grid {
            header = List.copyOf(header);
            rows = List.copyOf(rows);
        }
    }

    /** What each library reached. */
    Grid trainings() {
        List<String> header = List.of(
                "\nbackend",
                "loss after\nepoch 1",
                "loss after\nepoch " + result.setup().epochs(),
                "test\naccuracy",
                "ms per\nepoch",
                "us per\nstep",
                "ULP, reference's\ngradients",
                "ULP, own\ngradients");
        return new Grid(
                header, result.rows().stream().map(ComparisonTables::training).toList());
    }

    private static List<String> training(ComparisonResult.Row row) {
        if (row.failure().isPresent()) {
            return List.of(row.name(), row.failure().get());
        }
        return List.of(
                row.name(),
                mean(row.mean(run -> run.first().trainingLoss())),
                mean(row.mean(run -> run.last().trainingLoss())),
                mean(row.mean(run -> run.last().testAccuracy())),
                number("%.1f", row.mean(run -> run.epochNanos().median()).value() / NANOS_PER_MILLI),
                number("%.1f", row.mean(run -> run.stepNanos().median()).value() / NANOS_PER_MICRO),
                difference(row, row.sameGradients()),
                difference(row, row.ownGradients()));
    }

    private static String mean(Mean mean) {
        String value = number("%.4f", mean.value());
        return mean.count() == 1 ? value : value + number(" +-%.4f", mean.deviation());
    }

    private static String difference(ComparisonResult.Row row, long ulp) {
        return row.contender().role() == Contender.Role.BACKEND ? ulp(ulp) : "-";
    }

    static String ulp(long ulp) {
        return ulp == Long.MAX_VALUE ? "NaN" : number("%,d", ulp);
    }

    /** What a step costs on the largest model. */
    Grid costs() {
        List<String> header =
                List.of("\ncost of a step", "\nsettings", "\nparameters", "\nms", "\nGB/s", "share of\nbandwidth");
        return new Grid(
                header,
                LargeStep.among(result.costs()).stream()
                        .map(ComparisonTables::cost)
                        .toList());
    }

    private static List<String> cost(LargeStep step) {
        return List.of(
                step.cost().who(),
                step.cost().settings().name(),
                number("%,d", step.cost().parameters()),
                number("%.2f", step.cost().nanos() / NANOS_PER_MILLI),
                number("%.1f", step.cost().gigabytesPerSecond()),
                step.share().isPresent() ? number("%.0f %%", 100 * step.share().getAsDouble()) : "-");
    }

    /** For a terminal. */
    static Stream<String> lines(Grid grid) {
        Table table = new Table(grid.header().size());
        for (int line = 0; line < 2; line++) {
            int chosen = line;
            String[] words = grid.header().stream()
                    .map(name -> name.split("\n", -1)[chosen])
                    .toArray(String[]::new);
            if (Stream.of(words).anyMatch(word -> !word.isEmpty())) {
                table.row(words);
            }
        }
        for (List<String> row : grid.rows()) {
            if (row.size() < grid.header().size()) {
                table.row(row.get(0), row.get(1));
            } else {
                table.row(row.toArray(String[]::new));
            }
        }
        return table.lines().stream();
    }
}
