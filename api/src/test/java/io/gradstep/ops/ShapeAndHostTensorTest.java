package io.gradstep.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeAndHostTensorTest {
    @Test
    void a_shape_is_a_value_and_prints_as_in_keras() {
        long[] lengths = {2, 3};
        Shape shape = Shape.of(lengths);
        lengths[0] = 7;
        shape.lengths()[1] = 7;
        assertThat(shape).isEqualTo(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).hasToString("(2, 3)");
        assertThat(shape.hashCode()).isEqualTo(Shape.of(2, 3).hashCode());
        assertThat(Shape.of(3)).hasToString("(3,)");
        assertThat(Shape.of()).isSameAs(Shape.scalar()).hasToString("()");
    }

    @Test
    void a_shape_counts_its_elements() {
        assertThat(Shape.scalar().elements()).isEqualTo(1);
        assertThat(Shape.of(2, 0, 5).elements()).isZero();
        assertThat(Shape.of(1L << 40, 1L << 40, 0).elements()).isZero();
        assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
        assertThatThrownBy(Shape.of(1L << 40, 1L << 40)::elements).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void a_negative_length_is_refused() {
        assertThatThrownBy(() -> Shape.of(2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, -1]");
    }

    @Test
    void a_tensor_needs_as_many_numbers_as_its_shape_says() {
        assertThatThrownBy(() -> HostTensor.of(Shape.of(2, 3), 1f, 2f))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(2, 3)")
                .hasMessageContaining("6")
                .hasMessageContaining("length 2");
    }

    @Test
    void a_tensor_has_no_more_elements_than_an_array() {
        assertThatThrownBy(() -> HostTensor.filled(DType.FLOAT32, Shape.of(1L << 16, 1L << 15), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(65536, 32768)");
        assertThatThrownBy(() -> HostTensor.filled(DType.FLOAT32, Shape.of(1L << 40, 1L << 40), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(1099511627776, 1099511627776)");
    }

    @Test
    void a_tensor_keeps_the_array_it_is_given() {
        float[] values = {1, 2};
        HostTensor tensor = HostTensor.of(Shape.of(2), values);
        tensor.set(1, 0.1);
        assertThat(values).containsExactly(1, 0.1f);
        assertThat(tensor.floats()).isSameAs(values);
        assertThat(tensor.copy().floats()).isNotSameAs(values).containsExactly(values);
    }

    @ParameterizedTest
    @EnumSource
    void a_copy_has_an_array_of_its_own(DType dtype) {
        HostTensor tensor = HostTensor.filled(dtype, Shape.of(2), 3);
        HostTensor copy = tensor.copy();
        copy.set(0, 7);
        assertThat(tensor.get(0)).isEqualTo(3);
        assertThat(copy.get(0)).isEqualTo(7);
        assertThat(copy.get(1)).isEqualTo(3);
        assertThat(copy.dtype()).isEqualTo(dtype);
    }

    @Test
    void elements_are_asked_for_in_their_dtype() {
        HostTensor tensor = HostTensor.of(Shape.of(1), 1.5);
        assertThat(tensor.doubles()).containsExactly(1.5);
        assertThatThrownBy(tensor::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FLOAT64, not FLOAT32")
                .hasMessageContaining("cast");
    }

    @Test
    void a_cast_rounds_once_and_cuts_integers() {
        HostTensor tensor = HostTensor.of(Shape.of(3), 0.1, -3.7, 1e300);
        assertThat(tensor.cast(DType.FLOAT32).floats()).containsExactly(0.1f, -3.7f, Float.POSITIVE_INFINITY);
        assertThat(tensor.cast(DType.INT32).ints()).containsExactly(0, -3, Integer.MAX_VALUE);
        assertThat(tensor.cast(DType.FLOAT64)).isSameAs(tensor);
    }

    @Test
    void a_long_tensor_prints_its_beginning() {
        assertThat(HostTensor.filled(DType.FLOAT32, Shape.of(2), 0.1)).hasToString("FLOAT32 (2,) [0.1, 0.1]");
        assertThat(HostTensor.filled(DType.INT32, Shape.of(9), 1).toString()).endsWith("[1, 1, 1, 1, 1, 1, 1, 1, …]");
    }
}
