package io.gradstep.examples.report;

import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/** What the lines or bars are called, under the plot, in as many rows as it takes. */
final class Legend {
    static final double SAMPLE_WIDTH = 40;

    private static final double GAP = 7;
    private static final double BETWEEN = 20;
    private static final double ROW_GAP = 5;

    /** Draws a piece of a line or a bar. */
    @FunctionalInterface
    interface Sample {
        /**
         * Draws it, {@link #SAMPLE_WIDTH} wide.
         *
         * @param graphics where to
         * @param x its left end
         * @param y its middle
         */
        void draw(Graphics2D graphics, double x, double y);
    }

    private record Entry(Sample sample, TextBlock name, double x, double y) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Look look;
    private double x;
    private double y;
    private double rowHeight;

    Legend(Look look) {
        this.look = look;
    }

    void add(String name, Sample sample) {
        TextBlock text = new TextBlock(name, look.fonts().text(), look.inner() - SAMPLE_WIDTH - GAP);
        double width = SAMPLE_WIDTH + GAP + text.width();
        if (x > 0 && x + width > look.inner()) {
            x = 0;
            y += rowHeight + ROW_GAP;
            rowHeight = 0;
        }
        entries.add(new Entry(sample, text, x, y));
        x += width + BETWEEN;
        rowHeight = Math.max(rowHeight, text.height());
    }

    double height() {
        return y + rowHeight;
    }

    void draw(Graphics2D graphics, double left, double top) {
        double firstLine = look.fonts().text().getSize2D() * 0.64;
        for (Entry entry : entries) {
            entry.sample().draw(graphics, left + entry.x(), top + entry.y() + firstLine);
            entry.name().draw(graphics, look.palette().text(), left + entry.x() + SAMPLE_WIDTH + GAP, top + entry.y());
        }
    }
}
