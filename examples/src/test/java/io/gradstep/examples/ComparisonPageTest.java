package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.examples.report.Bar;
import io.gradstep.examples.report.BarChart;
import io.gradstep.examples.report.Bars;
import io.gradstep.examples.report.Chart;
import io.gradstep.examples.report.Line;
import io.gradstep.examples.report.LineChart;
import io.gradstep.examples.report.Page;
import io.gradstep.examples.report.Point;
import io.gradstep.examples.report.Section;
import io.gradstep.ops.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonPageTest {
    private static MadeUpResult usual() {
        return new MadeUpResult()
                .backend("reference", StepExecution.fused, 0, 0)
                .reference()
                .backend("nd4j", StepExecution.fused, 0, 40)
                .backend("djl", StepExecution.eager, 0, 1_234);
    }

    private static MadeUpResult withEverything() {
        return usual().peer("nd4j", "DL4J RmsProp")
                .failedPeer("djl", "DJL RmsProp", "It <throws>.")
                .cost("djl", StepSettings.plain, 10, 1_000)
                .cost(StepCosts.COPY, StepSettings.plain, 1 << 20, 100_000)
                .cost(StepCosts.BANDWIDTH, StepSettings.plain, 1 << 20, 200_000)
                .cost("djl", StepSettings.plain, 1 << 20, 400_000)
                .cost(StepCosts.BANDWIDTH, StepSettings.everything, 1 << 20, 600_000)
                .cost("djl", StepSettings.everything, 1 << 20, 800_000)
                .cost(StepCosts.DJL_ADAM, StepSettings.plain, 10, 5_000)
                .cost(StepCosts.DJL_ADAM, StepSettings.plain, 1 << 20, 900_000);
    }

    private static Page page(MadeUpResult madeUp) {
        return new ComparisonPage(madeUp.result(), MadeUpResult.ENVIRONMENT).page();
    }

    private static Section section(Page page, String heading) {
        return page.sections().stream()
                .filter(section -> section.heading().equals(heading))
                .findFirst()
                .orElseThrow();
    }

    private static LineChart lines(Page page, String heading) {
        return (LineChart) section(page, heading).chart().orElseThrow();
    }

    private static BarChart bars(Page page, String heading) {
        return (BarChart) section(page, heading).chart().orElseThrow();
    }

    @Test
    void has_a_picture_for_each_question() {
        assertThat(page(withEverything()).sections())
                .flatExtracting(
                        section -> section.chart().stream().map(Chart::name).toList())
                .containsExactly(
                        "loss",
                        "accuracy",
                        "same-gradients",
                        "own-gradients",
                        "step-time",
                        "memory-traffic",
                        "cost-over-size");
        assertThat(page(usual()).sections())
                .as("without costs")
                .flatExtracting(
                        section -> section.chart().stream().map(Chart::name).toList())
                .containsExactly("loss", "accuracy", "same-gradients", "own-gradients", "step-time");
    }

    @Test
    void losses_and_accuracies_lie_over_each_other() {
        Page page = page(withEverything());

        assertThat(lines(page, "Loss").lines())
                .extracting(Line::name)
                .containsExactly("reference fused", "reference eager", "nd4j fused", "djl eager", "DL4J RmsProp");
        assertThat(lines(page, "Loss").lines().get(0).points()).containsExactly(new Point(1, 1.5), new Point(2, 0.25));
        assertThat(lines(page, "Accuracy").lines().get(0).points())
                .containsExactly(new Point(1, 50), new Point(2, 97.5));
        assertThat(section(page, "Loss").sentence())
                .contains("the largest loss and the smallest are 0.0 apart")
                .doesNotContain("seeds");
    }

    @Test
    void several_seeds_have_a_spread() {
        Page page = page(new MadeUpResult().seeds(7L, 8L).reference().backend("djl", StepExecution.fused, 0, 0));

        double deviation = Math.sqrt(2) / 8;
        assertThat(lines(page, "Loss").lines().get(0).points().get(1))
                .isEqualTo(new Point(2, 0.375, 0.375 - deviation, 0.375 + deviation));
        assertThat(section(page, "Loss").sentence()).contains("The bars are standard deviations over the seeds.");
    }

    @Test
    void differences_are_those_of_backends_alone() {
        Page page = page(withEverything());

        assertThat(lines(page, "The same gradients").lines())
                .extracting(Line::name)
                .containsExactly("reference fused", "nd4j fused", "djl eager");
        assertThat(lines(page, "The same gradients").lines().get(2).points())
                .containsExactly(new Point(1, 0), new Point(2, 0));
        assertThat(lines(page, "Gradients of their own").lines().get(2).points())
                .containsExactly(new Point(1, 617), new Point(2, 1_234));
        assertThat(section(page, "Gradients of their own").sentence()).contains("djl eager is the farthest, 1,234 ULP");
    }

    @Test
    void what_is_broken_is_called_a_bug() {
        Page right = page(usual());
        Page wrong = page(usual().backend("nd4j", StepExecution.eager, 3, 0));

        assertThat(right.lead()).contains("all end each of 2 steps at the same bits");
        assertThat(section(right, "The same gradients").sentence())
                .contains("All lines lie at 0, after each of 2 steps");
        assertThat(wrong.lead()).contains("nd4j eager is 3 ULP off", "a bug").doesNotContain("same bits.");
        assertThat(section(wrong, "The same gradients").sentence())
                .contains("a bug")
                .doesNotContain("All lines");
    }

    @Test
    void a_weight_that_is_no_number_leaves_a_gap() {
        Page page = page(usual().backend("nd4j", StepExecution.eager, 0, Long.MAX_VALUE));

        assertThat(lines(page, "Gradients of their own")
                        .lines()
                        .get(3)
                        .points()
                        .get(1)
                        .y())
                .isNaN();
        assertThat(section(page, "Gradients of their own").sentence())
                .contains("nd4j eager is the farthest, NaN ULP")
                .doesNotContain("does not notice");
    }

    @Test
    void what_has_the_same_bits_at_the_end_is_not_called_the_farthest() {
        Page equal = page(new MadeUpResult().reference().backend("reference", StepExecution.fused, 0, 0));
        Page alone = page(new MadeUpResult().reference());

        assertThat(section(equal, "Gradients of their own").sentence())
                .endsWith("At the end all have the same bits.")
                .doesNotContain("farthest");
        assertThat(section(alone, "Gradients of their own").sentence())
                .isEqualTo("There is no line: only the reference took part.");
    }

    @Test
    void what_could_not_be_measured_is_said_also_where_there_is_no_picture() {
        Page page =
                page(usual().cost("djl", StepSettings.plain, 10, 1_000).omission("djl", 1 << 20, "no heap is left"));

        assertThat(page.sections()).extracting(Section::heading).doesNotContain("Cost over size");
        assertThat(section(page, "Not measured").notes())
                .containsExactly("Not measured: djl, plain, 1,048,576 parameters: no heap is left");
    }

    @Test
    void the_bars_of_a_library_lie_together() {
        BarChart chart = bars(page(withEverything()), "Time of a step");

        Bar bar = new Bar(1.499, 1, 3);
        assertThat(chart.categories()).containsExactly("reference", "nd4j", "djl");
        assertThat(chart.groups())
                .containsExactly(
                        new Bars("fused", List.of(bar, bar, Bar.NONE)),
                        new Bars("eager", List.of(bar, Bar.NONE, bar)),
                        new Bars("the library's own", List.of(Bar.NONE, bar, Bar.NONE)));
        assertThat(bars(page(usual()), "Time of a step").groups())
                .extracting(Bars::name)
                .containsExactly("fused", "eager");
    }

    @Test
    void memory_traffic_is_that_of_the_largest_model() {
        BarChart chart = bars(page(withEverything()), "Memory traffic");

        assertThat(chart.categories()).containsExactly("copy", "bandwidth", "djl", "DJL Adam");
        assertThat(chart.groups()).extracting(Bars::name).containsExactly("plain", "everything");
        double plain = 20.0 * (1 << 20) / 400_000;
        assertThat(chart.groups().get(0).bars().get(2))
                .as("the shorter the time, the more traffic")
                .isEqualTo(new Bar(plain, 20.0 * (1 << 20) / 480_000, 20.0 * (1 << 20) / 360_000));
        assertThat(chart.groups().get(1).bars().get(3)).isEqualTo(Bar.NONE);
        assertThat(section(page(withEverything()), "Memory traffic").sentence())
                .contains("With everything on, that is 75 % on djl of the bandwidth");
    }

    @Test
    void cost_over_size_is_that_of_plain_steps() {
        LineChart chart = lines(page(withEverything()), "Cost over size");

        assertThat(chart.lines()).extracting(Line::name).containsExactly("djl", "DJL Adam");
        assertThat(chart.lines().get(0).points())
                .containsExactly(new Point(10, 1, 0.9, 1.2), new Point(1 << 20, 400, 360, 480));
        assertThat(section(page(withEverything()), "Cost over size").sentence())
                .contains("10 parameters takes 1.0 \u00b5s on djl, 5.0 \u00b5s on DJL Adam");
    }

    @Test
    void ends_with_what_is_needed_to_repeat_it() {
        assertThat(page(usual()).facts())
                .extracting(fact -> fact.name() + ": " + fact.value())
                .contains(
                        "Seed: 7",
                        "Machine: A processor, 2 cores, Linux amd64, JDK 17 (Vendor)",
                        "Versions: DL4J 4.5, gradstep 1.2.3",
                        "Command: java -jar gradstep-examples.jar compare --seed 7");
    }

    @Test
    void tables_and_notes_are_typeset_for_a_page() {
        Page page = page(withEverything().omission("djl", 7, "no room"));
        Page seeds = page(usual().seeds(7L, 8L).reference());

        assertThat(section(page, "Result").table().orElseThrow().header()).contains("\u00b5s per step");
        assertThat(section(page, "Result").notes()).anyMatch(note -> note.startsWith("ULP is the largest distance"));
        assertThat(section(page, "Memory traffic").table().orElseThrow().rows())
                .extracting(row -> row.get(0))
                .containsExactly("copy", "bandwidth", "djl", "bandwidth", "djl", "DJL Adam");
        assertThat(section(page, "Memory traffic").notes()).anyMatch(note -> note.contains("Share of bandwidth"));
        assertThat(section(page, "Not measured").notes())
                .containsExactly("Not measured: djl, plain, 7 parameters: no room");
        assertThat(section(seeds, "Result").table().orElseThrow().rows())
                .last()
                .satisfies(row -> assertThat(row.get(2)).isEqualTo("0.3750 \u00b10.1768"));
    }

    @Test
    void the_axis_of_differences_names_the_precision() {
        assertThat(lines(page(usual().precision(DType.FLOAT64)), "The same gradients")
                        .y()
                        .label())
                .isEqualTo("largest difference of a weight (ULP, float64)");
    }

    @Test
    void what_was_ended_early_says_so() {
        assertThat(page(usual().endedEarly()).lead()).contains("It was ended early by Ctrl-C");
        assertThat(page(usual()).lead()).doesNotContain("early");
    }

    @Test
    void is_written_with_its_pictures(@TempDir Path folder) throws IOException {
        new ComparisonPage(withEverything().result(), MadeUpResult.ENVIRONMENT)
                .writeTo(OutputFolder.open(folder.toString()));

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(
                            "accuracy.png",
                            "cost-over-size.png",
                            "loss.png",
                            "memory-traffic.png",
                            "own-gradients.png",
                            "report.html",
                            "same-gradients.png",
                            "step-time.png");
        }
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("It &lt;throws&gt;.")
                .doesNotContain("<throws>");
    }
}
