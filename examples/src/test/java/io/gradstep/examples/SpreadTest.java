package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.examples.bench.Spread;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpreadTest {
    @ParameterizedTest
    @CsvSource({"7, 7, 7, 7", "4 1 3 2 5, 3, 2, 4", "1 2, 1.5, 1.25, 1.75", "9 0 0 0, 0, 0, 2.25"})
    void the_middle_half_lies_between_the_quartiles(String values, double median, double low, double high) {
        double[] times = Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();

        assertThat(Spread.of(times)).isEqualTo(new Spread(median, low, high));
    }

    @Test
    void nothing_has_no_spread() {
        assertThatThrownBy(() -> Spread.of()).hasMessageContaining("at least one value");
    }

    @Test
    void of_one_value_the_deviation_is_0() {
        assertThat(Mean.of(List.of(3.0))).isEqualTo(new Mean(3, 0, 1));
    }

    @Test
    void of_several_values_it_is_that_of_a_sample() {
        assertThat(Mean.of(List.of(1.0, 3.0))).isEqualTo(new Mean(2, Math.sqrt(2), 2));
        assertThat(Mean.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0))).isEqualTo(new Mean(3, Math.sqrt(2.5), 5));
    }

    @Test
    void a_training_that_diverged_has_no_mean() {
        assertThat(Mean.of(List.of(1.0, Double.NaN)).value()).isNaN();
    }
}
