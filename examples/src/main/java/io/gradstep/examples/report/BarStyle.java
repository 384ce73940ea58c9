package io.gradstep.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;

/** How one kind of bars is drawn: in a colour and a pattern of its own. */
record BarStyle(Pattern pattern, Color color, Color background) {
    private static final double STRIPES = 6;

    /** What fills a bar. */
    enum Pattern {
        FULL,
        STRIPED,
        EMPTY,
        CROSSED
    }

    static BarStyle of(int group, Palette palette) {
        return new BarStyle(Pattern.values()[group], palette.bars().get(group), palette.background());
    }

    void draw(Graphics2D graphics, Rectangle2D bar) {
        Graphics2D within = (Graphics2D) graphics.create();
        within.clip(bar);
        within.setColor(pattern == Pattern.FULL ? color : background);
        within.fill(bar);
        within.setColor(color);
        switch (pattern) {
            case FULL, EMPTY -> {}
            case STRIPED -> stripes(within, bar, 1);
            case CROSSED -> {
                stripes(within, bar, 1);
                stripes(within, bar, -1);
            }
        }
        within.setStroke(new BasicStroke(3));
        within.draw(bar);
        within.dispose();
    }

    private static void stripes(Graphics2D graphics, Rectangle2D bar, int direction) {
        graphics.setStroke(new BasicStroke(1.6f));
        double height = bar.getHeight();
        for (double x = bar.getX() - height; x < bar.getMaxX() + height; x += STRIPES) {
            graphics.draw(new Line2D.Double(x, bar.getMaxY(), x + direction * height, bar.getY()));
        }
    }
}
