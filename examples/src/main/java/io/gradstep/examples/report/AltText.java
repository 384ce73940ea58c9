package io.gradstep.examples.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says a chart in words. */
final class AltText {
    private AltText() {}

    static String of(LineChart chart) {
        String lines = chart.lines().stream().map(AltText::line).collect(Collectors.joining("; "));
        return "Line chart: " + chart.title() + ". Across: " + chart.x().label() + ". Up: "
                + chart.y().label() + ". " + (lines.isEmpty() ? "No lines" : lines) + ".";
    }

    private static String line(Line line) {
        List<Point> points = line.points().stream().filter(Point::isDrawn).toList();
        if (points.isEmpty()) {
            return line.name() + ": no values";
        }
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        return points.size() == 1
                ? line.name() + ": " + at(first)
                : line.name() + ": from " + at(first) + " to " + at(last);
    }

    private static String at(Point point) {
        return Numbers.label(point.y()) + " at " + Numbers.label(point.x());
    }

    static String of(BarChart chart) {
        String rows = IntStream.range(0, chart.categories().size())
                .mapToObj(category -> row(chart, category))
                .collect(Collectors.joining("; "));
        return "Bar chart: " + chart.title() + ". Lengths: " + chart.valueLabel() + ". "
                + (rows.isEmpty() ? "No bars" : rows) + ".";
    }

    private static String row(BarChart chart, int category) {
        return chart.categories().get(category) + ": "
                + chart.groups().stream()
                        .map(group -> group.name() + " " + value(group.bars().get(category)))
                        .collect(Collectors.joining(", "));
    }

    private static String value(Bar bar) {
        return bar.isDrawn() ? Numbers.label(bar.value()) : "none";
    }
}
