package io.gradstep.examples.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** A line chart: title, label of the values, plot, label of the axis below, legend. */
final class LineDrawing implements Drawing {
    private static final int GAP = 6;
    private static final int PLOT_HEIGHT = 380;
    private static final int NARROW_PLOT_HEIGHT = 270;

    /** With more points than this their dots would hide the line. */
    private static final int MOST_DOTS = 10;

    /** With more points than this spreads are drawn as one band. */
    private static final int MOST_SPREADS = 24;

    private static final int MARKERS_PER_LINE = 3;
    private static final int NARROW_MARKERS_PER_LINE = 2;
    private static final int BAND_OPACITY = 48;
    private static final double CAP = 4;

    private final LineChart chart;
    private final Look look;
    private final TextBlock title;
    private final TextBlock yLabel;
    private final TextBlock xLabel;
    private final Legend legend;

    LineDrawing(LineChart chart, Look look) {
        this.chart = chart;
        this.look = look;
        title = new TextBlock(chart.title(), look.fonts().title(), look.inner());
        yLabel = label(chart.y());
        xLabel = label(chart.x());
        legend = new Legend(look);
        for (int line = 0; line < chart.lines().size(); line++) {
            LineStyle style = style(line);
            legend.add(chart.lines().get(line).name(), (graphics, x, y) -> {
                style.draw(graphics, new Line2D.Double(x, y, x + Legend.SAMPLE_WIDTH, y));
                style.drawMarker(graphics, x + Legend.SAMPLE_WIDTH / 2, y);
            });
        }
    }

    private TextBlock label(Axis axis) {
        return new TextBlock(
                Look.label(axis.label(), axis.scale()), look.fonts().text(), look.inner());
    }

    private LineStyle style(int line) {
        return LineStyle.of(line, chart.lines().size(), look.palette());
    }

    private int plotHeight() {
        return look.isNarrow() ? NARROW_PLOT_HEIGHT : PLOT_HEIGHT;
    }

    private double plotTop() {
        return Look.MARGIN + title.height() + GAP + yLabel.height();
    }

    private double legendTop() {
        return plotTop() + plotHeight() + xLabel.height() + 2 * GAP;
    }

    @Override
    public int height() {
        return (int) Math.ceil(legendTop() + legend.height() + Look.MARGIN);
    }

    @Override
    public void draw(Graphics2D graphics) {
        Plot plot = Plot.draw(
                graphics, xRange(), yRange(), look, plotTop(), look.width().pixels(), plotHeight(), true);
        Palette palette = look.palette();
        title.draw(graphics, palette.text(), Look.MARGIN, Look.MARGIN);
        yLabel.draw(graphics, palette.muted(), Look.MARGIN, Look.MARGIN + title.height() + GAP);
        double right = Math.max(Look.MARGIN, plot.area().getMaxX() - xLabel.width());
        xLabel.draw(graphics, palette.muted(), right, plotTop() + plotHeight());
        legend.draw(graphics, Look.MARGIN, legendTop());
        Graphics2D within = (Graphics2D) graphics.create();
        within.clip(plot.area());
        plot.drawGapOverZero(within, palette.muted());
        drawLines(within, plot);
        within.dispose();
    }

    private Range xRange() {
        return Range.tight(chart.x().scale(), points().mapToDouble(Point::x).toArray());
    }

    private Range yRange() {
        double[] values = points().flatMapToDouble(point -> point.hasSpread()
                        ? DoubleStream.of(point.y(), point.low(), point.high())
                        : DoubleStream.of(point.y()))
                .toArray();
        return Range.rounded(chart.y().scale(), values);
    }

    private Stream<Point> points() {
        return chart.lines().stream().flatMap(line -> line.points().stream()).filter(Point::isDrawn);
    }

    private void drawLines(Graphics2D graphics, Plot plot) {
        List<List<Run>> runs =
                chart.lines().stream().map(line -> runs(line, plot)).toList();
        for (int line = 0; line < runs.size(); line++) {
            LineStyle style = style(line);
            for (Run run : runs.get(line)) {
                drawSpread(graphics, style, run, plot);
            }
        }
        for (int line = 0; line < runs.size(); line++) {
            drawLine(graphics, style(line), runs.get(line));
        }
        // Last, or lines drawn later would hide those of earlier ones.
        for (int line = 0; line < runs.size(); line++) {
            drawMarkers(graphics, style(line), runs.get(line), plot);
        }
    }

    /** Points of a line that are joined, where they are in the picture. */
    private record Run(List<Point> points, List<Point2D> places) {
        int size() {
            return points.size();
        }

