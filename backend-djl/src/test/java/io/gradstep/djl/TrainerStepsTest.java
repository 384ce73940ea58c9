package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where, when and for which parameters steps are taken: each time with the bits of a reference twin. */
final class TrainerStepsTest {
    private static final Settings EVERYTHING = HandLoop.everything().build();

    /** How a step is asked for. */
    enum Way {
        BY_THE_TRAINER {
            @Override
            void step(TestModel model, GradstepOptimizer optimizer) {
                model.trainer().step();
            }
        },
        BY_THE_OPTIMIZER {
            @Override
            void step(TestModel model, GradstepOptimizer optimizer) {
                optimizer.step();
            }
        };

        abstract void step(TestModel model, GradstepOptimizer optimizer);

        /** Takes steps, and compares after each. */
        void steps(TestModel model, GradstepOptimizer optimizer, ReferenceTwin twin, int first, int last) {
            for (int step = first; step <= last; step++) {
                model.backward(step);
                twin.step();
                step(model, optimizer);
                twin.assertStepped("after step " + step, optimizer);
            }
        }
    }

    // ---- where

    static Stream<Arguments> placesAndWays() {
        return Stream.of(DjlAutogradTest.Place.values())
                .flatMap(place -> Stream.of(Way.values()).map(way -> Arguments.of(place, way)));
    }

    @ParameterizedTest
    @MethodSource("placesAndWays")
    void a_step_is_the_same_wherever_it_is_taken(DjlAutogradTest.Place place, Way way) throws Exception {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(EVERYTHING, model.train(optimizer).model())) {
            for (int step = 1; step <= 9; step++) {
                model.backward(step);
                twin.step();
                place.run(() -> way.step(model, optimizer));
                twin.assertStepped("after step " + step, optimizer);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_step_may_be_taken_in_the_collector_of_its_own_gradients(Way way) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(EVERYTHING, model.train(optimizer).model())) {
            for (int step = 1; step <= 6; step++) {
                try (NDManager batch = model.model().getNDManager().newSubManager();
                        GradientCollector collector = model.trainer().newGradientCollector()) {
                    collector.backward(TestModel.loss()
                            .evaluate(
                                    TestModel.labels(batch, step),
                                    model.trainer().forward(model.features(batch, step))));
                    twin.step();
                    way.step(model, optimizer);
                    assertThat(Torch.gradMode()).isTrue();
                }
                twin.assertStepped("after step " + step, optimizer);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_trainer_need_not_be_initialized(Way way) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                Trainer trainer = model.initialize()
                        .model()
                        .newTrainer(new DefaultTrainingConfig(TestModel.loss()).optOptimizer(optimizer));
                ReferenceTwin twin = new ReferenceTwin(EVERYTHING, model.model())) {
            for (int step = 1; step <= 6; step++) {
                backward(model, trainer, step);
                twin.step();
                if (way == Way.BY_THE_TRAINER) {
                    trainer.step();
                } else {
                    optimizer.step();
                }
                twin.assertStepped("after step " + step, optimizer);
            }
        }
    }

    /** DJL initializes a block at the first batch then, in the manager of the trainer. */
    @Test
    void a_model_may_be_initialized_by_its_first_batch() {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(EVERYTHING, model.model());
                Trainer trainer =
                        model.model().newTrainer(new DefaultTrainingConfig(TestModel.loss()).optOptimizer(optimizer))) {
            backward(model, trainer, 1);
            try (ReferenceTwin twin = new ReferenceTwin(EVERYTHING, model.model())) {
                for (int step = 1; step <= 6; step++) {
                    twin.step();
                    trainer.step();
                    twin.assertStepped("after step " + step, optimizer);
                    backward(model, trainer, step + 1);
                }
            }
        }
    }

    private static void backward(TestModel model, Trainer trainer, int step) {
        try (NDManager batch = model.model().getNDManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            collector.backward(trainer.getLoss()
                    .evaluate(TestModel.labels(batch, step), trainer.forward(model.features(batch, step))));
        }
    }

    /** Counts how often an optimizer is built. */
    private static final class CountingRule implements UpdateRule {
        private int built;

        @Override
        public List<Slot> slots() {
            built++;
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
        }
    }

    @Test
    void nothing_is_built_anew_while_the_parameters_stay() {
        CountingRule rule = new CountingRule();
        try (HandLoop loop = HandLoop.mlp(Settings.of(rule).learningRate(0.01).build())) {
            loop.steps(1);
            int built = rule.built;
            loop.steps(3);
            loop.parameter("01Linear_bias").freeze(true);
            loop.steps(3);
            assertThat(rule.built).isEqualTo(built).isPositive();
        }
    }

    // ---- in which order

    enum Order {
        OF_THE_BLOCK,
        REVERSED,
        ANOTHER_AT_EACH_STEP;

        List<Parameter> of(HandLoop loop, int step) {
            List<Parameter> parameters =
                    new ArrayList<>(loop.model().getBlock().getParameters().values());
            parameters.removeIf(parameter -> !parameter.requiresGradient());
            if (this == REVERSED) {
                Collections.reverse(parameters);
            } else if (this == ANOTHER_AT_EACH_STEP) {
                Collections.shuffle(parameters, new Random(step));
            }
            return parameters;
        }
    }

