package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Hdf5ChecksumTest {
    private static int of(byte[] bytes) {
        return Hdf5Checksum.of(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), bytes.length);
    }

    @Test
    void it_has_the_values_that_stand_in_lookup3() {
        assertThat(of(new byte[0])).isEqualTo(0xdeadbeef);
        assertThat(of("Four score and seven years ago".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(0x17770551);
    }

    @Test
    void it_has_the_value_that_the_hdf5_library_wrote_into_a_superblock() {
        byte[] block = HexFormat.of()
                .parseHex("894844460d0a1a0a030808000000000000000000ffffffffffffffff36010000000000003000000000000000");
        assertThat(of(block)).isEqualTo(0x5e9df68c);
    }

    /** Made by a transcription of lookup3 into another language, for all ways in which a block can end. */
    @ParameterizedTest
    @CsvSource({
        "1, 7fa31d70",
        "3, e529ba1c",
        "4, 0aac8380",
        "5, 9a969c8e",
        "8, a1fa5de0",
        "11, 89999490",
        "12, 66492ee9",
        "13, e26328a3",
        "23, 077ecc75",
        "24, 14f4026d",
        "25, 5978c12b",
        "36, 458f459b",
        "37, 1ce4eebe"
    })
    void it_has_the_right_value_for_every_length(int length, String expected) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (7 * i + 250);
        }
        assertThat(Integer.toHexString(of(bytes))).isEqualTo(expected.replaceFirst("^0", ""));
    }

    @Test
    void what_follows_the_bytes_does_not_count() {
        ByteBuffer bytes = ByteBuffer.wrap("Four score and seven years ago, more".getBytes(StandardCharsets.US_ASCII));
        assertThat(Hdf5Checksum.of(bytes.position(5), 30)).isEqualTo(0x17770551);
    }
}
