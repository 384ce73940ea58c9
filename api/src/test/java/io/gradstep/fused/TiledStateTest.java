package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Constraint;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.tck.HardNumbers;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** State in tiles is read and written as if it were a tensor of the library, and frees every twin that it made. */
class TiledStateTest {
    private int made;
    private int open;

    private TiledState<TestTensor> state(DType dtype, Shape shape, double initial, int[] order) {
        HostTensor other = HostTensor.filled(dtype, shape, 777);
        return new TiledState<>(
                TestTensor.inArray(other, order).as("layer/w"),
                VariableInfo.of("rmsprop/w_velocity"),
                initial,
                order,
                () -> twin(TestTensor.inBuffer(other, order)),
                TestTensor::memory);
    }

    private TensorVariable<TestTensor> twin(TestTensor tensor) {
        made++;
        open++;
        return TensorVariable.of(VariableInfo.of("twin"), tensor, tensor.dtype(), tensor.shape(), () -> open--);
    }

    private static void write(TiledState<TestTensor> state, HostTensor values) {
        state.write(twin -> twin.value().set(values));
    }

    static Stream<Arguments> dtypesAndLengths() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> IntStream.of(
                                0, 1, 7, Tiles.SIZE - 1, Tiles.SIZE, Tiles.SIZE + 1, 2 * Tiles.SIZE, 3 * Tiles.SIZE + 5)
                        .mapToObj(length -> Arguments.of(dtype, length)));
    }

    @ParameterizedTest
    @MethodSource("dtypesAndLengths")
    void is_filled_written_read_and_shown(DType dtype, int length) {
        Shape shape = Shape.of(length);
        try (TiledState<TestTensor> state = state(dtype, shape, 0.1, null)) {
            HostTensor filled = HostTensor.filled(dtype, shape, 0.1);
            TestBits.assertSame("filled", state.read(TestTensor::values), filled);
            TestBits.assertSame("shown", state.value().values(), filled);
            HostTensor values = HardNumbers.SPECIAL.tensor(dtype, shape, 1);
            write(state, values);
            TestBits.assertSame("read", state.read(TestTensor::values), values);
            TestBits.assertSame("shown", state.value().values(), values);
            assertThat(open).isEqualTo(1);
        }
        assertThat(open).isZero();
    }

    @Test
    void the_order_is_that_of_the_variable() {
        Shape shape = Shape.of(130, 70, 2);
        HostTensor values = HardNumbers.ORDINARY.tensor(DType.FLOAT32, shape, 1);
        try (TiledState<TestTensor> state = state(DType.FLOAT32, shape, 0, TestTensor.columnMajor(shape))) {
            write(state, values);
            TestBits.assertSame("read", state.read(TestTensor::values), values);
            float[] inMemory = new float[3];
            state.memory().get(0, inMemory, 3);
            assertThat(inMemory).containsExactly(values.floats()[0], values.floats()[140], values.floats()[280]);
        }
    }

    @Test
    void one_tensor_shows_it_again_and_again() {
        try (TiledState<TestTensor> state = state(DType.FLOAT32, Shape.of(3), 1, null)) {
            TestTensor shown = state.value();
            write(state, HostTensor.filled(DType.FLOAT32, Shape.of(3), 2));
            assertThat(shown.values().get(0)).isEqualTo(1);
            assertThat(state.value()).isSameAs(shown);
            assertThat(shown.values().get(0)).isEqualTo(2);
            state.value();
            assertThat(open).isEqualTo(1);
        }
        assertThat(open).isZero();
        assertThat(made).isEqualTo(2);
    }

    /** Nor is it there to be read from. */
    @Test
    void what_is_shown_is_not_there_to_be_written() {
        try (TiledState<TestTensor> state = state(DType.FLOAT32, Shape.of(3), 1, null)) {
            state.value().set(HostTensor.filled(DType.FLOAT32, Shape.of(3), 2));
            assertThat(state.read(TestTensor::values).get(0)).isEqualTo(1);
            assertThat(state.value().values().get(0)).isEqualTo(1);
        }
    }

    @Test
    void a_writer_that_fails_writes_nothing_and_leaks_nothing() {
        try (TiledState<TestTensor> state = state(DType.FLOAT32, Shape.of(3), 1, null)) {
            assertThatThrownBy(() -> state.write(twin -> {
                        twin.value().set(HostTensor.filled(DType.FLOAT32, Shape.of(3), 2));
                        throw new IllegalStateException("halfway");
                    }))
                    .hasMessage("halfway");
            assertThatThrownBy(() -> state.read(twin -> {
                        throw new IllegalStateException("halfway");
                    }))
                    .hasMessage("halfway");
            assertThat(state.read(TestTensor::values).get(0)).isEqualTo(1);
            assertThat(open).isZero();
        }
    }

    @Test
    void a_closed_one_is_closed() {
        TiledState<TestTensor> state = state(DType.FLOAT32, Shape.of(3), 1, null);
        state.value();
        assertThat(state).hasToString("rmsprop/w_velocity FLOAT32 (3,)");
        state.close();
        state.close();
        assertThat(open).isZero();
        assertThat(state).hasToString("rmsprop/w_velocity FLOAT32 (3,) (closed)");
        assertThat(state.path()).isEqualTo("rmsprop/w_velocity");
        int before = made;
        assertClosed(state::value);
        assertClosed(() -> state.read(TestTensor::values));
        assertClosed(() -> write(state, HostTensor.filled(DType.FLOAT32, Shape.of(3), 1)));
        assertThat(made).isEqualTo(before);
    }

    private static void assertClosed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rmsprop/w_velocity is closed");
    }

    private static final Constraint NOTHING = values -> {};

    @Test
    void it_is_like_its_variable_and_called_as_it_is_told() {
        VariableInfo info =
                VariableInfo.of("rmsprop/w_velocity").overwrittenWithGradient().constrainedBy(NOTHING);
        HostTensor values = HostTensor.filled(DType.FLOAT64, Shape.of(2, 3), 0);
        try (TiledState<TestTensor> state = new TiledState<>(
                TestTensor.inArray(values).as("layer/w"),
                info,
                0,
                null,
                () -> twin(TestTensor.inArray(values)),
                TestTensor::memory)) {
            assertThat(state.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(state.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(state.name()).isEqualTo("w_velocity");
            assertThat(state.overwriteWithGradient()).isTrue();
            assertThat(state.constraint()).contains(NOTHING);
        }
    }
}
