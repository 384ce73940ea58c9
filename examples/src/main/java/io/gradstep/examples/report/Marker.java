package io.gradstep.examples.report;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;

/** The shapes that tell lines apart without colours. Each has about the same area. */
final class Marker {
    private static final List<Shape> SHAPES = List.of(
            new Ellipse2D.Double(-1, -1, 2, 2),
            polygon(-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9),
            polygon(0, -1.2, 1.1, 0.8, -1.1, 0.8),
            polygon(0, -1.3, 1.1, 0, 0, 1.3, -1.1, 0),
            polygon(0, 1.2, 1.1, -0.8, -1.1, -0.8),
            plus(0),
            plus(Math.PI / 4),
            polygon(-1.2, 0, 0.8, -1.1, 0.8, 1.1),
            polygon(-1.3, -0.6, 1.3, -0.6, 1.3, 0.6, -1.3, 0.6));

    private Marker() {}

    static Shape at(int line, double x, double y, double radius) {
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(radius, radius);
        return place.createTransformedShape(SHAPES.get(line));
    }

    private static Shape plus(double angle) {
        double thin = 0.42;
        double wide = 1.25;
        Shape upright = polygon(
                -thin, -wide, thin, -wide, thin, -thin, wide, -thin, wide, thin, thin, thin, thin, wide, -thin, wide,
                -thin, thin, -wide, thin, -wide, -thin, -thin, -thin);
        return AffineTransform.getRotateInstance(angle).createTransformedShape(upright);
    }

    private static Shape polygon(double... coordinates) {
        Path2D path = new Path2D.Double();
        path.moveTo(coordinates[0], coordinates[1]);
        for (int at = 2; at < coordinates.length; at += 2) {
            path.lineTo(coordinates[at], coordinates[at + 1]);
        }
        path.closePath();
        return path;
    }
}
