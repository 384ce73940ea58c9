package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole kit in float32, with Keras as the judge.
 *
 * @param <T> the tensor type
 */
public abstract class Float32Tck<T> extends OptimizerTck<T> {
    /** For subclasses. */
    protected Float32Tck() {}

    @Override
    final DType dtype() {
        return DType.FLOAT32;
    }

    static Stream<GoldenScenario> scenarios() {
        return GoldenScenario.all().stream().filter(scenario -> scenario.needs().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    final void gives_the_bits_of_keras(GoldenScenario scenario) {
        new GoldenRun<>(backend(), scenario, allowance(scenario.name())).run();
    }

    @Test
    final void no_scenario_of_the_plain_rule_is_left_out() {
        List<String> names = scenarios().map(GoldenScenario::name).toList();
        assertThat(names)
                .hasSize(18)
                .contains("arg-defaults", "arg-momentum", "arg-centered", "pair-centered-momentum", "sizes-million");
    }
}
