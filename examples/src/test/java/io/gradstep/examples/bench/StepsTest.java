package io.gradstep.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the benchmarks run is what they say. */
class StepsTest {
    private static final int STEPS = 5;
    /** One more than the pieces that threads claim, so that there are two, and no multiple of a loop's four. */
    private static final Shape SHAPE = Shape.of(65_537);

    private static LiveStep<?> ours(StepSettings settings, ModelSize size) {
        return LiveStep.open(
                "reference",
                StepExecution.fused.options(),
                settings,
                RandomTensors.weights(size),
                RandomTensors.gradients(size));
    }

    @ParameterizedTest
    @CsvSource({"plain, 1", "momentum, 1", "centered, 1", "plain, 2", "momentum, 2", "centered, 2"})
    void the_hand_loop_has_our_bits(StepSettings settings, int threads) {
        assertThat(byHand(settings, threads)).isEqualTo(byUs(settings));
    }

    /** The norm is summed in another order. */
    @Test
    void the_hand_loop_of_everything_differs_by_the_rounding_of_the_norm_only() {
        float[] hand = byHand(StepSettings.everything, 2);
        float[] ours = byUs(StepSettings.everything);

        for (int i = 0; i < ours.length; i++) {
            assertThat(hand[i]).isCloseTo(ours[i], within(1e-6f));
        }
    }

    private static float[] byHand(StepSettings settings, int threads) {
        HostArrays arrays = HostArrays.of(settings, RandomTensors.weights(SHAPE), RandomTensors.gradients(SHAPE));
        HandLoops loops = new HandLoops(settings, arrays, threads);
        for (int i = 0; i < STEPS; i++) {
            loops.step();
        }
        return arrays.weights().get(0);
    }

    private static float[] byUs(StepSettings settings) {
        try (LiveStep<?> live = LiveStep.open(
                "reference",
                StepExecution.eager.options(),
                settings,
                RandomTensors.weights(SHAPE),
                RandomTensors.gradients(SHAPE))) {
            for (int i = 0; i < STEPS; i++) {
                live.run();
            }
            return live.weights().get(0).floats();
        }
    }

    /** Subnormal numbers are slow on many processors, and after a NaN nothing is as it was. */
    @ParameterizedTest
    @EnumSource
    void numbers_stay_normal_in_a_long_run(StepSettings settings) {
        try (LiveStep<?> live = ours(settings, ModelSize.THOUSAND)) {
            for (int i = 0; i < 10_000; i++) {
                live.run();
            }
            List<HostTensor> all = new ArrayList<>(live.weights());
            live.state().stream()
                    .filter(tensor -> tensor.dtype() == DType.FLOAT32)
                    .forEach(all::add);
            assertThat(all).hasSize(4 * (1 + settings.stateArrays()));
            assertThat(all).allSatisfy(tensor -> {
                for (float value : tensor.floats()) {
                    assertThat(value).isFinite();
                    assertThat(value == 0 || Math.abs(value) >= Float.MIN_NORMAL)
                            .isTrue();
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_bandwidth_row_touches_each_array_once(StepSettings settings) {
        HostArrays arrays = HostArrays.of(settings, RandomTensors.weights(SHAPE), RandomTensors.gradients(SHAPE));
        float[] weights = arrays.weights().get(0).clone();

        assertThat(new Traffic(settings, arrays, 2).pass()).isFinite();

        for (int i = 0; i < weights.length; i++) {
            assertThat(arrays.weights().get(0)[i]).isEqualTo(weights[i] + 1);
        }
        assertThat(arrays.state())
                .hasSize(settings.stateArrays())
                .allSatisfy(state -> assertThat(state.get(0)).containsOnly(1));
    }

    @Test
    void each_variant_is_another_rule_with_a_step_of_its_own() {
        FirstStep benchmark = new FirstStep();
        benchmark.backend = "reference";
        benchmark.open();
        try {
            for (int i = 0; i < 20; i++) {
                benchmark.next();
                benchmark.newRule();
            }
        } finally {
            benchmark.close();
        }
    }
}
