package io.gradstep.examples.browser;

/** What a reader holds in front of them. */
enum Screen {
    PHONE(360, 740, true),
    DESKTOP(1280, 900, false);

    /** In CSS pixels. */
    final int width;

    final int height;

    /** Whether a page is laid out as on a phone: without a {@code viewport} of its own, 980 pixels wide. */
    final boolean mobile;

    Screen(int width, int height, boolean mobile) {
        this.width = width;
        this.height = height;
        this.mobile = mobile;
    }
}