        double x(int at) {
            return places.get(at).getX();
        }

        double y(int at) {
            return places.get(at).getY();
        }

        Shape path() {
            Path2D path = new Path2D.Double();
            path.moveTo(x(0), y(0));
            for (int at = 1; at < size(); at++) {
                path.lineTo(x(at), y(at));
            }
            return path;
        }
    }

    private static List<Run> runs(Line line, Plot plot) {
        List<Run> runs = new ArrayList<>();
        List<Point> joined = new ArrayList<>();
        for (Point point : line.points()) {
            if (plot.shows(point)) {
                joined.add(point);
            } else if (!joined.isEmpty()) {
                runs.add(run(joined, plot));
                joined = new ArrayList<>();
            }
        }
        if (!joined.isEmpty()) {
            runs.add(run(joined, plot));
        }
        return runs;
    }

    private static Run run(List<Point> points, Plot plot) {
        return new Run(
                List.copyOf(points),
                points.stream()
                        .map(point -> (Point2D) new Point2D.Double(plot.x(point.x()), plot.y(point.y())))
                        .toList());
    }

    private void drawLine(Graphics2D graphics, LineStyle style, List<Run> runs) {
        boolean dots = runs.stream().mapToInt(run -> run.size()).sum() <= MOST_DOTS;
        for (Run run : runs) {
            style.draw(graphics, run.path());
            // A point without neighbours is no line.
            if (dots || run.size() == 1) {
                for (int at = 0; at < run.size(); at++) {
                    style.drawDot(graphics, run.x(at), run.y(at));
                }
            }
        }
    }

    private void drawSpread(Graphics2D graphics, LineStyle style, Run run, Plot plot) {
        List<Point> points = run.points();
        if (points.stream().noneMatch(Point::hasSpread)) {
            return;
        }
        if (hasBands()) {
            Color color = style.color();
            graphics.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND_OPACITY));
            graphics.fill(band(run, plot));
            return;
        }
        for (int at = 0; at < points.size(); at++) {
            if (points.get(at).hasSpread()) {
                double x = run.x(at);
                double low = plot.y(points.get(at).low());
                double high = plot.y(points.get(at).high());
                style.drawThin(graphics, new Line2D.Double(x, low, x, high));
                style.drawThin(graphics, new Line2D.Double(x - CAP, low, x + CAP, low));
                style.drawThin(graphics, new Line2D.Double(x - CAP, high, x + CAP, high));
            }
        }
    }

    private boolean hasBands() {
        return chart.lines().stream().anyMatch(line -> line.points().size() > MOST_SPREADS);
    }

    private static Shape band(Run run, Plot plot) {
        Path2D band = new Path2D.Double();
        int last = run.size() - 1;
        band.moveTo(run.x(0), end(run, 0, plot, true));
        for (int at = 1; at <= last; at++) {
            band.lineTo(run.x(at), end(run, at, plot, true));
        }
        for (int at = last; at >= 0; at--) {
            band.lineTo(run.x(at), end(run, at, plot, false));
        }
        band.closePath();
        return band;
    }

    private static double end(Run run, int at, Plot plot, boolean upper) {
        Point point = run.points().get(at);
        return point.hasSpread() ? plot.y(upper ? point.high() : point.low()) : run.y(at);
    }

    /** At other places for each line, so that those of equal lines stand beside each other. */
    private void drawMarkers(Graphics2D graphics, LineStyle style, List<Run> runs, Plot plot) {
        int lines = chart.lines().size();
        int count = look.isNarrow() ? NARROW_MARKERS_PER_LINE : MARKERS_PER_LINE;
        double left = plot.area().getMinX();
        double step = plot.area().getWidth() / (lines * count);
        for (int marker = 0; marker < count; marker++) {
            double x = left + step * (marker * lines + style.index() + 0.5);
            runs.stream()
                    .map(run -> heightAt(run, x))
                    .filter(y -> !y.isNaN())
                    .findFirst()
                    .ifPresent(y -> style.drawMarker(graphics, x, y));
        }
        if (runs.stream().mapToInt(run -> run.size()).sum() == 1) {
            style.drawMarker(graphics, runs.get(0).x(0), runs.get(0).y(0));
        }
    }

    /** NaN where the run has no point on either side. */
    private static Double heightAt(Run run, double x) {
        for (int at = 1; at < run.size(); at++) {
            double from = run.x(at - 1);
            double to = run.x(at);
            if (from < to && from <= x && x <= to) {
                double part = (x - from) / (to - from);
                return run.y(at - 1) * (1 - part) + run.y(at) * part;
            }
        }
        return Double.NaN;
    }
}
