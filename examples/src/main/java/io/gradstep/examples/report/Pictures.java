package io.gradstep.examples.report;

/** Draws charts. */
public final class Pictures {
    private Pictures() {}

    /**
     * Draws a chart with two pixels for each of the page, for sharp screens. The same chart gives the same bytes on the
     * same machine; on another its fonts may differ.
     *
     * @param chart what to draw
     * @param theme the page it is for
     * @param width how wide it is; the height follows from what has to stand in it
     * @return a PNG file
     * @throws PicturesUnavailable if this machine has no fonts, or cannot draw
     */
    public static byte[] png(Chart chart, Theme theme, Width width) {
        return Picture.of(chart, theme, width).png();
    }
}
