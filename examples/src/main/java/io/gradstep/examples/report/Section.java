package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One part of a {@link Page}: a heading, a sentence, and under it a picture, a table, notes, in this order.
 *
 * @param heading its name
 * @param sentence what to see in the picture or the table
 * @param chart the picture, if there is one
 * @param table the table, if there is one
 * @param notes paragraphs under both; may be empty
 */
public record Section(
        String heading, String sentence, Optional<Chart> chart, Optional<HtmlTable> table, List<String> notes) {
    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public Section {
        Objects.requireNonNull(heading, "heading");
        Objects.requireNonNull(chart, "chart");
        Objects.requireNonNull(table, "table");
        notes = List.copyOf(notes);
        if (sentence.isBlank()) {
            throw new IllegalArgumentException(
                    "The section '" + heading + "' needs a sentence that says what to see in it. Received: none.");
        }
    }

    /**
     * A section with nothing but a sentence.
     *
     * @param heading its name
     * @param sentence what to see in it
     * @return the section
     */
    public static Section of(String heading, String sentence) {
        return new Section(heading, sentence, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * This section with a picture.
     *
     * @param shown what the picture shows
     * @return another section
     */
    public Section with(Chart shown) {
        return new Section(heading, sentence, Optional.of(shown), table, notes);
    }

    /**
     * This section with a table.
     *
     * @param shown the table
     * @return another section
     */
    public Section with(HtmlTable shown) {
        return new Section(heading, sentence, chart, Optional.of(shown), notes);
    }

    /**
     * This section with notes.
     *
     * @param paragraphs in place of those it has
     * @return another section
     */
    public Section withNotes(String... paragraphs) {
        return new Section(heading, sentence, chart, table, List.of(paragraphs));
    }
}
