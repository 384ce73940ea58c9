package io.gradstep.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | 0",
                "-0.0 | 0 | 0",
                "1 | 1 | 1",
                "-2.5 | −2.5 | −2.5",
                "0.30000000000000004 | 0.3 | 0.3",
                "0.021512 | 0.0215 | 0.0215",
                "0.0001 | 0.0001 | 0.0001",
                "0.00001234 | 1.23e-5 | 1.23e-5",
                "999.6 | 1k | 1,000",
                "1000 | 1k | 1,000",
                "1234.5 | 1.23k | 1,230",
                "80000 | 80k | 80,000",
                "99999 | 100k | 100k",
                "999999 | 1M | 1M",
                "16777216 | 16.8M | 16.8M",
                "2e9 | 2G | 2G",
                "999e9 | 999G | 999G",
                "1e12 | 1e12 | 1e12",
                "-1.5e300 | −1.5e300 | −1.5e300",
                "NaN | NaN | NaN",
                "Infinity | ∞ | ∞",
                "-Infinity | −∞ | −∞"
            })
    void a_number_has_few_digits(double value, String atTick, String alone) {
        assertThat(Numbers.tick(value)).isEqualTo(atTick);
        assertThat(Numbers.label(value)).isEqualTo(alone);
    }
}
