package io.gradstep.keras;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are an HDF5 file that is read, or refused by our exception. In every build on the seeds alone; it looks for
 * other files with {@code JAZZER_FUZZ=1 mvn -pl api test -Dtest=Hdf5FuzzTest
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("fuzz")
class Hdf5FuzzTest {
    private static Path file;

    @BeforeAll
    static void makeFile() throws IOException {
        file = Files.createTempFile("fuzzed", ".weights.h5");
    }

    @AfterAll
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    static Stream<byte[]> files() throws IOException {
        Hdf5Image older = new Hdf5Image();
        Hdf5Image newer = new Hdf5Image();
        return Stream.concat(
                Stream.of(
                        older.ofDataSet(older.floats(1, 2)),
                        newer.ofRoot(Hdf5Image.link("a", newer.add(Hdf5Image.header2(newer.floats(1, 2))))),
                        ours()),
                GoldenFiles.NAMES.stream().map(name -> GoldenFiles.bytes(name + ".weights.h5")));
    }

    private static byte[] ours() throws IOException {
        Path written = Files.createTempFile("seed", ".weights.h5");
        try {
            new WeightsFile()
                    .layer("dense", List.of(HostTensor.of(Shape.of(2), 1f, 2f)))
                    .writeTo(written);
            return Files.readAllBytes(written);
        } finally {
            Files.delete(written);
        }
    }

    @MethodSource("files")
    @FuzzTest(maxDuration = "4m")
    void any_bytes_are_read_or_refused(@NotNull byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.truncate(bytes.length);
        }
        try (KerasFile opened = KerasFile.open(file)) {
            opened.groups().forEach(opened::attributes);
            for (StoredArray array : opened.arrays()) {
                opened.array(array.path());
            }
            opened.optimizerState();
        } catch (KerasFileException refused) {
            // Nothing else may be thrown.
        }
    }
}
