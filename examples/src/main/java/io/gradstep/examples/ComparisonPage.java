package io.gradstep.examples;

import io.gradstep.examples.bench.Spread;
import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.examples.report.Axis;
import io.gradstep.examples.report.Bar;
import io.gradstep.examples.report.BarChart;
import io.gradstep.examples.report.Bars;
import io.gradstep.examples.report.Chart;
import io.gradstep.examples.report.Fact;
import io.gradstep.examples.report.HtmlTable;
import io.gradstep.examples.report.Line;
import io.gradstep.examples.report.LineChart;
import io.gradstep.examples.report.Page;
import io.gradstep.examples.report.Pictures;
import io.gradstep.examples.report.PicturesUnavailable;
import io.gradstep.examples.report.Point;
import io.gradstep.examples.report.Scale;
import io.gradstep.examples.report.Section;
import io.gradstep.examples.report.Theme;
import io.gradstep.examples.report.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Shows what a comparison found as a page with pictures, each under a sentence that says what to see in it. */
final class ComparisonPage {
    static final String FILE = "report.html";

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double PERCENT = 100;

    private final ComparisonResult result;
    private final ComparisonSentences sentences;
    private final ComparisonWords words;
    private final Environment environment;

    ComparisonPage(ComparisonResult result, Environment environment) {
        this.result = result;
        this.sentences = new ComparisonSentences(result);
        this.words = new ComparisonWords(result);
        this.environment = environment;
    }

