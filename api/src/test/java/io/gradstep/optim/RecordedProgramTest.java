package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.fused.Programs;
import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded of a rule reads as its formula, and all that surrounds it is one program with it. */
class RecordedProgramTest {

    @Test
    void plain() {
        assertThat(Programs.of(new RMSprop(0.001).rule(), DType.FLOAT64)).hasToString("""
                        in FLOAT64
                          n0 = learning_rate
                          n1 = 0.9
                          n2 = 0.09999999999999998
                          n3 = 1.0E-7
                        for each element
                          v0 = velocity
                          v1 = n1 * v0
                          v2 = gradient
                          v3 = v2 * v2
                          v4 = n2 * v3
                          v5 = v1 + v4
                          v6 = variable
                          v7 = n0 * v2
                          v8 = v5 + n3
                          v9 = sqrt(v8)
                          v10 = v7 / v9
                          v11 = v6 - v10
                        store
                          velocity = v5
                          variable = v11
                        """);
    }

    @Test
    void centered_with_momentum() {
        RMSprop settings = RMSprop.builder().momentum(0.9).centered(true).build();
        assertThat(Programs.of(settings.rule(), DType.FLOAT64)).hasToString("""
                        in FLOAT64
                          n0 = learning_rate
                          n1 = 0.9
                          n2 = 0.09999999999999998
                          n3 = 0.9
                          n4 = 0.09999999999999998
                          n5 = 1.0E-7
                          n6 = 0.9
                        for each element
                          v0 = velocity
                          v1 = n1 * v0
                          v2 = gradient
                          v3 = v2 * v2
                          v4 = n2 * v3
                          v5 = v1 + v4
                          v6 = average_gradient
                          v7 = n3 * v6
                          v8 = n4 * v2
                          v9 = v7 + v8
                          v10 = momentum
                          v11 = n6 * v10
                          v12 = n0 * v2
                          v13 = v9 * v9
                          v14 = v5 - v13
                          v15 = v14 + n5
                          v16 = sqrt(v15)
                          v17 = v12 / v16
                          v18 = v11 + v17
                          v19 = variable
                          v20 = v19 - v18
                        store
                          velocity = v5
                          average_gradient = v9
                          momentum = v18
                          variable = v20
                        """);
    }

    /** Plain descent, so that what stands around the rule is seen. */
    private record Descend() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), slots.gradient()));
        }
    }

    private static KerasStep step(boolean hasGradient, boolean updates) {
        EffectiveGradient gradient = new EffectiveGradient(true, 3);
        return new KerasStep(
                new Descend(), hasGradient, updates, gradient, new Clipping.ByGlobalNorm(2), 0.01, true, updates);
    }

    @Test
    void all_that_surrounds_a_rule_is_one_program_with_it() {
        assertThat(Programs.of(step(true, true), DType.FLOAT64)).hasToString("""
                        in FLOAT64
                          n0 = base.loss_scale
                          n1 = 3.0
                          n2 = base.clip_scale
                          n3 = 0.01
                          n4 = learning_rate
                          n5 = 0.0
                          n6 = base.ema_momentum
                          n7 = 1.0
                          n8 = n7 - n6
                        for each element
                          v0 = base.average
                          v1 = n6 * v0
                          v2 = variable
                          v3 = v2 * n3
                          v4 = v3 * n4
                          v5 = v2 - v4
                          v6 = gradient
                          v7 = v6 / n0
                          v8 = base.gradient_accumulator
                          v9 = v7 + v8
                          v10 = v9 / n1
                          v11 = v10 * n2
                          v12 = n4 * v11
                          v13 = v5 - v12
                          v14 = n8 * v13
                          v15 = v1 + v14
                        store
                          base.gradient_accumulator = n5
                          base.average = v15
                          variable = v15
                        """);
    }

    @Test
    void a_call_that_only_accumulates() {
        assertThat(Programs.of(step(true, false), DType.FLOAT64)).hasToString("""
                        in FLOAT64
                          n0 = base.loss_scale
                          n1 = base.ema_momentum
                          n2 = 1.0
                          n3 = n2 - n1
                        for each element
                          v0 = gradient
                          v1 = v0 / n0
                          v2 = base.gradient_accumulator
                          v3 = v1 + v2
                          v4 = base.average
                          v5 = n1 * v4
                          v6 = variable
                          v7 = n3 * v6
                          v8 = v5 + v7
                        store
                          base.gradient_accumulator = v3
                          base.average = v8
                        """);
    }

    @Test
    void a_variable_without_a_gradient_in_the_call_that_updates() {
        assertThat(Programs.of(step(false, true), DType.FLOAT64)).hasToString("""
                        in FLOAT64
                          n0 = 0.0
                          n1 = base.ema_momentum
                          n2 = 1.0
                          n3 = n2 - n1
                        for each element
                          v0 = base.average
                          v1 = n1 * v0
                          v2 = variable
                          v3 = n3 * v2
                          v4 = v1 + v3
                        store
                          base.gradient_accumulator = n0
                          base.average = v4
                          variable = v4
                        """);
    }

    /** Two loops where one would be too long for C2 to vectorise, and no more. */
    @ParameterizedTest
    @CsvSource({"false, 0", "false, 0.9", "true, 0.9"})
    void whatever_keras_can_do_runs_in_loops_that_are_fast(boolean centered, double momentum) {
        UpdateRule rule =
                RMSprop.builder().momentum(momentum).centered(centered).build().rule();
        EffectiveGradient gradient = new EffectiveGradient(true, 3);
        KerasStep everything =
                new KerasStep(rule, true, true, gradient, new Clipping.ByGlobalNorm(2), 0.01, true, true);
        for (boolean wholeTiles : new boolean[] {false, true}) {
            assertThat(Programs.loopsThatFit(Programs.of(rule, DType.FLOAT32), wholeTiles))
                    .isEqualTo(1);
            assertThat(Programs.loopsThatFit(Programs.of(everything, DType.FLOAT32), wholeTiles))
                    .isBetween(1, 2);
        }
    }
}
