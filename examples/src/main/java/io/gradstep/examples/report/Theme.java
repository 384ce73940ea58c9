package io.gradstep.examples.report;

/** What a picture is drawn for: a light or a dark page. */
public enum Theme {
    /** Dark on light; also the one to print. */
    LIGHT,
    /** Light on dark. */
    DARK
}
