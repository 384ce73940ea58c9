package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
    /** Title, axes and plot end above it, the legend is below. */
    private static final int LEGEND_ROW = 2 * 450;

    private static final int NARROW_LEGEND_ROW = 2 * 310;

    private static final List<Color> COLORS = Palette.of(Theme.LIGHT).lines();

    private static Line line(String name, int points, DoubleUnaryOperator value) {
        return new Line(
                name,
                IntStream.rangeClosed(1, points)
                        .mapToObj(x -> new Point(x, value.applyAsDouble(x)))
                        .toList());
    }

    private static LineChart chart(Scale scale, Line... lines) {
        return new LineChart("some", "Some lines", Axis.linear("step"), new Axis("loss (nats)", scale), List.of(lines));
    }

    private static LineChart equalLines(int count) {
        return chart(
                Scale.LINEAR,
                IntStream.range(0, count)
                        .mapToObj(at -> line("line " + at, 20, x -> 2 * Math.exp(-x / 4)))
                        .toArray(Line[]::new));
    }

    private static BarChart bars(Scale scale, List<String> categories, Bars... groups) {
        return new BarChart("bars", "Some bars", "time (ms)", scale, categories, List.of(groups));
    }

    private static Bars group(double... values) {
        return new Bars("group", Arrays.stream(values).mapToObj(Bar::new).toList());
    }

    @ParameterizedTest
    @EnumSource(Width.class)
    void a_picture_has_two_pixels_for_each_of_the_page(Width width) {
        Pixels pixels = Pixels.of(Pictures.png(equalLines(6), Theme.LIGHT, width));
        assertThat(pixels.width()).isEqualTo(2 * width.pixels());
        assertThat(pixels.height()).isBetween(2 * 300, 2 * 600);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 9})
    void lines_over_each_other_show_each_in_its_colour(int count) {
        Pixels pixels = Pixels.of(equalLines(count));
        for (Color color : COLORS.subList(0, count)) {
            assertThat(pixels.count(color, 0, LEGEND_ROW))
                    .as("pixels in %s", color)
                    .isGreaterThan(300);
        }
    }

    @ParameterizedTest
    @EnumSource(Theme.class)
    void a_theme_has_its_background_and_colours(Theme theme) {
        Palette palette = Palette.of(theme);
        Pixels pixels = Pixels.of(Pictures.png(equalLines(2), theme, Width.PHONE));
        assertThat(pixels.count(palette.background())).isGreaterThan((long) pixels.width() * pixels.height() / 2);
        assertThat(pixels.count(palette.lines().get(1))).isGreaterThan(300);
    }

    @Test
    void the_same_chart_gives_the_same_bytes() {
        assertThat(Pictures.png(equalLines(6), Theme.DARK, Width.PHONE))
                .isEqualTo(Pictures.png(equalLines(6), Theme.DARK, Width.PHONE));
    }

    @Test
    void a_longer_legend_makes_the_picture_higher_and_leaves_the_plot() {
        Line one = line("short", 20, x -> x);
        Line longer = new Line("a long name ".repeat(30), one.points());
        Pixels before = Pixels.of(chart(Scale.LINEAR, one));
        Pixels after = Pixels.of(chart(Scale.LINEAR, longer));
        assertThat(after.height()).isGreaterThan(before.height());
        assertThat(after.sameRows(before, 0, LEGEND_ROW)).isTrue();
    }

    @Test
    void a_zero_on_a_logarithmic_axis_has_a_line_below_the_others() {
        Pixels pixels = Pixels.of(chart(Scale.LOGARITHMIC, line("zero", 20, x -> 0), line("one", 20, x -> 1)));
        assertThat(pixels.rowWithMost(COLORS.get(0))).isGreaterThan(pixels.rowWithMost(COLORS.get(1)) + 50);
    }

    /** In one decade there is room for two ticks alone: those at its ends. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 1.25})
    void a_single_decade_has_lines_at_its_ends(double value) {
        Pixels pixels = Pixels.of(chart(Scale.LOGARITHMIC, line("within", 1, x -> value)));
        Color grid = Palette.of(Theme.LIGHT).grid();
        assertThat(IntStream.range(0, pixels.height()).filter(row -> pixels.inRow(grid, row) > pixels.width() / 2))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void equal_ratios_are_equal_distances_on_a_logarithmic_axis() {
        Pixels pixels = Pixels.of(
                chart(Scale.LOGARITHMIC, line("1", 20, x -> 1), line("10", 20, x -> 10), line("100", 20, x -> 100)));
        int first = pixels.rowWithMost(COLORS.get(0)) - pixels.rowWithMost(COLORS.get(1));
        int second = pixels.rowWithMost(COLORS.get(1)) - pixels.rowWithMost(COLORS.get(2));
        assertThat(first).isGreaterThan(100).isCloseTo(second, within(12));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 100})
    void a_spread_is_drawn(int points) {
        List<Point> spread = IntStream.rangeClosed(1, points)
                .mapToObj(x -> new Point(x, 5, 1, 9))
                .toList();
        // The second line has the same range, so that both pictures have the same axis.
        Line range = line("range", 2, x -> x == 1 ? 1 : 9);
        Pixels with = Pixels.of(chart(Scale.LINEAR, new Line("spread", spread), range));
        Pixels without = Pixels.of(chart(Scale.LINEAR, line("spread", points, x -> 5), range));
        Color background = Palette.of(Theme.LIGHT).background();
        assertThat(with.count(background)).isLessThan(without.count(background) - 500);
    }

    @Test
    void a_value_that_is_no_number_leaves_a_gap() {
        Line whole = line("whole", 100, x -> 5);
        Line gap = line("gap", 100, x -> x > 30 && x < 80 ? Double.NaN : 5);
        long drawn = Pixels.of(chart(Scale.LINEAR, whole)).count(COLORS.get(0), 0, LEGEND_ROW);
        long left = Pixels.of(chart(Scale.LINEAR, gap)).count(COLORS.get(0), 0, LEGEND_ROW);
        assertThat(left).isBetween(drawn * 3 / 10, drawn * 7 / 10);
    }

    static Stream<double[]> values_of_every_kind() {
        return Stream.of(
                new double[] {5},
                new double[] {0},
                new double[] {5, 5, 5},
                new double[] {-3, -3},
                new double[] {1e-12, 1.1e-12},
                new double[] {1, Math.nextUp(1.0)},
                new double[] {1e18, 1e18 + 1024},
                new double[] {0, 0, 1e6},
                new double[] {-1, 0, 1},
                new double[] {1, Double.NaN, 3},
                new double[] {1, Double.POSITIVE_INFINITY, 3},
                new double[] {Double.NEGATIVE_INFINITY, 2},
                new double[] {Double.MIN_VALUE, 1e-300, 1},
                new double[] {1e-200, 1e200},
                new double[] {-1e299, 1e299},
                new double[] {3, 1.7e308});
    }

    @ParameterizedTest
    @MethodSource("values_of_every_kind")
    void values_of_every_kind_are_drawn(double... values) {
        for (Scale scale : Scale.values()) {
            boolean shown = Arrays.stream(values)
                    .anyMatch(value -> Double.isFinite(value) && (scale == Scale.LINEAR || value >= 0));
            Line line = line("values", values.length, x -> values[(int) x - 1]);
            Pixels lines = Pixels.of(Pictures.png(chart(scale, line), Theme.LIGHT, Width.PHONE));
            assertThat(lines.count(COLORS.get(0), 0, NARROW_LEGEND_ROW) > 0)
                    .as("%s", scale)
                    .isEqualTo(shown);
            BarChart bars = bars(scale, Collections.nCopies(values.length, "name"), group(values));
            assertThat(Pixels.of(Pictures.png(bars, Theme.LIGHT, Width.PHONE)).height())
                    .isGreaterThan(100);
        }
    }

    static Stream<Chart> charts_without_values() {
        return Stream.of(
                chart(Scale.LINEAR),
                chart(Scale.LOGARITHMIC),
                chart(Scale.LINEAR, new Line("empty", List.of())),
                chart(Scale.LOGARITHMIC, line("NaN", 3, x -> Double.NaN)),
                new LineChart("a", "", Axis.logarithmic(""), Axis.logarithmic(""), List.of(new Line("", List.of()))),
                bars(Scale.LINEAR, List.of()),
                bars(Scale.LOGARITHMIC, List.of("one")),
                bars(Scale.LOGARITHMIC, List.of("one"), group(Double.NaN)));
    }

    @ParameterizedTest
    @MethodSource("charts_without_values")
    void a_chart_without_values_is_a_picture(Chart chart) {
        for (Width width : Width.values()) {
            assertThat(Pixels.of(Pictures.png(chart, Theme.LIGHT, width)).width())
                    .isEqualTo(2 * width.pixels());
        }
    }

    @Test
    void a_bar_is_as_long_as_its_value() {
        Color color = Palette.of(Theme.LIGHT).bars().get(0);
        BarChart half = bars(Scale.LINEAR, List.of("a", "b"), group(Double.NaN, 40), group(80, 40));
        BarChart whole = bars(Scale.LINEAR, List.of("a", "b"), group(80, 40), group(80, 40));
        assertThat(Pixels.of(whole).longestRow(color))
                .isCloseTo(2 * Pixels.of(half).longestRow(color), within(8L));
    }

    @Test
    void an_absent_bar_is_not_drawn() {
        Color color = Palette.of(Theme.LIGHT).bars().get(0);
        Pixels absent =
                Pixels.of(bars(Scale.LOGARITHMIC, List.of("a"), new Bars("fused", List.of(Bar.NONE)), group(3)));
        // Only its sample in the legend.
        assertThat(absent.longestRow(color)).isLessThanOrEqualTo(2 * (long) Legend.SAMPLE_WIDTH);
    }

    @Test
    void a_long_name_of_a_category_takes_more_lines_on_a_phone() {
        BarChart shorter = bars(Scale.LINEAR, List.of("a", "b"), group(1, 2));
        BarChart longer = bars(Scale.LINEAR, List.of("a", "a name of many words ".repeat(8)), group(1, 2));
        assertThat(Pixels.of(Pictures.png(longer, Theme.LIGHT, Width.PHONE)).height())
                .isGreaterThan(Pixels.of(Pictures.png(shorter, Theme.LIGHT, Width.PHONE))
                                .height()
                        + 2 * 30);
    }

    @Test
    void bars_differ_in_grey_by_their_patterns() {
        Bars group = group(50);
        Pixels pixels = Pixels.of(bars(Scale.LINEAR, List.of("a"), group, group, group, group));
        List<Long> filled =
                Palette.of(Theme.LIGHT).bars().stream().map(pixels::count).toList();
        // Full, crossed, striped, empty.
        assertThat(filled.get(0)).isGreaterThan(filled.get(3) * 5 / 4);
        assertThat(filled.get(3)).isGreaterThan(filled.get(1) * 5 / 4);
        assertThat(filled.get(1)).isGreaterThan(filled.get(2) * 5 / 4);
    }
}
