package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
    private static LineChart lines(String name, List<Line> lines) {
        return new LineChart(name, "Loss", Axis.linear("epoch"), Axis.logarithmic("loss (nats)"), lines);
    }

    private static BarChart bars(List<String> categories, List<Bars> groups) {
        return new BarChart("steps", "Time", "time (ms)", Scale.LINEAR, categories, groups);
    }

    @Test
    void the_words_for_lines_name_axes_lines_and_ends() {
        Line fused = new Line("fused", List.of(new Point(1, 2.25), new Point(2, Double.NaN), new Point(20, 0.0213)));
        Line once = new Line("once", List.of(new Point(3, 1234)));
        assertThat(lines("loss", List.of(fused, once, new Line("never", List.of())))
                        .alt())
                .isEqualTo("Line chart: Loss. Across: epoch. Up: loss (nats). fused: from 2.25 at 1 to 0.0213 at 20;"
                        + " once: 1,230 at 3; never: no values.");
    }

    @Test
    void the_words_for_bars_have_each_value() {
        List<Bars> groups = List.of(
                new Bars("fused", List.of(new Bar(1.5), new Bar(20))),
                new Bars("eager", List.of(new Bar(3), Bar.NONE)));
        assertThat(bars(List.of("djl", "peer"), groups).alt())
                .isEqualTo("Bar chart: Time. Lengths: time (ms). djl: fused 1.5, eager 3; peer: fused 20, eager none.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Loss", "../loss", "loss.png", "-loss", "lo ss"})
    void a_name_that_is_no_name_of_a_file_is_refused(String name) {
        assertThatThrownBy(() -> lines(name, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
    }

    static List<Arguments> wrong_numbers() {
        ThrowingCallable tooManyLines = () -> lines("loss", Collections.nCopies(10, new Line("a", List.of())));
        ThrowingCallable tooManyGroups = () -> bars(List.of(), Collections.nCopies(5, new Bars("a", List.of())));
        ThrowingCallable missingBar = () -> bars(List.of("a", "b"), List.of(new Bars("fused", List.of(Bar.NONE))));
        ThrowingCallable missingCell = () -> new HtmlTable(List.of("a", "b"), List.of(List.of("only")));
        ThrowingCallable noColumn = () -> new HtmlTable(List.of(), List.of());
        ThrowingCallable noSentence = () -> Section.of("Loss", " ");
        return List.of(
                Arguments.of(tooManyLines, "Received: 10."),
                Arguments.of(tooManyGroups, "Received: 5."),
                Arguments.of(missingBar, "'fused' must have one bar for each of 2 categories"),
                Arguments.of(
                        missingCell,
                        "A row must have 2 cells, or 2, of which the second stands for all others. Received: [only]."),
                Arguments.of(noColumn, "must have a column"),
                Arguments.of(noSentence, "'Loss' needs a sentence"));
    }

    @ParameterizedTest
    @MethodSource("wrong_numbers")
    void what_cannot_be_shown_is_refused(ThrowingCallable made, String message) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
