package io.gradstep.examples.report;

/** What a picture shows: values and their names, nothing about colours or sizes. */
public sealed interface Chart permits LineChart, BarChart {
    /**
     * The stem of a file's name, such as {@code loss}.
     *
     * @return lower-case letters, digits and hyphens, not empty
     */
    String name();

    /**
     * What stands over the picture.
     *
     * @return one line of plain text
     */
    String title();

    /**
     * The text that stands in for the picture where none can be seen: what it shows, and its most important values.
     *
     * @return plain text, not empty
     */
    String alt();
}
