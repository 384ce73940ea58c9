package io.gradstep.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.gradstep.djl.TestModel.Kind;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Lion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parameters and state are those of a plain optimizer on the reference backend that is fed the gradients which DJL had
 * before each step.
 */
final class TrainerBitsTest {
    private static final int STEPS = 30;

    @SuppressWarnings("ImmutableEnumChecker") // settings are immutable
    enum Case {
        PLAIN(new RMSprop(0.001)),
        BY_VALUE(RMSprop.builder()
                .momentum(0.9)
                .centered(true)
                .clipvalue(0.01)
                .lossScaleFactor(8.0)
                .gradientAccumulationSteps(3)
                .build()),
        BY_NORM(RMSprop.builder().clipnorm(0.02).weightDecay(0.01).useEma(true).build()),
        EVERYTHING(TestModel.everything().lossScaleFactor(8.0).build()),
        EVERYTHING_UNDER_A_LOSS_SCALE(new LossScale(TestModel.everything().build(), 64, 3, null)),
        A_RULE_OF_ONES_OWN(Settings.of(new Lion(0.9, 0.99))
                .learningRate(0.001)
                .weightDecay(0.01)
                .globalClipnorm(0.1)
                .build());

        private final Settings settings;

        Case(Settings settings) {
            this.settings = settings;
        }
    }

    /** How a program of DJL's takes its steps. */
    enum Loop {
        BY_THE_TRAINER {
            @Override
            void run(TestModel model, GradstepOptimizer optimizer, Listener listener) {
                for (int step = 0; step < STEPS; step++) {
                    model.backward(step);
                    listener.beforeStep();
                    model.trainer().step();
                    listener.afterStep();
                }
            }
        },
        BY_THE_OPTIMIZER {
            @Override
            void run(TestModel model, GradstepOptimizer optimizer, Listener listener) {
                for (int step = 0; step < STEPS; step++) {
                    model.backward(step);
                    listener.beforeStep();
                    optimizer.step();
                    listener.afterStep();
                }
            }
        },
        /** It tells its listeners of a batch when its gradients are there and the step is not. */
        BY_FIT {
            @Override
            void run(TestModel model, GradstepOptimizer optimizer, Listener listener) throws Exception {
                EasyTrain.fit(model.trainer(), 1, model.data(STEPS), null);
                listener.afterStep();
            }
        };

        abstract void run(TestModel model, GradstepOptimizer optimizer, Listener listener) throws Exception;
    }

    /** Steps the twin, and compares. */
    private static final class Listener extends TrainingListenerAdapter {
        private final GradstepOptimizer optimizer;
        private final ReferenceTwin twin;
        private int steps;

        Listener(GradstepOptimizer optimizer, ReferenceTwin twin) {
            this.optimizer = optimizer;
            this.twin = twin;
        }

        /** The step of the batch before has been taken, and the gradients of this one are there. */
        @Override
        public void onTrainingBatch(Trainer trainer, BatchData batch) {
            if (steps > 0) {
                twin.assertSame("after step " + steps, optimizer);
            }
            beforeStep();
        }

        void beforeStep() {
            steps++;
            twin.step();
        }

        void afterStep() {
            twin.assertStepped("after step " + steps, optimizer);
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Case each : Case.values()) {
            for (Kind kind : Kind.values()) {
                for (Loop loop : Loop.values()) {
                    cases.add(Arguments.of(each, kind, DataType.FLOAT32, loop, ExecutionMode.COMPILED));
                }
                cases.add(Arguments.of(each, kind, DataType.FLOAT32, Loop.BY_THE_TRAINER, ExecutionMode.EAGER));
                cases.add(Arguments.of(each, kind, DataType.FLOAT64, Loop.BY_THE_OPTIMIZER, ExecutionMode.COMPILED));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}, {4}")
    @MethodSource("cases")
    void a_model_is_stepped_as_an_optimizer_steps(Case of, Kind kind, DataType type, Loop loop, ExecutionMode mode)
            throws Exception {
        try (TestModel model = TestModel.of(kind, type);
                GradstepOptimizer optimizer =
                        GradstepOptimizer.of(of.settings, model.model(), Options.DEFAULT.withExecution(mode));
                ReferenceTwin twin =
                        new ReferenceTwin(of.settings, model.initialize().model())) {
            optimizer.excludeFromWeightDecay("bias", "beta");
            twin.optimizer().excludeFromWeightDecay(List.of(), List.of("bias", "beta"));
            Listener listener = new Listener(optimizer, twin);
            model.train(new DefaultTrainingConfig(optimizer.scaledLoss(TestModel.loss()))
                    .optOptimizer(optimizer)
                    .addTrainingListeners(loop == Loop.BY_FIT ? new Listener[] {listener} : new Listener[0]));
            loop.run(model, optimizer, listener);
            optimizer.finalizeVariableValues();
            twin.finalizeVariableValues();
            twin.assertSame("at the end", optimizer);
        }
    }
}
