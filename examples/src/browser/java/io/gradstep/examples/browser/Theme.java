package io.gradstep.examples.browser;

/** What a reader's system asks pages for. */
enum Theme {
    LIGHT("light"),
    DARK("dark");

    /** As CSS's {@code prefers-color-scheme} has it. */
    final String css;

    Theme(String css) {
        this.css = css;
    }

    /**
     * Tells whether a page's background is one of this theme.
     *
     * @param luminance from 0, black, to 1, white
     */
    boolean has(double luminance) {
        return switch (this) {
            case LIGHT -> luminance > 0.8;
            case DARK -> luminance < 0.2;
        };
    }
}