    /**
     * Writes the page, and its pictures beside it.
     *
     * @throws UserError if a file cannot be written, or this machine cannot draw
     */
    void writeTo(OutputFolder folder) {
        try {
            Page page = page();
            folder.write(FILE, page.html());
            page.sections().stream()
                    .flatMap(section -> section.chart().stream())
                    .forEach(chart ->
                            folder.write(chart.name() + ".png", Pictures.png(chart, Theme.LIGHT, Width.DESKTOP)));
        } catch (PicturesUnavailable e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    Page page() {
        ComparisonTables tables = new ComparisonTables(result);
        List<Section> sections = new ArrayList<>();
        sections.add(Section.of("Result", sentences.result())
                .with(table(tables.trainings()))
                .withNotes(notes(words.trainings())));
        sections.add(Section.of("Loss", sentences.loss()).with(loss()));
        sections.add(Section.of("Accuracy", sentences.accuracy()).with(accuracy()));
        sections.add(Section.of("The same gradients", sentences.sameGradients())
                .with(differences("same-gradients", "Fed the reference's gradients", Outcome::sameGradients)));
        sections.add(Section.of("Gradients of their own", sentences.ownGradients())
                .with(differences("own-gradients", "With gradients of their own", Outcome::ownGradients)));
        sections.add(Section.of("Time of a step", sentences.stepTimes()).with(stepTimes()));
        if (!LargeStep.among(result.costs()).isEmpty()) {
            sections.add(Section.of("Memory traffic", sentences.traffic())
                    .with(traffic())
                    .with(table(tables.costs()))
                    .withNotes(notes(words.costs())));
        }
        LineChart sizes = sizes();
        if (!sizes.lines().isEmpty()) {
            sections.add(Section.of("Cost over size", sentences.sizes()).with(sizes));
        }
        if (!result.omissions().isEmpty()) {
            sections.add(Section.of("Not measured", "What a step costs could not be found out everywhere.")
                    .withNotes(notes(words.omissions())));
        }
        List<Fact> facts = new ArrayList<>();
        words.facts(environment).forEach((name, value) -> facts.add(new Fact(name, value)));
        return new Page(sentences.title(), sentences.lead(), sections, facts);
    }

    private static HtmlTable table(ComparisonTables.Grid grid) {
        return new HtmlTable(
                grid.header().stream().map(ComparisonPage::typeset).toList(),
                grid.rows().stream()
                        .map(row -> row.stream().map(ComparisonPage::typeset).toList())
                        .toList());
    }

    private static String[] notes(List<String> paragraphs) {
        return paragraphs.stream().map(ComparisonPage::typeset).toArray(String[]::new);
    }

    /** As a page can have it, unlike a terminal. */
    private static String typeset(String text) {
        return text.strip().replace("\n", " ").replace("+-", "\u00b1").replaceAll("\\bus\\b", "\u00b5s");
    }

    private Chart loss() {
        return overEpochs(
                "loss",
                "Loss on the training part",
                Axis.logarithmic("mean cross entropy (nats)"),
                TrainingRun.Epoch::trainingLoss);
    }

    private Chart accuracy() {
        return overEpochs(
                "accuracy",
                "Accuracy on the test part",
                Axis.linear("rows classified rightly (%)"),
                epoch -> PERCENT * epoch.testAccuracy());
    }

    private Chart overEpochs(String name, String title, Axis y, ToDoubleFunction<TrainingRun.Epoch> value) {
        return new LineChart(
                name,
                title,
                Axis.linear("epoch"),
                y,
                trained().stream().map(row -> line(row, value)).toList());
    }

    private List<ComparisonResult.Row> trained() {
        return result.rows().stream().filter(row -> row.failure().isEmpty()).toList();
    }

    private Line line(ComparisonResult.Row row, ToDoubleFunction<TrainingRun.Epoch> value) {
        return new Line(
                row.name(),
                IntStream.range(0, result.setup().epochs())
                        .mapToObj(i -> point(
                                i + 1,
                                row.mean(run -> value.applyAsDouble(run.epochs().get(i)))))
                        .toList());
    }

    private static Point point(double x, Mean mean) {
        return new Point(x, mean.value(), mean.value() - mean.deviation(), mean.value() + mean.deviation());
    }

    /** Of the first seed: the largest of several would hide that they differ in where they are large. */
    private Chart differences(String name, String title, Function<Outcome, StepDifferences> reading) {
        return new LineChart(
                name,
                title,
                Axis.linear("step"),
                Axis.logarithmic("largest difference of a weight (ULP, "
                        + FloatPrecision.name(result.setup().plan().precision()) + ")"),
                result.rows().stream()
                        .filter(row -> row.contender().role() == Contender.Role.BACKEND)
                        .map(row -> new Line(
                                row.name(),
                                reading.apply(row.outcomes().get(0)).points().stream()
                                        .map(ComparisonPage::point)
                                        .toList()))
                        .toList());
    }

    private static Point point(StepDifferences.Point point) {
        return new Point(point.step(), point.ulp() == Long.MAX_VALUE ? Double.NaN : point.ulp());
    }

    /** The bars of a library lie together: ours fused, ours eager, and what it has of its own. */
    private Chart stepTimes() {
        List<String> libraries = result.rows().stream()
                .map(row -> row.contender().library())
                .distinct()
                .toList();
        List<Bars> groups = new ArrayList<>();
        for (String kind : List.of("fused", "eager", "the library's own")) {
            List<Bar> bars = libraries.stream()
                    .map(library -> stepTime(row -> row.contender().library().equals(library)
                            && row.contender().kind().equals(kind)))
                    .toList();
            if (bars.stream().anyMatch(bar -> !bar.equals(Bar.NONE))) {
                groups.add(new Bars(kind, bars));
            }
        }
        return new BarChart(
                "step-time",
                "Time of a step of "
                        + ComparisonSentences.parameters(
                                result.setup().plan().model().parameterCount())
                        + " parameters",
                "time, median and middle half (µs)",
                Scale.LOGARITHMIC,
                libraries,
                groups);
    }

    private Bar stepTime(Predicate<ComparisonResult.Row> which) {
        return trained().stream()
                .filter(which)
                .findFirst()
                .map(row -> new Bar(micros(row, Spread::median), micros(row, Spread::low), micros(row, Spread::high)))
                .orElse(Bar.NONE);
    }

    private static double micros(ComparisonResult.Row row, ToDoubleFunction<Spread> value) {
        return row.mean(run -> value.applyAsDouble(run.stepNanos())).value() / NANOS_PER_MICRO;
    }

    private Chart traffic() {
        List<LargeStep> steps = LargeStep.among(result.costs());
        List<String> names =
                steps.stream().map(step -> step.cost().who()).distinct().toList();
        List<Bars> groups = List.of(StepSettings.plain, StepSettings.everything).stream()
                .map(settings -> new Bars(
                        settings.name(),
                        names.stream()
                                .map(name -> traffic(steps, name, settings))
                                .toList()))
                .toList();
        return new BarChart(
                "memory-traffic",
                "Memory traffic of a step of "
                        + ComparisonSentences.parameters(steps.get(0).cost().parameters()) + " parameters",
                "bytes that must be read and written, over the time (GB/s)",
                Scale.LINEAR,
                names,
                groups);
    }

    private static Bar traffic(List<LargeStep> steps, String name, StepSettings settings) {
        return steps.stream()
                .map(LargeStep::cost)
                .filter(cost -> cost.who().equals(name) && cost.settings() == settings)
                .findFirst()
                .map(ComparisonPage::traffic)
                .orElse(Bar.NONE);
    }

    private static Bar traffic(StepCost cost) {
        double bytes = cost.bytesPerParameter() * (double) cost.parameters();
        // The shorter the time, the more traffic.
        return new Bar(cost.gigabytesPerSecond(), bytes / cost.high(), bytes / cost.low());
    }

    private LineChart sizes() {
        List<StepCost> steps = result.costs().stream()
                .filter(cost -> cost.settings() == StepSettings.plain)
                .toList();
        List<String> overSizes = steps.stream()
                .map(StepCost::who)
                .distinct()
                .filter(who ->
                        steps.stream().filter(cost -> cost.who().equals(who)).count() > 1)
                .toList();
        return new LineChart(
                "cost-over-size",
                "Cost of a plain step over the size of the model",
                Axis.logarithmic("parameters"),
                Axis.logarithmic("time of a step (µs)"),
                overSizes.stream()
                        .map(who -> new Line(
                                who,
                                steps.stream()
                                        .filter(cost -> cost.who().equals(who))
                                        .map(ComparisonPage::point)
                                        .toList()))
                        .toList());
    }

    private static Point point(StepCost cost) {
        return new Point(
                cost.parameters(),
                cost.nanos() / NANOS_PER_MICRO,
                cost.low() / NANOS_PER_MICRO,
                cost.high() / NANOS_PER_MICRO);
    }
}
