package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Float16Test {
    private static final int INFINITY = 0x7c00;
    private static final int LARGEST = 0x7bff;

    @Test
    void all_have_the_values_that_numpy_gives_them() throws NoSuchAlgorithmException {
        ByteBuffer floats = ByteBuffer.allocate(65_536 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 65_536; bits++) {
            floats.putInt(Float.floatToIntBits(Float16.toFloat((short) bits)));
        }
        // Of numpy.arange(65536, dtype="<u2").view("<f2").astype("<f4"), every NaN replaced by 0x7fc00000.
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(floats.array())))
                .isEqualTo("385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259");
    }

    @Test
    void all_have_the_values_of_the_formula() {
        for (int bits = 0; bits <= LARGEST; bits++) {
            int exponent = bits >> 10;
            int mantissa = bits & 1023;
            BigDecimal units = BigDecimal.valueOf(exponent == 0 ? mantissa : 1024 + mantissa)
                    .multiply(BigDecimal.valueOf(2).pow(Math.max(exponent, 1) - 1));
            BigDecimal value = units.divide(BigDecimal.valueOf(2).pow(24));
            assertThat(new BigDecimal(Float16.toFloat((short) bits)).compareTo(value))
                    .as("%x", bits)
                    .isZero();
        }
    }

    @Test
    void all_come_back() {
        for (int bits = 0; bits < 65_536; bits++) {
            float value = Float16.toFloat((short) bits);
            if (Float.isNaN(value)) {
                assertThat(Float16.toFloat(Float16.of(value))).isNaN();
            } else {
                assertThat(Float16.of(value)).as("%x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void what_lies_between_two_goes_to_the_nearer_and_from_the_middle_to_the_even_one() {
        for (int bits = 0; bits <= LARGEST; bits++) {
            double value = Float16.toFloat((short) bits);
            double next = bits == LARGEST ? 65_536 : Float16.toFloat((short) (bits + 1));
            double middle = (value + next) / 2;
            int even = bits % 2 == 0 ? bits : bits + 1;
            assertRounds(Math.nextDown(middle), bits);
            assertRounds(middle, even);
            assertRounds(Math.nextUp(middle), bits + 1);
        }
    }

    private static void assertRounds(double value, int bits) {
        assertThat(Float16.of(value)).as("%s", value).isEqualTo((short) bits);
        assertThat(Float16.of(-value)).as("-%s", value).isEqualTo((short) (0x8000 | bits));
    }

    @Test
    void what_is_too_large_is_infinite_and_what_is_too_small_is_zero_with_its_sign() {
        for (double large : new double[] {65_520, 1e5, Float.MAX_VALUE, 1e300, Double.POSITIVE_INFINITY}) {
            assertRounds(large, INFINITY);
        }
        for (double small : new double[] {0, Double.MIN_VALUE, 1e-300, Float.MIN_VALUE, 0x1p-25}) {
            assertRounds(small, 0);
        }
    }
}
