package io.gradstep.examples.report;

/** How wide a picture is. */
public enum Width {
    /** For a page that is 360 pixels wide. */
    PHONE(328),
    /** For everything wider. */
    DESKTOP(820);

    private final int pixels;

    Width(int pixels) {
        this.pixels = pixels;
    }

    /**
     * The width on the page; the picture has two of its own pixels for each.
     *
     * @return CSS pixels
     */
    public int pixels() {
        return pixels;
    }
}
