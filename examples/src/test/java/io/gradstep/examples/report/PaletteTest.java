package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaletteTest {
    /** As WCAG 2.2 defines it. */
    private static double contrast(Color one, Color other) {
        double lighter = Math.max(luminance(one), luminance(other));
        double darker = Math.min(luminance(one), luminance(other));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(Color color) {
        DoubleUnaryOperator linear = share -> share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
        return 0.2126 * linear.applyAsDouble(color.getRed() / 255.0)
                + 0.7152 * linear.applyAsDouble(color.getGreen() / 255.0)
                + 0.0722 * linear.applyAsDouble(color.getBlue() / 255.0);
    }

    @ParameterizedTest
    @EnumSource(Theme.class)
    void text_can_be_read(Theme theme) {
        Palette palette = Palette.of(theme);
        assertThat(List.of(palette.text(), palette.muted()))
                .allSatisfy(color ->
                        assertThat(contrast(color, palette.background())).isGreaterThanOrEqualTo(4.5));
    }

    @ParameterizedTest
    @EnumSource(Theme.class)
    void lines_and_bars_stand_off_from_the_background(Theme theme) {
        Palette palette = Palette.of(theme);
        assertThat(Stream.concat(palette.lines().stream(), palette.bars().stream()))
                .allSatisfy(color ->
                        assertThat(contrast(color, palette.background())).isGreaterThanOrEqualTo(3));
    }

    @ParameterizedTest
    @EnumSource(Theme.class)
    void each_line_and_each_kind_of_bars_has_a_colour_of_its_own(Theme theme) {
        assertThat(Palette.of(theme).lines()).hasSize(LineChart.MOST_LINES).doesNotHaveDuplicates();
        assertThat(Palette.of(theme).bars()).hasSize(BarChart.MOST_GROUPS).doesNotHaveDuplicates();
    }

    /** In grey only shapes and dashes are left. */
    @Test
    void each_line_has_a_marker_of_its_own() {
        List<Set<Integer>> markers = IntStream.range(0, LineChart.MOST_LINES)
                .mapToObj(line -> covered(Marker.at(line, 0, 0, 10)))
                .toList();
        for (int one = 0; one < markers.size(); one++) {
            for (int other = 0; other < one; other++) {
                Set<Integer> common = new HashSet<>(markers.get(one));
                common.retainAll(markers.get(other));
                int larger =
                        Math.max(markers.get(one).size(), markers.get(other).size());
                assertThat(common).as("of %s and %s", one, other).hasSizeLessThan(larger * 19 / 20);
            }
        }
    }

    private static Set<Integer> covered(Shape shape) {
        return IntStream.range(0, 30 * 30)
                .filter(at -> shape.contains(at % 30 - 14.5, Math.floorDiv(at, 30) - 14.5))
                .boxed()
                .collect(Collectors.toSet());
    }

    @Test
    void lines_after_each_other_differ_in_their_dashes() {
        List<List<Float>> dashes = IntStream.range(0, LineChart.MOST_LINES)
                .mapToObj(line -> LineStyle.of(line, LineChart.MOST_LINES, Palette.of(Theme.LIGHT)))
                .map(style -> dashes(style.stroke()))
                .toList();
        for (int line = 1; line < dashes.size(); line++) {
            assertThat(dashes.get(line)).isNotEqualTo(dashes.get(line - 1));
        }
        assertThat(dashes.stream().filter(dash -> !dash.isEmpty())).doesNotHaveDuplicates();
    }

    private static List<Float> dashes(BasicStroke stroke) {
        float[] dashes = stroke.getDashArray();
        return dashes == null
                ? List.of()
                : IntStream.range(0, dashes.length).mapToObj(at -> dashes[at]).toList();
    }
}
