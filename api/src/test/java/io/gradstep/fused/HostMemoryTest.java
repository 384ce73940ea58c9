package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All kinds of memory are read and written alike. */
class HostMemoryTest {
    private static final int LENGTH = 2 * Tiles.SIZE + 5;

    static Stream<Arguments> memory() {
        Slab floats = new Slab(4 * LENGTH + 8);
        Slab doubles = new Slab(8 * LENGTH + 16);
        return Stream.of(
                Arguments.of(DType.FLOAT32, HostMemory.of(new float[LENGTH])),
                Arguments.of(DType.FLOAT64, HostMemory.of(new double[LENGTH])),
                Arguments.of(DType.FLOAT32, HostMemory.of(floats.floats(8, LENGTH), Slab.address(8))),
                Arguments.of(DType.FLOAT64, HostMemory.of(doubles.doubles(16, LENGTH), Slab.address(16))),
                Arguments.of(DType.FLOAT32, new HostMemory.OfTiles(DType.FLOAT32, LENGTH, 0)),
                Arguments.of(DType.FLOAT64, new HostMemory.OfTiles(DType.FLOAT64, LENGTH, 0)));
    }

    private static Object array(DType dtype, double... numbers) {
        if (dtype == DType.FLOAT64) {
            return numbers;
        }
        float[] floats = new float[numbers.length];
        IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) numbers[i]);
        return floats;
    }

    private static double[] numbers(Object array) {
        return array instanceof float[] floats
                ? IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray()
                : (double[]) array;
    }

    @ParameterizedTest
    @MethodSource("memory")
    void what_is_put_is_there_and_nothing_else_changes(DType dtype, HostMemory memory) {
        assertThat(memory.dtype()).isEqualTo(dtype);
        assertThat(memory.length()).isEqualTo(LENGTH);
        double[] expected = new double[LENGTH];
        Random random = new Random(1);
        List<Integer> edges = List.of(0, 1, Tiles.SIZE - 1, Tiles.SIZE, Tiles.SIZE + 1, 2 * Tiles.SIZE, LENGTH);
        for (int from : edges) {
            for (int to : edges) {
                if (from <= to) {
                    double[] piece =
                            random.doubles(to - from + 3L).map(x -> (float) x).toArray();
                    memory.put(from, array(dtype, piece), to - from);
                    System.arraycopy(piece, 0, expected, from, to - from);
                    Object all = array(dtype, new double[LENGTH]);
                    memory.get(0, all, LENGTH);
                    assertThat(Arrays.equals(numbers(all), expected))
                            .as("all after a write from %d to %d", from, to)
                            .isTrue();
                    Object got = array(dtype, new double[to - from + 3]);
                    memory.get(from, got, to - from);
                    System.arraycopy(new double[3], 0, piece, to - from, 3);
                    assertThat(Arrays.equals(numbers(got), piece))
                            .as("from %d to %d", from, to)
                            .isTrue();
                }
            }
        }
        int[] positions = random.ints(100, 0, LENGTH).toArray();
        Object gathered = array(dtype, new double[101]);
        memory.gather(positions, gathered, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(numbers(gathered)[i]).isEqualTo(expected[positions[i]]);
        }
        assertThat(numbers(gathered)[100]).isZero();
    }

    @ParameterizedTest
    @MethodSource("memory")
    void a_copy_is_another_array(DType dtype, HostMemory memory) {
        if (memory instanceof HostMemory.OfTiles) {
            // Nobody else has it.
            return;
        }
        memory.put(0, array(dtype, 1, 2, 3), 3);
        Object copy = memory.copy();
        memory.put(0, array(dtype, 4, 5, 6), 3);
        assertThat(numbers(copy)).hasSize(LENGTH).startsWith(1, 2, 3);
    }
}
