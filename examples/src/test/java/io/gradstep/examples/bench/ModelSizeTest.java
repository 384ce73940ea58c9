package io.gradstep.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSizeTest {
    @ParameterizedTest
    @CsvSource({"1000, 4, 1000", "1M, 1, 1048576", "16M, 1, 16777216", "resnet50, 161, 25557032"})
    void has_as_many_tensors_and_parameters_as_its_name_says(String label, int tensors, long parameters) {
        ModelSize size = ModelSize.of(label);

        assertThat(size.label()).isEqualTo(label);
        assertThat(size.tensors()).isEqualTo(tensors);
        assertThat(size.parameters()).isEqualTo(parameters);
    }

    @Test
    void resnet50_begins_and_ends_as_in_the_paper() {
        assertThat(ResNet50.shapes()).startsWith(Shape.of(7, 7, 3, 64), Shape.of(64), Shape.of(64));
        assertThat(ResNet50.shapes()).endsWith(Shape.of(2048, 1000), Shape.of(1000));
        // Of 53 convolutions, 17 have kernels larger than 1.
        assertThat(ResNet50.shapes())
                .filteredOn(shape -> shape.rank() == 4)
                .hasSize(53)
                .filteredOn(shape -> shape.length(0) == 3)
                .hasSize(16);
    }

    @Test
    void an_unknown_size_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> ModelSize.of("2M"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no size \"2M\". Choose among 1000, 1M, 16M, resnet50");
    }
}
