package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One number that is not finite is found, wherever it stands. */
class AllFiniteTest {
    private static final List<Double> NOT_FINITE =
            List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    private static boolean allFinite(List<TestTensor> tensors) {
        HostExecutor<TestTensor> executor = TestTensors.executor(ExecutionMode.COMPILED, 2);
        return executor.allFinite(
                tensors, TestTensors.ALL, tensor -> tensor.values().isFinite());
    }

    private static HostTensor greatest(DType dtype, int length) {
        return HostTensor.filled(dtype, Shape.of(length), dtype == DType.FLOAT32 ? -Float.MAX_VALUE : Double.MAX_VALUE);
    }

    static Stream<Arguments> dtypesAndPlaces() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(Where.IN_PLACE, Where.ARRAYS, Where.BUFFERS, Where.ELSEWHERE)
                        .map(where -> Arguments.of(dtype, where)));
    }

    @ParameterizedTest
    @MethodSource("dtypesAndPlaces")
    void wherever_it_stands(DType dtype, Where where) {
        int length = 2 * Work.UNIT + Tiles.SIZE + 3;
        HostTensor values = greatest(dtype, length);
        TestTensor tensor = where.tensor(values);
        assertThat(allFinite(List.of(tensor, where.tensor(greatest(dtype, 7))))).isTrue();
        for (int index : new int[] {
            0,
            1,
            Tiles.SIZE - 1,
            Tiles.SIZE,
            Work.UNIT - 1,
            Work.UNIT,
            2 * Work.UNIT - 1,
            2 * Work.UNIT + Tiles.SIZE,
            length - 1
        }) {
            for (double number : NOT_FINITE) {
                HostTensor broken = values.copy();
                broken.set(index, number);
                tensor.set(broken);
                assertThat(allFinite(List.of(tensor)))
                        .as("%s at %d", number, index)
                        .isFalse();
                assertThat(allFinite(List.of(where.tensor(greatest(dtype, 7)), tensor)))
                        .isFalse();
                assertThat(allFinite(List.of(tensor, where.tensor(greatest(dtype, 7)))))
                        .isFalse();
            }
        }
    }

    @Test
    void infinities_of_two_signs_do_not_cancel() {
        HostTensor values = greatest(DType.FLOAT32, 4);
        values.set(1, Double.POSITIVE_INFINITY);
        values.set(2, Double.NEGATIVE_INFINITY);
        assertThat(allFinite(List.of(TestTensor.inBuffer(values)))).isFalse();
    }

    @Test
    void one_far_away_is_enough_and_none_is_finite() {
        HostTensor broken = greatest(DType.FLOAT32, 1);
        broken.set(0, Double.NaN);
        TestTensor far = TestTensor.elsewhere(broken);
        TestTensor near = TestTensor.inBuffer(greatest(DType.FLOAT64, 3));
        assertThat(allFinite(List.of(far, near))).isFalse();
        assertThat(allFinite(List.of(near, far))).isFalse();
        assertThat(allFinite(List.of())).isTrue();
        assertThat(allFinite(List.of(TestTensor.inBuffer(greatest(DType.FLOAT32, 0)))))
                .isTrue();
    }
}
