package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;

/**
 * Bars side by side for each category. They lie, so that long names of categories have room.
 *
 * @param name the stem of a file's name: lower-case letters, digits and hyphens
 * @param title what stands over the picture
 * @param valueLabel what the lengths measure, with the unit
 * @param scale how values are laid along the axis; a logarithmic one begins below the smallest value
 * @param categories what is compared, from top to bottom
 * @param groups at most {@value #MOST_GROUPS} kinds of bars, each with one bar for each category
 */
public record BarChart(
        String name, String title, String valueLabel, Scale scale, List<String> categories, List<Bars> groups)
        implements Chart {
    /** More kinds of bars than this have no colour and pattern of their own. */
    public static final int MOST_GROUPS = 4;

    /**
     * Checks the name and the numbers of bars.
     *
     * @throws IllegalArgumentException if the name has other characters, there are too many groups, or a group has not
     *     one bar for each category
     */
    public BarChart {
        FileStem.check(name);
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(valueLabel, "valueLabel");
        Objects.requireNonNull(scale, "scale");
        categories = List.copyOf(categories);
        groups = List.copyOf(groups);
        if (groups.size() > MOST_GROUPS) {
            throw new IllegalArgumentException(
                    "A chart has colours for " + MOST_GROUPS + " kinds of bars. Received: " + groups.size() + ".");
        }
        for (Bars group : groups) {
            if (group.bars().size() != categories.size()) {
                throw new IllegalArgumentException("The group '" + group.name() + "' must have one bar for each of "
                        + categories.size() + " categories, Bar.NONE where there is none. Received: "
                        + group.bars().size() + ".");
            }
        }
    }

    @Override
    public String alt() {
        return AltText.of(this);
    }
}
