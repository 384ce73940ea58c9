package io.gradstep.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The axes of a picture with their ticks, labels and grid, and where values are between them. XChart draws them.
 *
 * <p>Lines and bars are not XChart's: it strokes each piece of a line by itself, so that dashes begin anew at every point
 * and many points make any line a solid one; it has no patterns for bars; and its legend goes into one row.
 */
final class Plot {
    private static final double CONTENT = 0.95;
    private static final int PIXELS_PER_X_TICK = 44;
    private static final int PIXELS_PER_Y_TICK = 24;

    private final Range x;
    private final Range y;
    private final XYChart chart;
    private final double top;

    private Plot(Range x, Range y, XYChart chart, double top) {
        this.x = x;
        this.y = y;
        this.chart = chart;
        this.top = top;
    }

    /**
     * Draws the axes over the whole width.
     *
     * @param top where it begins
     * @param yLabels whether the vertical axis has ticks and labels
     */
    static Plot draw(
            Graphics2D graphics, Range x, Range y, Look look, double top, int width, int height, boolean yLabels) {
        XYChart chart = new XYChart(width, height);
        style(chart.getStyler(), look);
        ranges(chart.getStyler(), x, y);
        labels(chart.getStyler(), x, y, width, height);
        chart.getStyler().setYAxisTicksVisible(yLabels);
        chart.getStyler().setPlotGridHorizontalLinesVisible(yLabels);
        XYSeries corners = chart.addSeries("corners", corners(x), corners(y));
        corners.setLineStyle(SeriesLines.NONE);
        corners.setMarker(SeriesMarkers.NONE);
        Graphics2D own = (Graphics2D) graphics.create();
        own.translate(0, top);
        chart.paint(own, width, height);
        own.dispose();
        return new Plot(x, y, chart, top);
    }

    /** Not at equal distances: from such values XChart takes its ticks. */
    private static double[] corners(Range range) {
        return new double[] {range.min(), range.min() + (range.max() - range.min()) * 0.3, range.max()};
    }

    private static void style(XYStyler styler, Look look) {
        Palette palette = look.palette();
        styler.setChartTitleVisible(false);
        styler.setLegendVisible(false);
        styler.setAxisTitlesVisible(false);
        styler.setChartBackgroundColor(palette.background());
        styler.setPlotBackgroundColor(palette.background());
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(palette.grid());
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setPlotContentSize(CONTENT);
        styler.setPlotMargin(0);
        styler.setChartPadding(4);
        styler.setBaseFont(look.fonts().tick());
        styler.setAxisTickLabelsFont(look.fonts().tick());
        styler.setAxisTickLabelsColor(palette.muted());
        styler.setXAxisTickLabelsColor(palette.muted());
        styler.setYAxisTickLabelsColor(palette.muted());
        styler.setAxisTickMarksColor(palette.muted());
        styler.setXAxisTickMarksColor(palette.muted());
        styler.setYAxisTickMarksColor(palette.muted());
        styler.setAxisTickMarkLength(4);
        styler.setAxisTickPadding(4);
        styler.setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
        styler.setAntiAlias(true);
        styler.setTextAntiAlias(true);
    }

    private static void ranges(XYStyler styler, Range x, Range y) {
        styler.setXAxisMin(x.min());
        styler.setXAxisMax(x.max());
        styler.setYAxisMin(y.min());
        styler.setYAxisMax(y.max());
    }

    private static void labels(XYStyler styler, Range x, Range y, int width, int height) {
        styler.setXAxisTickMarkSpacingHint(x.tickSpacing(width * CONTENT, PIXELS_PER_X_TICK));
        styler.setYAxisTickMarkSpacingHint(y.tickSpacing(height * CONTENT, PIXELS_PER_Y_TICK));
        styler.setXAxisTickLabelsFormattingFunction(x::label);
        styler.setYAxisTickLabelsFormattingFunction(y::label);
    }

    double x(double value) {
        return chart.getScreenXFromChart(x.position(value));
    }

    double y(double value) {
        return top + chart.getScreenYFromChart(y.position(value));
    }

    /** Whether a point has a place here. */
    boolean shows(Point point) {
        return point.isDrawn() && x.shows(point.x()) && y.shows(point.y());
    }

    /** Between the axes, with the margin around the values. */
    Rectangle2D area() {
        double left = chart.getScreenXFromChart(x.min());
        double right = chart.getScreenXFromChart(x.max());
        double upper = top + chart.getScreenYFromChart(y.max());
        double lower = top + chart.getScreenYFromChart(y.min());
        double sides = (right - left) / CONTENT * (1 - CONTENT) / 2;
        double ends = (lower - upper) / CONTENT * (1 - CONTENT) / 2;
        return new Rectangle2D.Double(left - sides, upper - ends, right - left + 2 * sides, lower - upper + 2 * ends);
    }

    /** Cuts the line of 0 off from the decades above it. */
    void drawGapOverZero(Graphics2D graphics, Color color) {
        Rectangle2D area = area();
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {2, 3}, 0));
        if (y.hasZeroRow()) {
            double at = top + chart.getScreenYFromChart(y.belowFirstDecade());
            graphics.draw(new Line2D.Double(area.getMinX(), at, area.getMaxX(), at));
        }
        if (x.hasZeroRow()) {
            double at = chart.getScreenXFromChart(x.belowFirstDecade());
            graphics.draw(new Line2D.Double(at, area.getMinY(), at, area.getMaxY()));
        }
    }
}
