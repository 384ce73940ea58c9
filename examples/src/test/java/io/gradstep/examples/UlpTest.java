package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UlpTest {
    private static final float NAN = Float.NaN;
    private static final float OTHER_NAN = Float.intBitsToFloat(0x7fc01234);
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    static Stream<Arguments> distances() {
        return Stream.of(
                Arguments.of(1f, 1f, 0L),
                Arguments.of(1f, Math.nextUp(1f), 1L),
                Arguments.of(-1f, Math.nextUp(-1f), 1L),
                Arguments.of(1f, 2f, 1L << 23),
                Arguments.of(0f, -0f, 1L),
                Arguments.of(0f, Float.MIN_VALUE, 1L),
                Arguments.of(-Float.MIN_VALUE, Float.MIN_VALUE, 3L),
                Arguments.of(-1f, 1f, 2L * 0x3f800000 + 1),
                Arguments.of(Float.MAX_VALUE, INFINITY, 1L),
                Arguments.of(-INFINITY, INFINITY, 2L * 0x7f800000 + 1),
                Arguments.of(NAN, OTHER_NAN, 0L),
                Arguments.of(NAN, 1f, Long.MAX_VALUE),
                Arguments.of(NAN, INFINITY, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("distances")
    void counts_the_numbers_between(float x, float y, long expected) {
        assertThat(Ulp.distance(x, y)).isEqualTo(expected);
        assertThat(Ulp.distance(y, x)).isEqualTo(expected);
    }

    @Test
    void finds_the_largest_among_tensors() {
        List<HostTensor> tensors = List.of(tensor(1, 2), tensor(3, 4));
        List<HostTensor> others = List.of(tensor(1, Math.nextUp(2f)), tensor(3, Math.nextUp(Math.nextUp(4f))));

        assertThat(Ulp.largestDistance(tensors, others)).isEqualTo(2);
        assertThat(Ulp.largestDistance(tensors, tensors)).isZero();
    }

    @Test
    void refuses_to_compare_what_does_not_correspond() {
        assertThatThrownBy(() -> Ulp.largestDistance(List.of(tensor(1)), List.of()))
                .hasMessageContaining("1 and 0");
        assertThatThrownBy(() -> Ulp.largestDistance(List.of(tensor(1)), List.of(tensor(1, 2))))
                .hasMessageContaining("(1,) and (2,)");
    }

    private static HostTensor tensor(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }
}
