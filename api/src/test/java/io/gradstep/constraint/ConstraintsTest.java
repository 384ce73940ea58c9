package io.gradstep.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the golden file does not ask: constructors, equality, configs as values, messages, numbers that are no JSON. */
class ConstraintsTest {
    @Test
    void the_defaults_are_those_of_keras() {
        assertThat(new MaxNorm()).isEqualTo(new MaxNorm(2.0, List.of(0)));
        assertThat(new MaxNorm(3)).isEqualTo(new MaxNorm(3.0, List.of(0)));
        assertThat(new UnitNorm()).isEqualTo(new UnitNorm(List.of(0)));
        assertThat(new MinMaxNorm()).isEqualTo(new MinMaxNorm(0.0, 1.0, 1.0, List.of(0)));
        assertThat(new MinMaxNorm(0.5, 2, 0.1)).isEqualTo(new MinMaxNorm(0.5, 2.0, 0.1, List.of(0)));
    }

    @Test
    void axes_can_be_named_one_by_one() {
        assertThat(new MaxNorm(3, -1)).isEqualTo(new MaxNorm(3.0, List.of(-1)));
        assertThat(new UnitNorm(0, 1, 2)).isEqualTo(new UnitNorm(List.of(0, 1, 2)));
        assertThat(new MinMaxNorm(0, 1, 0.5, 1, 0)).isEqualTo(new MinMaxNorm(0.0, 1.0, 0.5, List.of(1, 0)));
    }

    @Test
    void the_list_of_axes_is_copied_and_without_nulls() {
        List<Integer> axes = new ArrayList<>(List.of(0));
        List<KerasConstraint> constraints =
                List.of(new MaxNorm(1, axes), new UnitNorm(axes), new MinMaxNorm(0, 1, 1, axes));
        axes.add(7);
        assertThat(constraints).containsExactly(new MaxNorm(1, 0), new UnitNorm(0), new MinMaxNorm(0, 1, 1, 0));
        assertThatNullPointerException().isThrownBy(() -> new UnitNorm(Arrays.asList(0, null)));
    }

    static List<KerasConstraint> all() {
        return List.of(new NonNeg(), new MaxNorm(), new UnitNorm(), new MinMaxNorm());
    }

    @ParameterizedTest
    @MethodSource("all")
    void the_class_has_the_name_that_keras_knows(KerasConstraint constraint) {
        assertThat(constraint.className()).isEqualTo(constraint.getClass().getSimpleName());
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_config_cannot_be_changed(KerasConstraint constraint) {
        assertThat(constraint.config()).isUnmodifiable();
    }

    @Test
    void one_axis_is_written_as_a_number_and_others_as_a_list() {
        assertThat(new UnitNorm(-1).config()).containsEntry("axis", -1);
        assertThat(new UnitNorm(1, 0).config()).containsEntry("axis", List.of(1, 0));
        assertThat(new UnitNorm(List.of()).config()).containsEntry("axis", List.of());
    }

    @Test
    void an_axis_that_is_not_there_is_named() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UnitNorm(0, 2).checkFits(Shape.of(2, 3)))
                .withMessageContainingAll("no axis 2", "(2, 3)", "[0, 2]", "from -2 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UnitNorm(1).checkFits(Shape.scalar()))
                .withMessageContainingAll("no axis 1", "()", "0, -1 or no axis");
    }

    @Test
    void an_axis_that_stands_twice_is_named() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UnitNorm(1, -1).checkFits(Shape.of(2, 3)))
                .withMessageContainingAll("[1, -1]", "axis 1", "(2, 3)", "twice");
    }

    @Test
    void nonneg_fits_every_shape() {
        new NonNeg().checkFits(Shape.scalar());
        new NonNeg().checkFits(Shape.of(0, 2));
    }

    /** As Keras on NumPy gives them. */
    @Test
    void bounds_that_are_not_finite_do_what_the_formula_says() {
        assertThat(constrained(new MaxNorm(Double.NaN))).containsOnly(Float.NaN);
        assertThat(constrained(new MinMaxNorm(Double.NaN, 1, 1))).containsOnly(Float.NaN);
        assertThat(constrained(new MaxNorm(Double.POSITIVE_INFINITY))).containsExactly(0.59999996f, -0.7999999f);
        assertThat(constrained(new MinMaxNorm(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 1)))
                .containsExactly(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    /** As Keras on NumPy gives them. */
    @Test
    void numbers_are_rounded_to_the_dtype_before_they_are_used() {
        assertThat(constrained(new UnitNorm(), 1.3391237e-7f)).containsExactly(0.57248944f);
        assertThat(constrained(new MinMaxNorm(0.54, 1, 0.86), 0.1f)).containsExactly(0.47839957f);
    }

    /** As Keras on NumPy gives them. */
    @Test
    void zeros_keep_their_signs_also_under_a_negative_zero_as_minimum() {
        assertThat(constrained(new MinMaxNorm(-0.0, 1, 2), 0f, -0f)).containsExactly(0f, -0f);
    }

    private static float[] constrained(KerasConstraint constraint) {
        return constrained(constraint, 0.6f, -0.8f);
    }

    private static float[] constrained(KerasConstraint constraint, float... numbers) {
        HostTensor values = HostTensor.of(Shape.of(numbers.length), numbers);
        constraint.constrain(values);
        return values.floats();
    }

    @Test
    void an_empty_tensor_may_have_axes_longer_than_an_array() {
        new UnitNorm(0).constrain(HostTensor.of(Shape.of(1L << 40, 1L << 40, 0), new float[0]));
    }
}
