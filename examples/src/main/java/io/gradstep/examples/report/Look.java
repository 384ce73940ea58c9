package io.gradstep.examples.report;

/** How a picture looks, whatever it shows. */
record Look(Palette palette, Fonts fonts, Width width) {
    static final int MARGIN = 10;

    static Look of(Theme theme, Width width) {
        return new Look(Palette.of(theme), Fonts.of(width), width);
    }

    /** A label of an axis, which says so if the axis is logarithmic. */
    static String label(String label, Scale scale) {
        return scale == Scale.LINEAR ? label : label + ", logarithmic";
    }

    double inner() {
        return width.pixels() - 2.0 * MARGIN;
    }

    boolean isNarrow() {
        return width == Width.PHONE;
    }
}
