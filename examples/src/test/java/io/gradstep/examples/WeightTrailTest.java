package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.stream.IntStream;
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
}
