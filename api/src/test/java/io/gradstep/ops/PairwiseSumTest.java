package io.gradstep.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.tck.ScenarioTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PairwiseSumTest {
    private static final long SEED = 7;

    /**
     * NumPy 2.4.6: the bits of {@code np.sum(a)} and {@code np.sum(a * a)}, first of the numbers {@code a} that
     * {@code golden/README.md} generates from SEED 7 with scale 2, then of {@code a.astype(np.float64) * 1.1}.
     */
    @ParameterizedTest(name = "{0} numbers")
    @CsvSource({
        "0, 0, 0, 0, 0",
        "1, be61a0f8, 3d46dc59, bfcf06221999999a, 3fae13e33e8789af",
        "7, bf6135f6, 3ff55886, bfeef76b6ccccccc, 40028de4fa3a4ae1",
        "8, bf9c9e25, 40023d59, bff588f1e3333333, 4003b2e1045ca654",
        "9, bffa3f65, 40247be7, c001345bbe666666, 4008e0d20660d469",
        "15, 3e9c0fe8, 40bb5f0c, 3fd575631999999e, 401c570407b71d7c",
        "16, 3ecd822c, 40bbab74, 3fdc41e580000008, 401c629266efb886",
        "127, 40fff5fd, 422f80b4, 402198e96d99999a, 404a8b770e86d19a",
        "128, 4104458a, 422fca5a, 40222ff616cccccd, 404a969b0c8e27fc",
        "129, 4106f352, 422fe70e, 40228e418dffffff, 404a9af27cc73d1f",
        "135, 41241632, 423810b4, 40268fda24cccccc, 404bd701bb055e94",
        "136, 4118361a, 423a44ce, 4024edd6d7ffffff, 404c2c5393e054a8",
        "137, 411190f2, 423af570, 402403edf8cccccc, 404c470acb2464fc",
        "255, 3fef3798, 42a42f19, 4000723920000000, 4058d533f68f9b63",
        "256, 3f96e5f0, 42a522da, 3ff4bf9d40000000, 4058fa1247b5e9a4",
        "257, 3f502980, 42a56759, 3fec9f4c79999990, 4059046e6ac84aa2",
        "1000, c1b8a1e0, 43a3e48a, c039630eabcccccc, 4078c9ed411d4b3e",
        "4096, c2089e1d, 44a9472c, c042c8f0de800001, 40999a71e81b71b6",
        "100003, c2606c38, 47027ccf, c04edbad98e66664, 40e3bc7a32df0ba2",
    })
    void a_sum_has_the_bits_of_numpy(
            int length, String sum, String squares, String sumInDouble, String squaresInDouble) {
        HostTensor floats = generated(length);
        HostTensor doubles = times11Tenths(floats);
        assertThat(bits((float) sumOf(floats))).isEqualTo(sum);
        assertThat(bits((float) PairwiseSum.ofSquares(floats))).isEqualTo(squares);
        assertThat(bits(sumOf(doubles))).isEqualTo(sumInDouble);
        assertThat(bits(PairwiseSum.ofSquares(doubles))).isEqualTo(squaresInDouble);
    }

    /** Else the rows above could not tell the orders apart. */
    @Test
    void from_left_to_right_the_bits_are_others() {
        HostTensor tensor = generated(129);
        float sum = 0;
        for (float value : tensor.floats()) {
            sum += value;
        }
        assertThat(sum).isNotEqualTo((float) sumOf(tensor));
    }

    @Test
    void every_axis_counts() {
        HostTensor row = generated(1000);
        HostTensor cube = HostTensor.of(Shape.of(10, 4, 25), row.floats());
        assertThat(PairwiseSum.ofSquares(cube)).isEqualTo(PairwiseSum.ofSquares(row));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 129})
    void the_sum_of_negative_zeros_is_zero(int length) {
        assertThat(bits(PairwiseSum.of(DType.FLOAT64, length, i -> -0.0))).isEqualTo("0");
    }

    private static double sumOf(HostTensor tensor) {
        return PairwiseSum.of(tensor.dtype(), tensor.length(), tensor::get);
    }

    private static HostTensor generated(int length) {
        return ScenarioTensor.generated(SEED, 2, Shape.of(length));
    }

    private static HostTensor times11Tenths(HostTensor floats) {
        HostTensor doubles = HostTensor.filled(DType.FLOAT64, floats.shape(), 0);
        for (int i = 0; i < floats.length(); i++) {
            doubles.set(i, floats.get(i) * 1.1);
        }
        return doubles;
    }

    private static String bits(float value) {
        return Integer.toHexString(Float.floatToRawIntBits(value));
    }

    private static String bits(double value) {
        return Long.toHexString(Double.doubleToRawLongBits(value));
    }
}
