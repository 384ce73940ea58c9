package io.gradstep.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the golden file does not say about Keras's six. Numbers come from Keras 3.15.1 on NumPy. */
class SchedulesTest {
    static Stream<Arguments> checked() {
        LearningRateSchedule piecewise = new PiecewiseConstantDecay(List.of(2L, 4L), List.of(1.0, 0.5, 0.1));
        LearningRateSchedule cycling = new PolynomialDecay(0.1, 10, 0.01, 2, true);
        return Stream.of(
                Arguments.of(new ExponentialDecay(0.1, 10, 0.96), 1, "0.0995926186"),
                Arguments.of(new ExponentialDecay(0.1, 10, 0.96), 25, "0.0902979895"),
                Arguments.of(new ExponentialDecay(0.1, 10, 0.96, true), 19, "0.0960000008"),
                Arguments.of(piecewise, 2, "1"),
                Arguments.of(piecewise, 3, "0.5"),
                Arguments.of(piecewise, 4, "0.5"),
                Arguments.of(piecewise, 5, "0.1"),
                Arguments.of(new PolynomialDecay(0.1, 10), 5, "0.0500500016"),
                Arguments.of(new PolynomialDecay(0.1, 10), 11, "9.99999975e-05"),
                Arguments.of(cycling, 1, "0.0828999951"),
                Arguments.of(cycling, 10, "0.00999999978"),
                Arguments.of(cycling, 11, "0.0282249991"),
                Arguments.of(cycling, 15, "0.015625"),
                Arguments.of(cycling, 20, "0.00999999978"),
                Arguments.of(new InverseTimeDecay(0.1, 10, 0.5), 1, "0.0952381045"),
                Arguments.of(new InverseTimeDecay(0.1, 10, 0.5), 33, "0.0377358496"),
                Arguments.of(new InverseTimeDecay(0.1, 10, 0.5, true), 33, "0.0399999991"),
                Arguments.of(new CosineDecay(0.1, 10, 0.1, 0.2, 2.5), 2, "0.18"),
                Arguments.of(new CosineDecay(0.1, 10, 0, 0.2, 0), 0, "0.2"),
                // 1 - alpha in double, and in float32: apart here, where NumPy's cosine is exact.
                Arguments.of(new CosineDecay(0.1, 10, 0.8), 3, "0.095877856"),
                Arguments.of(new CosineDecayRestarts(0.1, 10, 2, 1, 0.8), 3, "0.0958778486"));
    }

    @ParameterizedTest
    @MethodSource("checked")
    void rates_have_the_bits_of_keras(LearningRateSchedule schedule, long step, String expected) {
        assertThat(schedule.at(step)).isEqualTo((double) Float.parseFloat(expected));
    }

    static Stream<Arguments> checkedCosines() {
        LearningRateSchedule decay = new CosineDecay(0.1, 10, 0.1);
        LearningRateSchedule warmUp = new CosineDecay(0.01, 10, 0.1, 0.1, 4);
        LearningRateSchedule restarts = new CosineDecayRestarts(0.1, 10);
        LearningRateSchedule longer = new CosineDecayRestarts(0.1, 10, 3, 0.5, 0.1);
        LearningRateSchedule equallyLong = new CosineDecayRestarts(0.1, 10, 1, 0.5, 0);
        return Stream.of(
                Arguments.of(decay, 1, "0.0977975428"),
                Arguments.of(decay, 5, "0.054999996"),
                Arguments.of(decay, 11, "0.0100000007"),
                Arguments.of(warmUp, 0, "0.00999999978"),
                Arguments.of(warmUp, 1, "0.0324999988"),
                Arguments.of(warmUp, 4, "0.1"),
                Arguments.of(warmUp, 14, "0.0100000007"),
                Arguments.of(restarts, 9, "0.00244717603"),
                Arguments.of(restarts, 10, "0.1"),
                Arguments.of(restarts, 29, "0.00061558187"),
                Arguments.of(restarts, 30, "0.1"),
                Arguments.of(longer, 10, "0.0550000034"),
                Arguments.of(longer, 40, "0.0324999988"),
                Arguments.of(longer, 400, "0.015625"),
                Arguments.of(equallyLong, 10, "0.05"),
                Arguments.of(equallyLong, 19, "0.00122358801"),
                Arguments.of(new CosineDecayRestarts(0.1, 3, 1, 1, 0), 5000, "0.025005532"));
    }

    /** NumPy's float32 cosine is off by up to a few ULP: 1e-6 of the rate, 1e-7 of the highest one near its minimum. */
    @ParameterizedTest
    @MethodSource("checkedCosines")
    void cosines_are_near_those_of_keras(LearningRateSchedule schedule, long step, String expected) {
        double rate = Float.parseFloat(expected);
        assertThat(schedule.at(step)).isCloseTo(rate, within(Math.max(1e-6 * rate, 1e-7 * 0.1)));
    }

