package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gradstep.schedule.CosineDecay;
import io.gradstep.schedule.CosineDecayRestarts;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.InverseTimeDecay;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.schedule.PiecewiseConstantDecay;
import io.gradstep.schedule.PolynomialDecay;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleSyntaxTest {
    static List<Arguments> schedules() {
        return List.of(
                arguments("exponential:0.01,100,0.9", new ExponentialDecay(0.01, 100, 0.9)),
                arguments("exponential:1e-2,100,0.9,staircase", new ExponentialDecay(0.01, 100, 0.9, true)),
                arguments("inverse-time:0.01,100,0.5", new InverseTimeDecay(0.01, 100, 0.5)),
                arguments("inverse-time:0.01,100,0.5,staircase", new InverseTimeDecay(0.01, 100, 0.5, true)),
                arguments("polynomial:0.01,100", new PolynomialDecay(0.01, 100)),
                arguments("polynomial:0.01,100,cycle", new PolynomialDecay(0.01, 100, 0.0001, 1, true)),
                arguments("polynomial:0.01,100,0.002", new PolynomialDecay(0.01, 100, 0.002, 1, false)),
                arguments("polynomial:0.01,100,0.002,2,cycle", new PolynomialDecay(0.01, 100, 0.002, 2, true)),
                arguments("cosine:0.01,100", new CosineDecay(0.01, 100)),
                arguments("cosine:0.01,100,0.1", new CosineDecay(0.01, 100, 0.1)),
                arguments("cosine:0.01,100,0.1,0.05,20", new CosineDecay(0.01, 100, 0.1, 0.05, 20)),
                arguments("cosine-restarts:0.01,100", new CosineDecayRestarts(0.01, 100)),
                arguments("cosine-restarts:0.01,100,3,0.5", new CosineDecayRestarts(0.01, 100, 3, 0.5, 0)),
                arguments("cosine-restarts:0.01,100,3,0.5,0.1", new CosineDecayRestarts(0.01, 100, 3, 0.5, 0.1)),
                arguments("piecewise:100=0.01,0.003", new PiecewiseConstantDecay(List.of(100L), List.of(0.01, 0.003))),
                arguments(
                        "piecewise:100,300=0.01,0.003,0.001",
                        new PiecewiseConstantDecay(List.of(100L, 300L), List.of(0.01, 0.003, 0.001))));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void is_read(String text, LearningRateSchedule schedule) {
        assertThat(ScheduleSyntax.parse(text)).isEqualTo(schedule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    exponential                       | --schedule must be exponential:RATE,STEPS,DECAY[,staircase], for example exponential:0.01,100,0.9. Received: exponential
                    exponential:                      | for example exponential:0.01,100,0.9. Received: exponential:
                    exponential:0.01,100              | Received: exponential:0.01,100
                    exponential:0.01,100,0.9,stairs   | Received: exponential:0.01,100,0.9,stairs
                    exponential:0.01,100,staircase    | Received: exponential:0.01,100,staircase
                    exponential:0.01,ten,0.9          | Received: exponential:0.01,ten,0.9
                    exponential:0.01,1e999,0.9        | Received: exponential:0.01,1e999,0.9
                    exponential:0.01,0,0.9            | --schedule exponential:0.01,0,0.9: Argument `decay_steps` must be > 0. Received: decay_steps=0
                    polynomial:0.01,100,1,2,3         | --schedule must be polynomial:RATE,STEPS[,END[,POWER]][,cycle]
                    cosine:0.01,100,0,0.1             | --schedule must be cosine:RATE,STEPS[,ALPHA[,TARGET,WARMUP]]
                    cosine:0.01,100,                  | --schedule must be cosine:RATE,STEPS[,ALPHA[,TARGET,WARMUP]]
                    cosine-restarts:0.01,-1           | `first_decay_steps` must be > 0. Received: first_decay_steps=-1
                    piecewise:100,300                 | --schedule must be piecewise:STEP,...=RATE,RATE,...
                    piecewise:1.5=0.1,0.2             | --schedule must be piecewise:STEP,...=RATE,RATE,...
                    piecewise:=0.1                    | --schedule must be piecewise:STEP,...=RATE,RATE,...
                    piecewise:100=0.1                 | Received: boundaries=[100] of length 1, and values=[0.1] of length 1
                    Cosine:0.01,100                   | --schedule: there is no schedule "Cosine". Choose among exponential,
                    ^^                                | there is no schedule "". Choose among exponential, inverse-time, polynomial, cosine, cosine-restarts, piecewise. Received: nothing
                    """)
    void is_refused_with_what_works(String text, String message) {
        assertThatThrownBy(() -> ScheduleSyntax.parse(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    @Test
    void each_example_is_a_schedule_of_its_own() {
        Stream<Class<?>> types = ScheduleSyntax.ALL.stream()
                .map(ScheduleSyntax::example)
                .map(ScheduleSyntax::parse)
                .map(LearningRateSchedule::getClass);
        assertThat(types).hasSize(6).doesNotHaveDuplicates();
    }
}
