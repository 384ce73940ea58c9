package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileStretchTest {
    @TempDir
    private Path folder;

    private FileChannel channel;

    @BeforeEach
    void open_a_file_of_ten_bytes() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @AfterEach
    void close_it() throws IOException {
        channel.close();
    }

    @Test
    void positions_count_from_the_start() throws IOException {
        FileStretch stretch = FileStretch.part(channel, 3, 4);

        assertThat(stretch.size()).isEqualTo(4);
        assertThat(read(stretch, 0, 4)).containsExactly(3, 4, 5, 6);
        assertThat(read(stretch, 2, 1)).containsExactly(5);
        assertThat(read(stretch, 4, 0)).isEmpty();
        assertThat(read(FileStretch.whole(channel), 9, 1)).containsExactly(9);
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "3, 2", "0, 5", "-1, 1", "-3, 3", "5, 0", "9223372036854775807, 1", "-9223372036854775808, 1"})
    void nothing_before_or_behind_it_is_read(long position, int length) throws IOException {
        FileStretch stretch = FileStretch.part(channel, 3, 4);

        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() -> read(stretch, position, length))
                .withMessageStartingWith("The file ends at 4 and should be longer");
    }

    @ParameterizedTest
    @CsvSource({"3, 8", "11, 0", "-1, 2", "3, -1", "9223372036854775807, 1", "1, 9223372036854775807"})
    void it_lies_in_the_file(long start, long size) {
        assertThatThrownBy(() -> FileStretch.part(channel, start, size)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_file_that_is_cut_off_meanwhile_is_noticed() throws IOException {
        FileStretch stretch = FileStretch.part(channel, 3, 4);

        channel.truncate(5);

        assertThatExceptionOfType(KerasFileException.class)
                .isThrownBy(() -> read(stretch, 0, 4))
                .withMessageStartingWith("The file ends at 2 and should be longer");
    }

    private static byte[] read(FileStretch stretch, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        stretch.readFully(bytes, position);
        return bytes.array();
    }
}