    /** Seen in Keras: C's pow, not Java's. */
    @Test
    void one_to_any_power_is_one() {
        assertThat(new PolynomialDecay(0.1, 10, 0.01, Double.POSITIVE_INFINITY, false).at(0))
                .isEqualTo((double) 0.1f);
        assertThat(new ExponentialDecay(0.1, Double.NaN, 1).at(3)).isEqualTo((double) 0.1f);
    }

    /** Seen in Keras: it adds up 1 or 0 times each value. */
    @Test
    void an_infinite_value_is_nan_outside_its_piece() {
        LearningRateSchedule schedule = new PiecewiseConstantDecay(List.of(3L), List.of(Double.POSITIVE_INFINITY, 0.2));
        assertThat(schedule.at(3)).isInfinite();
        assertThat(schedule.at(4)).isNaN();
    }

    /** Float32 has no 2^24 + 1, so the step and the boundary meet only as integers. */
    @Test
    void pieces_are_compared_as_integers() {
        LearningRateSchedule schedule = new PiecewiseConstantDecay(List.of(1L << 24), List.of(0.5, 0.25));
        assertThat(schedule.at(1 << 24)).isEqualTo(0.5);
        assertThat(schedule.at((1 << 24) + 1)).isEqualTo(0.25);
    }

    @Test
    void defaults_are_those_of_keras() {
        List<Long> boundaries = List.of(10L);
        List<Double> values = List.of(0.1, 0.01);
        assertThat(new ExponentialDecay(0.1, 1000, 0.96))
                .isEqualTo(new ExponentialDecay(0.1, 1000, 0.96, false, "ExponentialDecay"))
                .isEqualTo(new ExponentialDecay(0.1, 1000, 0.96, false));
        assertThat(new PiecewiseConstantDecay(boundaries, values))
                .isEqualTo(new PiecewiseConstantDecay(boundaries, values, "PiecewiseConstant"));
        assertThat(new PolynomialDecay(0.1, 1000))
                .isEqualTo(new PolynomialDecay(0.1, 1000, 0.0001, 1.0, false, "PolynomialDecay"))
                .isEqualTo(new PolynomialDecay(0.1, 1000, 0.0001, 1.0, false));
        assertThat(new InverseTimeDecay(0.1, 1000, 0.5))
                .isEqualTo(new InverseTimeDecay(0.1, 1000, 0.5, false, "InverseTimeDecay"))
                .isEqualTo(new InverseTimeDecay(0.1, 1000, 0.5, false));
        assertThat(new CosineDecay(0.1, 1000))
                .isEqualTo(new CosineDecay(0.1, 1000, 0.0, "CosineDecay", null, 0))
                .isEqualTo(new CosineDecay(0.1, 1000, 0.0));
        assertThat(new CosineDecay(0.1, 1000, 0.2, 0.3, 4))
                .isEqualTo(new CosineDecay(0.1, 1000, 0.2, "CosineDecay", 0.3, 4));
        assertThat(new CosineDecayRestarts(0.1, 1000))
                .isEqualTo(new CosineDecayRestarts(0.1, 1000, 2.0, 1.0, 0.0, "SGDRDecay"))
                .isEqualTo(new CosineDecayRestarts(0.1, 1000, 2.0, 1.0, 0.0));
    }

    @Test
    void schedules_are_equal_by_value() {
        assertThat(new CosineDecay(0.1, 10, 0.2, 0.3, 4))
                .isEqualTo(new CosineDecay(0.1, 10, 0.2, 0.3, 4))
                .hasSameHashCodeAs(new CosineDecay(0.1, 10, 0.2, 0.3, 4))
                .isNotEqualTo(new CosineDecay(0.1, 10, 0.2, 0.3, 5))
                .isNotEqualTo(new CosineDecay(0.1, 10, 0.2));
        assertThat(new ExponentialDecay(0.1, 10, 0.5, false, null))
                .isEqualTo(new ExponentialDecay(0.1, 10, 0.5, false, null))
                .isNotEqualTo(new ExponentialDecay(0.1, 10, 0.5));
    }