    @ParameterizedTest
    @EnumSource
    void parameters_may_be_updated_one_by_one_in_any_order(Order order) {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            for (int step = 0; step < 10; step++) {
                loop.parameter("01Linear_bias").freeze(step % 4 == 3);
                List<Parameter> parameters = order.of(loop, step);
                loop.backward(step);
                loop.step(() -> parameters.forEach(loop::update));
            }
        }
    }

    /** It waits for its second update, which shows whether there are copies on other devices. */
    private static void takeTheVeryFirstStep(HandLoop loop, List<Parameter> parameters) {
        loop.backward(0);
        loop.step(() -> parameters.forEach(loop::update));
    }

    @Test
    void the_first_update_of_a_step_takes_all_of_it() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            List<Parameter> parameters = Order.OF_THE_BLOCK.of(loop, 0);
            takeTheVeryFirstStep(loop, parameters);
            loop.backward(1);
            loop.step(() -> loop.update(parameters.get(2)));
            for (int rest : new int[] {0, 1, 3}) {
                loop.update(parameters.get(rest));
                loop.twin().assertStepped("after the update of " + rest, loop.optimizer());
            }
        }
    }

    /** A trainer leaves out what it has not met yet. */
    @Test
    void a_step_begins_anew_with_a_parameter_that_was_updated_already() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            List<Parameter> parameters = Order.OF_THE_BLOCK.of(loop, 0);
            takeTheVeryFirstStep(loop, parameters);
            for (int step = 1; step < 5; step++) {
                loop.backward(step);
                loop.step(() -> {
                    loop.update(parameters.get(1));
                    loop.update(parameters.get(3));
                });
            }
        }
    }

    @Test
    void steps_of_the_optimizer_and_updates_may_alternate() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            for (int step = 0; step < 6; step++) {
                loop.backward(2 * step);
                loop.step(() -> Order.REVERSED.of(loop, 0).forEach(loop::update));
                loop.backward(2 * step + 1);
                loop.step();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void updates_that_are_left_of_a_step_are_forgotten_with_the_next_step(boolean byMinimize) {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            List<Parameter> parameters = Order.OF_THE_BLOCK.of(loop, 0);
            takeTheVeryFirstStep(loop, parameters);
            loop.backward(1);
            loop.step(() -> loop.update(parameters.get(0)));
            loop.backward(2);
            loop.step(() -> {
                if (byMinimize) {
                    loop.minimize(2, parameters);
                } else {
                    loop.optimizer().step();
                }
            });
            loop.backward(3);
            loop.step(() -> loop.update(parameters.get(1)));
        }
    }

    @Test
    void a_model_may_have_one_parameter_alone() {
        try (HandLoop loop = new HandLoop(
                EVERYTHING, Linear.builder().setUnits(2).optBias(false).build(), new Shape(4, 3))) {
            Parameter weight = loop.parameter("weight");
            for (int step = 0; step < 6; step++) {
                loop.backward(step);
                loop.step(() -> loop.update(weight));
            }
        }
    }

    @Test
    void an_update_of_the_same_parameter_again_and_of_no_other_is_refused() {
        try (HandLoop loop = HandLoop.mlp(EVERYTHING)) {
            Parameter weight = loop.parameter("01Linear_weight");
            loop.backward(0);
            loop.update(weight);
            assertThatThrownBy(() -> loop.update(weight))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The parameter 01Linear/weight was updated twice")
                    .hasMessageContaining("optimizer.step()");
            loop.twin().assertSame("after the error", loop.optimizer());
            loop.step(() -> Order.OF_THE_BLOCK.of(loop, 0).forEach(loop::update));
        }
    }

    // ---- accumulation

    @ParameterizedTest
    @EnumSource
    void gradients_are_accumulated_over_three_steps(Way way) {
        Settings settings = RMSprop.builder()
                .learningRate(new ExponentialDecay(0.01, 2, 0.5))
                .gradientAccumulationSteps(3)
                .build();
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(settings, model.model());
                ReferenceTwin twin =
                        new ReferenceTwin(settings, model.train(optimizer).model())) {
            for (int step = 1; step <= 9; step++) {
                HostTensor before = model.parameters().get("01Linear/weight");
                way.steps(model, optimizer, twin, step, step);
                HostTensor after = model.parameters().get("01Linear/weight");
                assertThat(!after.toString().equals(before.toString())).isEqualTo(step % 3 == 0);
                assertThat(optimizer.iterations()).isEqualTo(step / 3);
            }
        }
    }

    // ---- concurrently

    private static OptimizerState train(HandLoop loop, ReentrantLock collecting) {
        for (int step = 0; step < 200; step++) {
            // DJL has one collector at a time in a process.
            collecting.lock();
            try {
                loop.backward(step);
            } finally {
                collecting.unlock();
            }
            loop.optimizer().step();
        }
        return loop.optimizer().state();
    }

    @Test
    void two_trainers_at_once_do_not_disturb_each_other() throws Exception {
        Settings[] settings = {EVERYTHING, RMSprop.builder().momentum(0.5).build()};
        ReentrantLock collecting = new ReentrantLock(true);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (HandLoop first = HandLoop.mlp(settings[0]);
                HandLoop second = HandLoop.mlp(settings[1])) {
            List<Callable<OptimizerState>> both =
                    List.of(() -> train(first, collecting), () -> train(second, collecting));
            List<Future<OptimizerState>> states = threads.invokeAll(both);
            HandLoop[] together = {first, second};
            for (int i = 0; i < 2; i++) {
                try (HandLoop alone = HandLoop.mlp(settings[i])) {
                    OptimizerState expected = train(alone, collecting);
                    Bits.assertEqual("of " + i, expected, states.get(i).get());
                    Bits.assertEqual(
                            "of " + i, ReferenceTwin.values(alone.model()), ReferenceTwin.values(together[i].model()));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
