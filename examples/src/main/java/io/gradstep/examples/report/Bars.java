package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;

/**
 * The bars of one kind, one for each category of a {@link BarChart}.
 *
 * @param name what the legend calls them, such as {@code fused}
 * @param bars one for each category, in their order; {@link Bar#NONE} where there is none
 */
public record Bars(String name, List<Bar> bars) {
    /** Copies the list. */
    public Bars {
        Objects.requireNonNull(name, "name");
        bars = List.copyOf(bars);
    }
}
