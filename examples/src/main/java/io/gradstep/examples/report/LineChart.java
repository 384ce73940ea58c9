package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;

/**
 * Lines over a common axis. Lines that lie exactly over each other stay visible: those drawn first are wider.
 *
 * @param name the stem of a file's name: lower-case letters, digits and hyphens
 * @param title what stands over the picture
 * @param x the axis along which points go
 * @param y the axis of their values
 * @param lines at most {@value #MOST_LINES}, drawn in this order; the first is the widest
 */
public record LineChart(String name, String title, Axis x, Axis y, List<Line> lines) implements Chart {
    /** More lines than this have no colour of their own. */
    public static final int MOST_LINES = 9;

    /**
     * Checks the name and the number of lines.
     *
     * @throws IllegalArgumentException if the name has other characters or there are too many lines
     */
    public LineChart {
        FileStem.check(name);
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        lines = List.copyOf(lines);
        if (lines.size() > MOST_LINES) {
            throw new IllegalArgumentException(
                    "A chart has colours for " + MOST_LINES + " lines. Received: " + lines.size() + ".");
        }
    }

    @Override
    public String alt() {
        return AltText.of(this);
    }
}
