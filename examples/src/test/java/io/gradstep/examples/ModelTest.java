package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mlp      |  30 | 30-64-3                                  | dense/kernel (30, 64) dense/bias (64,) dense_1/kernel (64, 3) dense_1/bias (3,)
            logistic |  30 | 30-3                                     | dense/kernel (30, 3) dense/bias (3,)
            cnn      |   9 | 3x3, 8 filters of 3x3, 3                 | conv2d/kernel (3, 3, 1, 8) conv2d/bias (8,) dense/kernel (8, 3) dense/bias (3,)
            cnn      |  64 | 8x8, 8 filters of 3x3, 3                 | conv2d/kernel (3, 3, 1, 8) conv2d/bias (8,) dense/kernel (288, 3) dense/bias (3,)
            cnn      | 784 | 28x28, 8 filters of 3x3 at stride 2, 3   | conv2d/kernel (3, 3, 1, 8) conv2d/bias (8,) dense/kernel (1352, 3) dense/bias (3,)
            """)
    void a_kind_suits_the_data_and_its_weights_are_called_as_in_keras(
            ModelKind kind, int columns, String text, String parameters) {
        Model model = kind.model(data(columns));

        assertThat(model).hasToString(text);
        assertThat(model.inputs()).isEqualTo(columns);
        assertThat(model.classes()).isEqualTo(3);
        assertThat(model.parameters().stream().map(parameter -> parameter.path() + " " + parameter.shape()))
                .containsExactly(parameters.split(" (?=[a-z])"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 30, 63})
    void a_cnn_refuses_what_is_no_square_image(int columns) {
        assertThatThrownBy(() -> ModelKind.cnn.model(data(columns)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("needs square images of at least 3x3 pixels")
                .hasMessageContaining("Received: points with " + columns + (columns == 1 ? " column." : " columns."))
                .hasMessageContaining("Choose --model mlp or logistic");
    }

    /** Keras: the root of 6 / (fan in + fan out), where a convolution's fans are its window times its channels. */
    @ParameterizedTest
    @CsvSource({"logistic, 64, 67", "cnn, 64, 81"})
    void kernels_are_glorots_and_biases_are_zero(ModelKind kind, int columns, int fans) {
        List<HostTensor> weights = kind.model(data(columns)).initialWeights(1, DType.FLOAT64);

        double limit = Math.sqrt(6.0 / fans);
        double largest =
                Arrays.stream(weights.get(0).doubles()).map(Math::abs).max().orElseThrow();
        assertThat(largest).isBetween(0.9 * limit, limit);
        assertThat(weights.get(1).doubles()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "logistic"})
    void both_precisions_begin_with_the_same_numbers(ModelKind kind) {
        Model model = kind.model(data(64));
        List<HostTensor> wide = model.initialWeights(1, DType.FLOAT64);
        List<HostTensor> narrow = model.initialWeights(1, DType.FLOAT32);

        assertThat(Ulp.largestDistance(
                        narrow,
                        wide.stream().map(weight -> weight.cast(DType.FLOAT32)).toList()))
                .isZero();
        assertThat(Ulp.largestDistance(
                        wide,
                        narrow.stream()
                                .map(weight -> weight.cast(DType.FLOAT64))
                                .toList()))
                .isPositive();
    }

    @Test
    void layers_must_fit() {
        assertThatThrownBy(() -> new Model(List.of(new Dense(3, 4), new Dense(5, 2))))
                .hasMessageContaining("must take what the one before it gives");
        assertThatThrownBy(() -> new Model(List.of(new Convolution(1, 3, 1, 3, 1))))
                .hasMessageContaining("last layer must be dense");
        assertThatThrownBy(() -> new Model(List.of())).hasMessageContaining("last layer must be dense");
    }

    private static Dataset data(int columns) {
        return new Dataset(
                "points", "a test", List.of("a", "b", "c"), List.of(new Dataset.Example(new float[columns], 0)));
    }
}
