package io.gradstep.examples.report;

import java.awt.Font;

/** The fonts of a picture: the system's own without serifs. */
record Fonts(Font title, Font text, Font tick) {
    static Fonts of(Width width) {
        int larger = width == Width.PHONE ? 0 : 1;
        return new Fonts(
                new Font(Font.SANS_SERIF, Font.BOLD, 14 + larger),
                new Font(Font.SANS_SERIF, Font.PLAIN, 12 + larger),
                new Font(Font.SANS_SERIF, Font.PLAIN, 11 + larger));
    }
}
