package io.gradstep.examples.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.DoubleStream;

/** A bar chart: title, plot with each category's name over its bars, label of the axis, legend. */
final class BarDrawing implements Drawing {
    private static final int GAP = 6;
    private static final double BAR_HEIGHT = 15;
    private static final double BETWEEN_BARS = 3;
    private static final double BETWEEN_CATEGORIES = 10;

    /** XChart's own, for the labels of the ticks under the plot. */
    private static final int AXIS_HEIGHT = 32;

    private static final double VALUE_GAP = 5;
    private static final double CAP = 4;

    private final BarChart chart;
    private final Look look;
    private final TextBlock title;
    private final TextBlock valueLabel;
    private final List<TextBlock> names;
    private final Legend legend;

    BarDrawing(BarChart chart, Look look) {
        this.chart = chart;
        this.look = look;
        title = new TextBlock(chart.title(), look.fonts().title(), look.inner());
        valueLabel = new TextBlock(
                Look.label(chart.valueLabel(), chart.scale()), look.fonts().text(), look.inner());
        names = chart.categories().stream()
                .map(name -> new TextBlock(name, look.fonts().text(), look.inner() - 2 * GAP))
                .toList();
        legend = new Legend(look);
        for (int group = 0; group < chart.groups().size(); group++) {
            BarStyle style = BarStyle.of(group, look.palette());
            legend.add(
                    chart.groups().get(group).name(),
                    (graphics, x, y) -> style.draw(
                            graphics,
                            new Rectangle2D.Double(x, y - BAR_HEIGHT / 2 + 1, Legend.SAMPLE_WIDTH, BAR_HEIGHT - 2)));
        }
    }

    private double rowHeight(int category) {
        return names.get(category).height() + chart.groups().size() * (BAR_HEIGHT + BETWEEN_BARS) + BETWEEN_CATEGORIES;
    }

    private double rowsHeight() {
        double height = BETWEEN_CATEGORIES;
        for (int category = 0; category < names.size(); category++) {
            height += rowHeight(category);
        }
        return height;
    }

    private double plotTop() {
        return Look.MARGIN + title.height();
    }

    private int plotHeight() {
        return (int) Math.ceil(Math.max(rowsHeight(), 2 * BAR_HEIGHT)) + AXIS_HEIGHT;
    }

    private double legendTop() {
        return plotTop() + plotHeight() + valueLabel.height() + 2 * GAP;
    }

    @Override
    public int height() {
        return (int) Math.ceil(legendTop() + legend.height() + Look.MARGIN);
    }

    @Override
    public void draw(Graphics2D graphics) {
        Palette palette = look.palette();
        Plot plot = Plot.draw(
                graphics,
                valueRange(),
                Range.tight(Scale.LINEAR, new double[] {0, 1}),
                look,
                plotTop(),
                look.width().pixels(),
                plotHeight(),
                false);
        title.draw(graphics, palette.text(), Look.MARGIN, Look.MARGIN);
        double right = Math.max(Look.MARGIN, plot.area().getMaxX() - valueLabel.width());
        valueLabel.draw(graphics, palette.muted(), right, plotTop() + plotHeight());
        legend.draw(graphics, Look.MARGIN, legendTop());
        drawRows(graphics, plot);
    }

    private Range valueRange() {
        double[] values = chart.groups().stream()
                .flatMap(group -> group.bars().stream())
                .filter(Bar::isDrawn)
                .flatMapToDouble(bar -> bar.hasSpread()
                        ? DoubleStream.of(bar.value(), bar.low(), bar.high())
                        : DoubleStream.of(bar.value()))
                .toArray();
        // The number stands behind the longest bar.
        double room = new TextBlock("88,800", look.fonts().text(), look.inner()).width() + VALUE_GAP;
        return Range.forBars(chart.scale(), values).longerBy(room / (look.inner() - room));
    }

    private void drawRows(Graphics2D graphics, Plot plot) {
        Rectangle2D area = plot.area();
        double y = area.getMinY() + BETWEEN_CATEGORIES / 2;
        for (int category = 0; category < names.size(); category++) {
            drawOverGrid(graphics, names.get(category), plot.x(0) + 1, y);
            double bar = y + names.get(category).height();
            for (int group = 0; group < chart.groups().size(); group++) {
                drawBar(graphics, plot, group, category, bar);
                bar += BAR_HEIGHT + BETWEEN_BARS;
            }
            y += rowHeight(category);
        }
    }

    private void drawBar(Graphics2D graphics, Plot plot, int group, int category, double y) {
        Bar bar = chart.groups().get(group).bars().get(category);
        double begin = plot.x(0);
        if (!bar.isDrawn()) {
            drawText(graphics, "–", begin, y);
            return;
        }
        double end = plot.x(bar.value());
        BarStyle.of(group, look.palette())
                .draw(graphics, new Rectangle2D.Double(Math.min(begin, end), y, Math.abs(end - begin), BAR_HEIGHT));
        double right = Math.max(begin, end);
        if (bar.hasSpread()) {
            drawSpread(graphics, plot.x(bar.low()), plot.x(bar.high()), y + BAR_HEIGHT / 2);
            right = Math.max(right, plot.x(bar.high()));
        }
        drawText(graphics, Numbers.label(bar.value()), right, y);
    }

    private void drawText(Graphics2D graphics, String text, double x, double y) {
        TextBlock block = new TextBlock(text, look.fonts().text(), look.inner());
        drawOverGrid(graphics, block, x + VALUE_GAP, y + (BAR_HEIGHT - block.height()) / 2);
    }

    private void drawOverGrid(Graphics2D graphics, TextBlock text, double x, double y) {
        graphics.setColor(look.palette().background());
        graphics.fill(new Rectangle2D.Double(x, y, text.width() + 2, text.height()));
        text.draw(graphics, look.palette().text(), x, y);
    }

    /** With an edge in the colour of the background, or it could not be seen on its bar. */
    private void drawSpread(Graphics2D graphics, double low, double high, double y) {
        Shape[] lines = {
            new Line2D.Double(low, y, high, y),
            new Line2D.Double(low, y - CAP, low, y + CAP),
            new Line2D.Double(high, y - CAP, high, y + CAP)
        };
        graphics.setStroke(new BasicStroke(3.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.setColor(look.palette().background());
        for (Shape line : lines) {
            graphics.draw(line);
        }
        graphics.setStroke(new BasicStroke(1.4f));
        graphics.setColor(look.palette().text());
        for (Shape line : lines) {
            graphics.draw(line);
        }
    }
}
