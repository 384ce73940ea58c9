package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;

/**
 * One line of a {@link LineChart}.
 *
 * @param name what the legend calls it
 * @param points its points in the order in which they are joined; may be empty
 */
public record Line(String name, List<Point> points) {
    /** Copies the list. */
    public Line {
        Objects.requireNonNull(name, "name");
        points = List.copyOf(points);
    }
}
