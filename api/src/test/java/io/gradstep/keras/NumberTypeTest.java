package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.keras.NumberType.Kind;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.tck.Bits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTypeTest {
    @TempDir
    private Path folder;

    /** As NumPy writes it. */
    private static NumberType type(String name) {
        Kind kind = switch (name.charAt(1)) {
            case 'f' -> Kind.FLOAT;
            case 'i' -> Kind.SIGNED;
            default -> Kind.UNSIGNED;
        };
        ByteOrder order = name.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        NumberType type = new NumberType(kind, name.charAt(2) - '0', order);
        assertThat(type).hasToString(name);
        return type;
    }

    private HostTensor read(NumberType type, String hex) throws IOException {
        Path file = Files.write(folder.resolve("numbers"), HexFormat.of().parseHex("00" + hex));
        int count = hex.length() / 2 / type.bytes();
        try (FileChannel channel = FileChannel.open(file)) {
            return NumberReader.read(FileStretch.whole(channel), 1, type, Shape.of(count), new DirectBuffer());
        }
    }

    private static String written(NumberType type, HostTensor tensor) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NumberPiece piece = new NumberPiece(tensor, type, new DirectBuffer());
        piece.writeTo(Channels.newChannel(out));
        assertThat(piece.size()).isEqualTo(out.size());
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static HostTensor tensor(DType dtype, double one, double other) {
        HostTensor tensor = HostTensor.filled(dtype, Shape.of(2), one);
        tensor.set(1, other);
        return tensor;
    }

    @ParameterizedTest
    @CsvSource({
        "<f2, FLOAT32, 1.5, -65504, 003efffb",
        ">f2, FLOAT32, 1.5, -65504, 3e00fbff",
        "<f4, FLOAT32, 1.5, -2, 0000c03f000000c0",
        ">f4, FLOAT32, 1.5, -2, 3fc00000c0000000",
        "<f8, FLOAT64, 1.5, -2, 000000000000f83f00000000000000c0",
        ">f8, FLOAT64, 1.5, -2, 3ff8000000000000c000000000000000",
        "|i1, INT32, 127, -128, 7f80",
        "<i2, INT32, 32767, -2, ff7ffeff",
        ">i2, INT32, 32767, -2, 7ffffffe",
        "<i4, INT32, 2147483647, -2147483648, ffffff7f00000080",
        ">i4, INT32, 2147483647, -2147483648, 7fffffff80000000",
        "<i8, INT32, 2147483647, -2147483648, ffffff7f0000000000000080ffffffff",
        ">i8, INT32, 2147483647, -2147483648, 000000007fffffffffffffff80000000",
        "|u1, INT32, 1, 255, 01ff",
        "<u2, INT32, 1, 65535, 0100ffff",
        ">u2, INT32, 1, 65535, 0001ffff",
        "<u4, INT32, 1, 2147483647, 01000000ffffff7f",
        ">u4, INT32, 1, 2147483647, 000000017fffffff",
        "<u8, INT32, 1, 2147483647, 0100000000000000ffffff7f00000000",
        ">u8, INT32, 1, 2147483647, 0000000000000001000000007fffffff",
    })
    void numbers_are_read_and_written(String name, DType dtype, double one, double other, String hex)
            throws IOException {
        NumberType type = type(name);
        HostTensor tensor = tensor(dtype, one, other);
        assertThat(type.dtype()).isEqualTo(dtype);
        assertThat(type.takes(dtype)).isTrue();
        assertThat(type.firstThatDoesNotFit(tensor)).isEqualTo(-1);
        Bits.assertEqual(name, tensor, read(type, hex));
        assertThat(written(type, tensor)).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "<f8, FLOAT32, 0.1, 000000a09999b93f",
        "<f4, FLOAT64, 0.1, cdcccc3d",
        // Once: by way of float32 it would be 0x3c00.
        "<f2, FLOAT64, 1.00048828125000022204, 013c",
        "<f4, FLOAT64, 1e300, 0000807f",
        "<f2, FLOAT32, 1e5, 007c",
    })
    void floats_are_rounded_once(String name, DType dtype, double value, String hex) throws IOException {
        assertThat(type(name).takes(dtype)).isTrue();
        assertThat(written(type(name), HostTensor.filled(dtype, Shape.of(1), value)))
                .isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "<i8, 0000008000000000, 2147483648",
        ">i8, ffffffff7fffffff, -2147483649",
        "<i8, 0000000000000080, -9223372036854775808",
        "<u4, 00000080, 2147483648",
        ">u4, ffffffff, 4294967295",
        "<u8, 0000008000000000, 2147483648",
        "<u8, ffffffffffffffff, above 2⁶³ − 2",
    })
    void integers_that_are_no_int32_are_refused(String name, String hex, String text) {
        NumberType type = type(name);
        assertThatThrownBy(() -> read(type, "00".repeat(type.bytes()) + hex))
                .isInstanceOf(KerasFileException.class)
                .hasMessageContaining("element 1 is " + text);
    }

    @ParameterizedTest
    @CsvSource({
        "|i1, 128, -129",
        "<i2, 32768, -32769",
        "|u1, 256, -1",
        "<u2, 65536, -1",
        "<u4, -1, -2147483648",
        "<u8, -1, -2147483648",
    })
    void integers_that_do_not_fit_are_found(String name, int one, int other) {
        NumberType type = type(name);
        assertThat(type.firstThatDoesNotFit(tensor(DType.INT32, 0, one))).isEqualTo(1);
        assertThat(type.firstThatDoesNotFit(tensor(DType.INT32, other, 0))).isZero();
    }

    @Test
    void floats_and_integers_are_not_exchanged() {
        assertThat(type("<f4").takes(DType.INT32)).isFalse();
        assertThat(type("<i4").takes(DType.FLOAT32)).isFalse();
        assertThat(type("<i8").takes(DType.FLOAT64)).isFalse();
    }

    @Test
    void more_than_fits_into_the_buffer_is_read_and_written() throws IOException {
        int count = DirectBuffer.LONGEST + 3;
        for (String name : new String[] {"<f4", ">f8", "<f2", ">i2", "|u1"}) {
            NumberType type = type(name);
            HostTensor tensor = HostTensor.filled(type.dtype(), Shape.of(count), 1);
            for (int i = 0; i < count; i++) {
                tensor.set(i, i % 101);
            }
            Bits.assertEqual(name, tensor, read(type, written(type, tensor)));
        }
    }
}
