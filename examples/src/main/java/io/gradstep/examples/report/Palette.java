package io.gradstep.examples.report;

import java.awt.Color;
import java.util.List;

/**
 * The colours of a theme. Those of lines and bars follow Okabe and Ito, who chose them for eyes that tell few colours
 * apart; each is at least three times as light or as dark as the background (WCAG 1.4.11), for which some are shifted.
 */
record Palette(Color background, Color text, Color muted, Color grid, List<Color> lines, List<Color> bars) {
    private static final Palette LIGHT = new Palette(
            color(0xffffff),
            color(0x1b1f24),
            color(0x57606a),
            color(0xd8dee4),
            colors(0x0072b2, 0xd55e00, 0x009370, 0xc0619a, 0x1b1f24, 0xb07d00, 0x3a92cc, 0x882255, 0x767676),
            colors(0x0072b2, 0xd55e00, 0x009370, 0xc0619a));
    private static final Palette DARK = new Palette(
            color(0x14181d),
            color(0xe6edf3),
            color(0xa3adb8),
            color(0x343c46),
            colors(0x56b4e9, 0xff8c42, 0x2fcf9f, 0xf2a7cf, 0xf5f5f5, 0xf0c808, 0x8c9eff, 0xdd6f93, 0x9aa0a6),
            colors(0x56b4e9, 0xff8c42, 0x2fcf9f, 0xf2a7cf));

    static Palette of(Theme theme) {
        return switch (theme) {
            case LIGHT -> LIGHT;
            case DARK -> DARK;
        };
    }

    private static Color color(int rgb) {
        return new Color(rgb);
    }

    private static List<Color> colors(Integer... rgb) {
        return List.of(rgb).stream().map(Palette::color).toList();
    }
}
