package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.DType;
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

    static Stream<Arguments> float64Distances() {
        double nan = Double.NaN;
        double infinity = Double.POSITIVE_INFINITY;
        return Stream.of(
                Arguments.of(1.0, 1.0, 0L),
                Arguments.of(1.0, Math.nextUp(1.0), 1L),
                Arguments.of(-1.0, Math.nextUp(-1.0), 1L),
                Arguments.of(1.0, 2.0, 1L << 52),
                Arguments.of(0.0, -0.0, 1L),
                Arguments.of(-Double.MIN_VALUE, Double.MIN_VALUE, 3L),
                Arguments.of(Double.MAX_VALUE, infinity, 1L),
                Arguments.of(0.0, infinity, 0x7ffL << 52),
                Arguments.of(-1.0, 1.0, (0x7feL << 52) + 1),
                Arguments.of(-2.0, 2.0, Long.MAX_VALUE),
                Arguments.of(-infinity, infinity, Long.MAX_VALUE),
                Arguments.of(nan, Double.longBitsToDouble(0x7ff8000000001234L), 0L),
                Arguments.of(nan, infinity, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("float64Distances")
    void counts_the_numbers_between_in_float64(double x, double y, long expected) {
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
    void counts_in_the_dtype_of_the_tensors() {
        HostTensor tensor = HostTensor.of(Shape.of(2), 1.0, 1.0);
        HostTensor other = HostTensor.of(Shape.of(2), 1.0, Math.nextUp(1.0));

        assertThat(Ulp.largestDistance(List.of(tensor), List.of(other))).isEqualTo(1);
    }

    @Test
    void refuses_to_compare_what_does_not_correspond() {
        assertThatThrownBy(() -> Ulp.largestDistance(List.of(tensor(1)), List.of()))
                .hasMessageContaining("1 and 0");
        assertThatThrownBy(() -> Ulp.largestDistance(List.of(tensor(1)), List.of(tensor(1, 2))))
                .hasMessageContaining("(1,) FLOAT32 and (2,) FLOAT32");
        assertThatThrownBy(() -> Ulp.largestDistance(
                        List.of(tensor(1)), List.of(tensor(1).cast(DType.FLOAT64))))
                .hasMessageContaining("(1,) FLOAT32 and (1,) FLOAT64");
    }

    private static HostTensor tensor(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }
}
