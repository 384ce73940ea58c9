package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a gradient shares memory with what a step writes. */
class OverlapsTest {
    private static HostMemory floats(long from, long to) {
        return HostMemory.of(FloatBuffer.allocate((int) (to - from) / Float.BYTES), from);
    }

    /** Written are 100 to 200, 200 to 300 and 400 to 500. */
    @ParameterizedTest
    @CsvSource({
        "0, 100, false",
        "0, 104, true",
        "100, 100, false",
        "196, 200, true",
        "200, 204, true",
        "296, 300, true",
        "300, 400, false",
        "300, 404, true",
        "304, 308, false",
        "0, 1000, true",
        "500, 600, false",
        "496, 500, true"
    })
    void of_buffers(long from, long to, boolean overlaps) {
        Overlaps written = new Overlaps();
        written.addMemory(floats(400, 500));
        written.addMemory(floats(100, 200));
        written.addMemory(floats(300, 300));
        written.addMemory(floats(200, 300));
        written.sort();
        assertThat(written.includeMemory(floats(from, to))).isEqualTo(overlaps);
    }

    @Test
    void of_any_number_of_buffers() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<HostMemory> memory = new ArrayList<>();
            boolean[] isWritten = new boolean[3000];
            int next = random.nextInt(20);
            for (int i = 0; i < random.nextInt(40); i++) {
                int length = random.nextInt(20);
                memory.add(floats(4L * next, 4L * (next + length)));
                Arrays.fill(isWritten, next, next + length, true);
                next += length + (random.nextBoolean() ? 0 : random.nextInt(20));
            }
            Collections.shuffle(memory, random);
            Overlaps written = new Overlaps();
            memory.forEach(written::addMemory);
            written.sort();
            for (int from = 0; from < 1000; from += 1 + random.nextInt(20)) {
                int to = from + 1 + random.nextInt(60);
                boolean expected = false;
                for (int i = from; i < to; i++) {
                    expected |= isWritten[i];
                }
                assertThat(written.includeMemory(floats(4L * from, 4L * to)))
                        .as("round %d, %d to %d", round, from, to)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void of_arrays() {
        float[] first = new float[3];
        double[] second = new double[3];
        Overlaps written = new Overlaps();
        written.addArray(first);
        written.addMemory(HostMemory.of(second));
        written.addMemory(new HostMemory.OfTiles(DType.FLOAT32, 5, 0));
        written.sort();
        assertThat(written.includeArray(first)).isTrue();
        assertThat(written.includeArray(second)).isTrue();
        assertThat(written.includeArray(first.clone())).isFalse();
        assertThat(written.includeMemory(HostMemory.of(first))).isTrue();
        assertThat(written.includeMemory(HostMemory.of(first.clone()))).isFalse();
        assertThat(written.includeMemory(floats(0, 1000))).isFalse();
    }

    @Test
    void nothing_is_left_of_an_earlier_step() {
        float[] array = new float[3];
        Overlaps written = new Overlaps();
        written.addArray(array);
        written.addMemory(floats(100, 200));
        written.sort();
        written.clear();
        written.sort();
        assertThat(written.includeArray(array)).isFalse();
        assertThat(written.includeMemory(floats(100, 200))).isFalse();
    }
}
