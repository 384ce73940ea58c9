package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTrailTest {
    /** 64 MiB are room for 8 times 2^20 numbers, counted as float64. */
    @ParameterizedTest
    @CsvSource({"10, 10, 1", "1048576, 8, 1", "1048576, 9, 2", "1048576, 33, 5", "8388608, 3, 3", "9000000, 3, 3"})
    void keeps_what_64_megabytes_can_hold(int weights, int steps, int stride) {
        WeightTrail trail = new WeightTrail(steps, List.of(HostTensor.of(Shape.of(weights), new float[weights])));

        assertThat(IntStream.range(0, steps).filter(trail::has).boxed().toList())
                .isEqualTo(IntStream.range(0, steps)
                        .filter(step -> (step + 1) % stride == 0)
                        .boxed()
                        .toList());
    }

    /** Every second one of 9 is kept, and found again under its number. */
    @Test
    void gives_back_what_was_recorded_after_a_step() {
        List<HostTensor> large = List.of(HostTensor.of(Shape.of(1 << 20), new float[1 << 20]));
        WeightTrail trail = new WeightTrail(9, large);
        int[] read = {0};

        for (int step = 0; step < 9; step++) {
            trail.record(step, reference(step, read));
        }

        assertThat(read[0]).as("no others are copied").isEqualTo(4);
        assertThat(IntStream.of(1, 3, 5, 7)
                        .mapToObj(step -> trail.at(step).get(0).get(0)))
                .containsExactly(1.0, 3.0, 5.0, 7.0);
    }

    /** A trainer whose only weight is a number. */
    private static Trainer<?> reference(int weight, int[] read) {
        return (Trainer<?>) Proxy.newProxyInstance(
                WeightTrailTest.class.getClassLoader(), new Class<?>[] {Trainer.class}, (proxy, method, arguments) -> {
                    read[0]++;
                    return List.of(HostTensor.of(Shape.of(1), new float[] {weight}));
                });
    }
}
