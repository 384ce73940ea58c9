package io.gradstep.examples.report;

import java.awt.Graphics2D;

/** A chart that knows how high it is in a look. */
sealed interface Drawing permits LineDrawing, BarDrawing {
    static Drawing of(Chart chart, Look look) {
        return chart instanceof LineChart lines ? new LineDrawing(lines, look) : new BarDrawing((BarChart) chart, look);
    }

    /** In pixels of the page. */
    int height();

    /** Draws all but the background. */
    void draw(Graphics2D graphics);
}
