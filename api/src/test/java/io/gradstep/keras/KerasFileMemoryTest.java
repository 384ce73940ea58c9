package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Besides the arrays, reading and writing need memory for a few buffers, however large the file is. Counted is all that
 * is allocated, also what is garbage at once, which is more than is ever held.
 */
class KerasFileMemoryTest {
    private static final long MEGABYTE = 1 << 20;
    private static final int ARRAYS = 16;
    private static final Shape SHAPE = Shape.of(512, 1024);
    private static final long WEIGHTS = ARRAYS * 2 * MEGABYTE;
    private static final long FEW_BUFFERS = 4 * MEGABYTE;

    @TempDir
    private Path folder;

    private final List<HostTensor> weights =
            IntStream.range(0, ARRAYS).mapToObj(KerasFileMemoryTest::counted).toList();

    @BeforeEach
    void write_a_file_of_each_kind() throws IOException {
        Path weightsFile = folder.resolve("old.weights.h5");
        newFile().writeTo(weightsFile);
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(folder.resolve("old.keras")))) {
            archive.setLevel(Deflater.NO_COMPRESSION);
            archive.putNextEntry(new ZipEntry(KerasArchive.CONFIG));
            archive.write(new byte[] {'{', '}'});
            archive.putNextEntry(new ZipEntry(KerasArchive.WEIGHTS));
            Files.copy(weightsFile, archive);
        }
        Map<String, byte[]> entries = Map.of(
                KerasArchive.CONFIG, new byte[] {'{', '}'}, KerasArchive.WEIGHTS, Files.readAllBytes(weightsFile));
        Files.write(folder.resolve("stored.keras"), Zips.stored(entries));
    }

    private static HostTensor counted(int index) {
        float[] values = new float[Math.toIntExact(SHAPE.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = index + i;
        }
        return HostTensor.of(SHAPE, values);
    }

    private WeightsFile newFile() {
        return new WeightsFile().layer("dense", weights);
    }

    private interface Work {
        void run() throws IOException;
    }

    /** All but the arrays. */
    private static void allocates(long arrays, Work work) throws IOException {
        // Once before: classes are loaded.
        work.run();
        long heap = heapOfThisThread();
        long direct = directBuffers();
        work.run();
        assertThat(heapOfThisThread() - heap)
                .as("bytes on the heap")
                .isGreaterThanOrEqualTo(arrays)
                .isLessThan(arrays + FEW_BUFFERS);
        assertThat(directBuffers() - direct).as("bytes in direct buffers").isLessThan(FEW_BUFFERS);
    }

    private static long heapOfThisThread() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** Those too that are garbage, until the collector finds them. */
    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
    }

    @Test
    void a_new_file_is_written_through_few_buffers() throws IOException {
        Path target = folder.resolve("new.weights.h5");

        allocates(0, () -> newFile().writeTo(target));

        assertThat(Files.size(target)).isGreaterThan(WEIGHTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.weights.h5", "old.keras", "stored.keras"})
    void reading_allocates_the_arrays_and_few_buffers(String name) throws IOException {
        allocates(WEIGHTS, () -> {
            try (KerasFile file = KerasFile.open(folder.resolve(name))) {
                for (StoredArray array : file.arrays()) {
                    assertThat(file.array(array.path()).shape()).isEqualTo(SHAPE);
                }
            }
        });
    }

    @Test
    void threads_that_read_at_the_same_time_have_a_buffer_each() throws IOException {
        try (KerasFile file = KerasFile.open(folder.resolve("old.weights.h5"))) {
            List<HostTensor> read = IntStream.range(0, ARRAYS)
                    .parallel()
                    .mapToObj(i -> array(file, "layers/dense/vars/" + i))
                    .toList();

            for (int i = 0; i < ARRAYS; i++) {
                assertThat(Arrays.equals(read.get(i).floats(), weights.get(i).floats()))
                        .as("array " + i)
                        .isTrue();
            }
        }
    }

    private static HostTensor array(KerasFile file, String path) {
        try {
            return file.array(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.weights.h5", "old.keras", "stored.keras"})
    void a_copy_with_other_values_is_written_through_few_buffers(String name) throws IOException {
        Path target = folder.resolve("new-" + name);

        allocates(0, () -> {
            try (KerasFile file = KerasFile.open(folder.resolve(name))) {
                KerasFileCopy copy = file.copy();
                for (int i = 0; i < ARRAYS; i++) {
                    copy.array("layers/dense/vars/" + i, weights.get(i));
                }
                copy.writeTo(target);
            }
        });

        assertThat(Files.size(target)).isGreaterThan(WEIGHTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.weights.h5", "old.keras", "stored.keras"})
    void a_copy_as_it_is_is_written_through_few_buffers(String name) throws IOException {
        Path target = folder.resolve("new-" + name);

        allocates(0, () -> {
            try (KerasFile file = KerasFile.open(folder.resolve(name))) {
                file.copy().writeTo(target);
            }
        });

        assertThat(Files.size(target)).isGreaterThan(WEIGHTS);
    }
}
