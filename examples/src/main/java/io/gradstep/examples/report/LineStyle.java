package io.gradstep.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;

/**
 * How one of several lines is drawn. The first is the widest and each next one narrower, so that lines lying over each
 * other show as stripes; every second is dashed, so that they differ in grey, too.
 */
record LineStyle(int index, Color color, BasicStroke stroke, Color edge) {
    private static final float NARROWEST = 1.5f;
    private static final float STEP = 1.15f;
    private static final float[][] DASHES = {
        {}, {9, 5}, {}, {2.5f, 3.5f}, {}, {12, 4, 2.5f, 4}, {}, {5, 3}, {},
    };
    private static final double MARKER_RADIUS = 4.2;

    static LineStyle of(int index, int lines, Palette palette) {
        return new LineStyle(
                index,
                palette.lines().get(index),
                stroke(NARROWEST + STEP * (lines - 1 - index), DASHES[index]),
                palette.background());
    }

    private static BasicStroke stroke(float width, float... dash) {
        return dash.length == 0
                ? new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
                : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
    }

    void draw(Graphics2D graphics, Shape line) {
        graphics.setColor(color);
        graphics.setStroke(stroke);
        graphics.draw(line);
    }

    void drawThin(Graphics2D graphics, Shape line) {
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke(1.2f));
        graphics.draw(line);
    }

    /** A dot where a value is, as much wider than the line as those of the others. */
    void drawDot(Graphics2D graphics, double x, double y) {
        graphics.setColor(color);
        double radius = stroke.getLineWidth() / 2 + 1.2;
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    /** The shape by which the legend knows the line, with an edge that sets it off from what is under it. */
    void drawMarker(Graphics2D graphics, double x, double y) {
        Shape marker = Marker.at(index, x, y, MARKER_RADIUS);
        graphics.setColor(edge);
        graphics.setStroke(new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(marker);
        graphics.setColor(color);
        graphics.fill(marker);
    }
}
