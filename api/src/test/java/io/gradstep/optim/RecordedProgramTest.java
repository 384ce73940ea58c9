package io.gradstep.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Unary;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A rule can be run on names instead of tensors: it comes out as a program, in the order of the formula. */
class RecordedProgramTest {

    @Test
    void plain() {
        assertThat(record(new RMSprop(0.001).rule())).isEqualTo("""
                        1 = gradient
                        2 = input learning_rate
                        3 = load velocity
                        4 = constant 0.9
                        5 = multiply 4 3
                        6 = multiply 1 1
                        7 = constant 0.09999999999999998
                        8 = multiply 7 6
                        9 = add 5 8
                        10 = constant 1.0E-7
                        11 = add 9 10
                        12 = multiply 2 1
                        13 = sqrt 11
                        14 = divide 12 13
                        15 = load variable
                        16 = subtract 15 14
                        store velocity 9
                        store variable 16
                        """);
    }

    @Test
    void centered_with_momentum() {
        RMSprop settings = RMSprop.builder().momentum(0.9).centered(true).build();
        assertThat(record(settings.rule())).isEqualTo("""
                        1 = gradient
                        2 = input learning_rate
                        3 = load velocity
                        4 = constant 0.9
                        5 = multiply 4 3
                        6 = multiply 1 1
                        7 = constant 0.09999999999999998
                        8 = multiply 7 6
                        9 = add 5 8
                        10 = load average_gradient
                        11 = constant 0.9
                        12 = multiply 11 10
                        13 = constant 0.09999999999999998
                        14 = multiply 13 1
                        15 = add 12 14
                        16 = multiply 15 15
                        17 = subtract 9 16
                        18 = constant 1.0E-7
                        19 = add 17 18
                        20 = multiply 2 1
                        21 = sqrt 19
                        22 = divide 20 21
                        23 = load momentum
                        24 = constant 0.9
                        25 = multiply 24 23
                        26 = add 25 22
                        27 = load variable
                        28 = subtract 27 26
                        store velocity 9
                        store average_gradient 15
                        store momentum 26
                        store variable 28
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
        assertThat(record(step(true, true))).isEqualTo("""
                        1 = gradient
                        2 = input base.loss_scale
                        3 = divide 1 2
                        4 = load base.gradient_accumulator
                        5 = add 3 4
                        6 = constant 3.0
                        7 = divide 5 6
                        8 = input base.clip_scale
                        9 = multiply 7 8
                        10 = load variable
                        11 = constant 0.01
                        12 = multiply 10 11
                        13 = load variable
                        14 = input learning_rate
                        15 = multiply 12 14
                        16 = subtract 13 15
                        17 = input learning_rate
                        18 = multiply 17 9
                        19 = subtract 16 18
                        20 = constant 0.0
                        21 = input base.ema_momentum
                        22 = load base.average
                        23 = multiply 21 22
                        24 = constant 1.0
                        25 = subtract 24 21
                        26 = multiply 25 19
                        27 = add 23 26
                        store variable 27
                        store base.gradient_accumulator 20
                        store base.average 27
                        """);
    }

    @Test
    void a_call_that_only_accumulates() {
        assertThat(record(step(true, false))).isEqualTo("""
                        1 = gradient
                        2 = input base.loss_scale
                        3 = divide 1 2
                        4 = load base.gradient_accumulator
                        5 = add 3 4
                        6 = input base.ema_momentum
                        7 = load base.average
                        8 = multiply 6 7
                        9 = constant 1.0
                        10 = subtract 9 6
                        11 = load variable
                        12 = multiply 10 11
                        13 = add 8 12
                        store base.gradient_accumulator 5
                        store base.average 13
                        """);
    }

    @Test
    void a_variable_without_a_gradient_in_the_call_that_updates() {
        assertThat(record(step(false, true))).isEqualTo("""
                        1 = constant 0.0
                        2 = input base.ema_momentum
                        3 = load base.average
                        4 = multiply 2 3
                        5 = constant 1.0
                        6 = subtract 5 2
                        7 = load variable
                        8 = multiply 6 7
                        9 = add 4 8
                        store base.gradient_accumulator 1
                        store base.average 9
                        store variable 9
                        """);
    }

    private static String record(UpdateRule rule) {
        Recording recording = new Recording();
        rule.step(recording, recording);
        return recording.program();
    }

    /** The value of a run is the number of the line that made it. */
    private static final class Recording implements Ops<Integer>, Slots<Integer> {
        private final StringBuilder lines = new StringBuilder();
        private final Map<Variable<Integer>, Integer> assigned = new LinkedHashMap<>();
        private int last;

        private Integer line(String text) {
            last++;
            lines.append(last).append(" = ").append(text).append('\n');
            return last;
        }

        String program() {
            assigned.forEach((variable, value) -> lines.append("store ")
                    .append(variable.name())
                    .append(' ')
                    .append(value)
                    .append('\n'));
            return lines.toString();
        }

        @Override
        public Integer scalar(double value) {
            return line("constant " + value);
        }

        @Override
        public Integer unary(Unary op, Integer x) {
            return line(op.name().toLowerCase(Locale.ROOT) + " " + x);
        }

        @Override
        public Integer binary(Binary op, Integer x, Integer y) {
            return line(op.name().toLowerCase(Locale.ROOT) + " " + x + " " + y);
        }

        @Override
        public Integer read(Variable<Integer> variable) {
            Integer value = assigned.get(variable);
            return value != null ? value : line("load " + variable.name());
        }

        @Override
        public void assign(Variable<Integer> variable, Integer value) {
            assigned.put(variable, value);
        }

        @Override
        public Variable<Integer> variable() {
            return new Local<>("variable");
        }

        @Override
        public Integer gradient() {
            return line("gradient");
        }

        @Override
        public Variable<Integer> slot(String name) {
            return new Local<>(name);
        }

        @Override
        public Integer input(String name) {
            return line("input " + name);
        }
    }
}