    @Test
    void a_piecewise_schedule_keeps_its_own_lists() {
        List<Long> boundaries = new ArrayList<>(List.of(2L));
        List<Double> values = new ArrayList<>(List.of(1.0, 0.5));
        PiecewiseConstantDecay schedule = new PiecewiseConstantDecay(boundaries, values);
        boundaries.set(0, 0L);
        values.set(0, 0.0);
        assertThat(schedule.at(1)).isEqualTo(1.0);
        assertThatThrownBy(() -> schedule.boundaries().add(3L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> schedule.values().add(3.0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whole_step_counts_are_written_as_integers_and_others_as_they_are() {
        assertThat(new CosineDecay(0.1, 10, 0, 0.2, 4).config())
                .containsEntry("decay_steps", 10L)
                .containsEntry("warmup_steps", 4L);
        assertThat(new CosineDecay(0.1, 10.5, 0, 0.2, 2.5).config())
                .containsEntry("decay_steps", 10.5)
                .containsEntry("warmup_steps", 2.5);
        assertThat(new CosineDecayRestarts(0.1, 0.5).config()).containsEntry("first_decay_steps", 0.5);
        assertThat(new ExponentialDecay(0.1, 0x1p63, 0.5).config()).containsEntry("decay_steps", 0x1p63);
        assertThat(new ExponentialDecay(0.1, Double.POSITIVE_INFINITY, 0.5).config())
                .containsEntry("decay_steps", Double.POSITIVE_INFINITY);
    }

    @Test
    void config_and_serialized_stand_in_the_order_of_keras() {
        LearningRateSchedule schedule = new CosineDecay(0.1, 10);
        assertThat(schedule.config().toString())
                .isEqualTo("{initial_learning_rate=0.1, decay_steps=10, alpha=0.0, name=CosineDecay,"
                        + " warmup_target=null, warmup_steps=0}");
        assertThat(schedule.serialize().toString())
                .isEqualTo("{module=keras.optimizers.schedules, class_name=CosineDecay, config=" + schedule.config()
                        + ", registered_name=null}");
    }

    @Test
    void a_config_is_the_callers_own() {
        LearningRateSchedule schedule = new PolynomialDecay(0.1, 10);
        Map<String, Object> config = schedule.config();
        config.clear();
        assertThat(schedule.config()).hasSize(6);
    }

    static Stream<Arguments> bySteps() {
        return Stream.of(
                steps("decay_steps", steps -> new ExponentialDecay(0.1, steps, 0.5)),
                steps("decay_steps", steps -> new PolynomialDecay(0.1, steps)),
                steps("decay_steps", steps -> new InverseTimeDecay(0.1, steps, 0.5)),
                steps("decay_steps", steps -> new CosineDecay(0.1, steps)),
                steps("first_decay_steps", steps -> new CosineDecayRestarts(0.1, steps)));
    }

    private static Arguments steps(String argument, DoubleFunction<LearningRateSchedule> schedule) {
        return Arguments.of(argument, schedule);
    }

    @ParameterizedTest
    @MethodSource("bySteps")
    void there_are_more_than_0_steps(String argument, DoubleFunction<LearningRateSchedule> schedule) {
        for (String steps : List.of("0", "-1", "-2.5", "-Infinity")) {
            assertThatThrownBy(() -> schedule.apply(Double.parseDouble(steps)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Argument `%s` must be > 0. Received: %s=%s", argument, argument, steps);
        }
        assertThatCode(() -> schedule.apply(0.5)).doesNotThrowAnyException();
        assertThat(schedule.apply(Double.NaN).at(3)).isNaN();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "1, 3", "0, 0"})
    void there_is_one_value_more_than_boundaries(int boundaryCount, int valueCount) {
        List<Long> boundaries = List.of(1L, 2L).subList(0, boundaryCount);
        List<Double> values = List.of(1.0, 2.0, 0.5).subList(0, valueCount);
        assertThatThrownBy(() -> new PiecewiseConstantDecay(boundaries, values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The length of boundaries should be 1 less than the length of values. Received: boundaries="
                        + boundaries + " of length " + boundaryCount + ", and values=" + values + " of length "
                        + valueCount + ".");
    }

    @Test
    void there_is_no_null_among_boundaries_and_values() {
        assertThatThrownBy(() -> new PiecewiseConstantDecay(null, List.of(1.0)))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> new PiecewiseConstantDecay(List.of(1L), Arrays.asList(1.0, null)))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void no_boundaries_fail_when_called() {
        LearningRateSchedule schedule = new PiecewiseConstantDecay(List.of(), List.of(1.0));
        assertThat(schedule.config()).containsEntry("boundaries", List.of());
        assertThatThrownBy(() -> schedule.at(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "There must be at least one boundary. Received: boundaries=[]. Use the number for one rate");
    }

    static Stream<Function<String, LearningRateSchedule>> byName() {
        return Stream.of(
                name -> new ExponentialDecay(0.1, 10, 0.5, false, name),
                name -> new PiecewiseConstantDecay(List.of(1L), List.of(0.1, 0.2), name),
                name -> new PolynomialDecay(0.1, 10, 0.01, 1, false, name),
                name -> new InverseTimeDecay(0.1, 10, 0.5, false, name),
                name -> new CosineDecay(0.1, 10, 0, name, null, 0),
                name -> new CosineDecay(0.1, 10, 0, name, 0.2, 5),
                name -> new CosineDecayRestarts(0.1, 10, 2, 1, 0, name));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"a/b", "/"})
    void a_bad_name_fails_when_called(String name) {
        assertThat(byName()).hasSize(7).allSatisfy(named -> {
            LearningRateSchedule schedule = named.apply(name);
            assertThat(schedule.config()).containsEntry("name", name);
            assertThatThrownBy(() -> schedule.at(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Argument `name` must be a string and cannot contain character `/`. Received: name="
                            + name);
        });
    }

    @ParameterizedTest
    @MethodSource("byName")
    void an_empty_name_is_a_name(Function<String, LearningRateSchedule> named) {
        assertThat(named.apply("").at(3)).isEqualTo(named.apply("other").at(3));
    }
}
