package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.gradstep.djl.TestModel.Kind;
import io.gradstep.djl.TrainerStepsTest.Way;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Bits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters that are frozen and unfrozen between steps: with the bits of a reference twin. */
final class TrainerFreezingTest {
    private static final Settings EVERYTHING = HandLoop.everything().build();

    @ParameterizedTest
    @EnumSource
    void a_frozen_parameter_stands_still_and_goes_on_later(Way way) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(EVERYTHING, model.train(optimizer).model())) {
            Parameter weight = model.parameter("01Linear_weight");
            way.steps(model, optimizer, twin, 1, 3);
            weight.freeze(true);
            HostTensor values = TestModel.read(weight.getArray());
            List<HostTensor> state = state(optimizer, "01Linear_weight_");
            assertThat(state).hasSize(5);
            way.steps(model, optimizer, twin, 4, 9);
            Bits.assertEqual("frozen weight", values, TestModel.read(weight.getArray()));
            for (int i = 0; i < state.size(); i++) {
                Bits.assertEqual(
                        "state of a frozen weight",
                        state.get(i),
                        state(optimizer, "01Linear_weight_").get(i));
            }
            weight.freeze(false);
            way.steps(model, optimizer, twin, 10, 15);
            assertThat(TestModel.read(weight.getArray()).floats()).isNotEqualTo(values.floats());
        }
    }

    private static List<HostTensor> state(GradstepOptimizer optimizer, String prefix) {
        return optimizer.state().arrays().stream()
                .filter(array -> array.name().contains("/" + prefix))
                .map(array -> array.values().copy())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void parameters_may_be_frozen_in_turn(Way way) {
        try (TestModel model = TestModel.of(Kind.CONVOLUTION, DataType.FLOAT32);
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(EVERYTHING, model.train(optimizer).model())) {
            optimizer.excludeFromWeightDecay("bias");
            twin.optimizer().excludeFromWeightDecay(List.of(), List.of("bias"));
            for (int step = 1; step <= 18; step++) {
                boolean turn = (step - 1) / 3 % 2 == 0;
                model.parameter("01Conv2d_weight").freeze(turn);
                model.parameter("02BatchNorm_gamma").freeze(turn);
                model.parameter("05Linear_weight").freeze(!turn);
                way.steps(model, optimizer, twin, step, step);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_parameter_that_was_never_trained_begins_anew_when_it_joins(Way way) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(EVERYTHING, model.train(optimizer).model())) {
            model.parameter("01Linear_weight").freeze(true);
            way.steps(model, optimizer, twin, 1, 5);
            assertThat(state(optimizer, "01Linear_weight_")).isEmpty();
            model.parameter("01Linear_weight").freeze(false);
            way.steps(model, optimizer, twin, 6, 11);
            assertThat(state(optimizer, "01Linear_weight_")).hasSize(5);
        }
    }

    @Test
    void a_parameter_frozen_between_backward_and_step_stands_still() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            loop.steps(2);
            loop.backward(2);
            loop.parameter("03Linear_weight").freeze(true);
            loop.step();
            loop.steps(2);
            loop.parameter("03Linear_weight").freeze(false);
            loop.steps(2);
        }
    }

    @Test
    void the_first_parameter_of_a_step_may_be_frozen_for_the_next_and_begin_the_one_after() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            List<Parameter> parameters = loop.model().getBlock().getParameters().values();
            loop.backward(0);
            loop.step(() -> parameters.forEach(loop::update));
            loop.backward(1);
            loop.step(() -> loop.update(parameters.get(0)));
            parameters.get(0).freeze(true);
            loop.backward(2);
            loop.step(() -> parameters.subList(1, 4).forEach(loop::update));
            parameters.get(0).freeze(false);
            loop.backward(3);
            loop.step(() -> loop.update(parameters.get(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void averages_of_frozen_parameters_are_not_taken_at_the_end(int stepsBefore) {
        Settings settings = RMSprop.builder().useEma(true).emaMomentum(0.5).build();
        try (HandLoop loop = HandLoop.mlp(settings)) {
            loop.steps(3);
            loop.parameter("01Linear_weight").freeze(true);
            loop.steps(stepsBefore);
            Map<String, HostTensor> before = ReferenceTwin.values(loop.model());
            loop.twin().finalizeVariableValues();
            loop.optimizer().finalizeVariableValues();
            loop.twin().assertSame("at the end", loop.optimizer());
            Map<String, HostTensor> after = ReferenceTwin.values(loop.model());
            assertThat(after.get("01Linear/weight").floats())
                    .isEqualTo(before.get("01Linear/weight").floats());
            assertThat(after.get("03Linear/weight").floats())
                    .isNotEqualTo(before.get("03Linear/weight").floats());
        }
    }

    /** Each way in which a parameter can have no average when the others have one. */
    enum Late {
        FROZEN_FROM_THE_START {
            @Override
            void train(HandLoop loop, Parameter late) {
                late.freeze(true);
                loop.steps(5);
            }
        },
        FROZEN_AFTER_A_LOOK_AT_THE_STATE {
            @Override
            void train(HandLoop loop, Parameter late) {
                loop.optimizer().state();
                late.freeze(true);
                loop.backward(0);
                loop.optimizer().step();
            }
        },
        UNKNOWN_TO_THE_STATE_THAT_IS_RESTORED {
            @Override
            void train(HandLoop loop, Parameter late) {
                late.freeze(true);
                loop.steps(5);
                late.freeze(false);
                loop.optimizer().restore(loop.optimizer().state());
            }
        };

        abstract void train(HandLoop loop, Parameter late);
    }

    @ParameterizedTest
    @EnumSource
    void the_average_of_a_parameter_that_joins_late_begins_with_it(Late late) {
        try (HandLoop loop = HandLoop.mlp(RMSprop.builder().useEma(true).build())) {
            Parameter weight = loop.parameter("01Linear_weight");
            late.train(loop, weight);
            weight.freeze(false);
            HostTensor before = TestModel.read(weight.getArray());
            loop.optimizer().finalizeVariableValues();
            Bits.assertEqual("joined weight", before, TestModel.read(weight.getArray()));
        }
    }
}
