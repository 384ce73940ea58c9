package io.gradstep.examples.report;

import java.util.List;
import java.util.Objects;

/**
 * One page of HTML.
 *
 * @param title its heading, and the title of the window
 * @param lead the paragraph under the heading: what was found, in short
 * @param sections its parts, from top to bottom
 * @param facts what a reader needs to repeat it, at the end; may be empty
 */
public record Page(String title, String lead, List<Section> sections, List<Fact> facts) {
    /** Copies the lists. */
    public Page {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(lead, "lead");
        sections = List.copyOf(sections);
        facts = List.copyOf(facts);
    }

    /**
     * The page as one file, with its pictures within. It has no script and asks for nothing from the network, follows the
     * reader's choice of light or dark, and can be read on a phone. All text is escaped. The same page gives the same
     * text on the same machine.
     *
     * @return HTML which is also well-formed XML but for its first line, to be written in UTF-8
     * @throws PicturesUnavailable if this machine cannot draw text
     */
    public String html() {
        return new PageWriter(this).html();
    }
}
