package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.optimizer.Optimizer;
import io.gradstep.djl.TrainerStepsTest.Way;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.tck.Bits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PyTorch frees nothing by itself: an optimizer leaves nothing behind, whatever is done with it, and in whatever order. */
final class TrainerLifetimeTest {
    private static final int MANY = 20_000;

    private final NDManager root = Engine.getEngine("PyTorch").newBaseManager();

    @AfterEach
    void close() {
        root.close();
    }

    /** Of which 20,000 steps do not shrink the learning rate to nothing. */
    private static RMSprop.Builder everything() {
        return TestModel.everything().learningRate(new ExponentialDecay(0.01, 1000, 0.9));
    }

    private static GradstepOptimizer optimizer(Settings settings, TestModel model) {
        return GradstepOptimizer.of(settings, model.model());
    }

    private static void train(TestModel model, GradstepOptimizer optimizer) {
        model.train(new DefaultTrainingConfig(optimizer.scaledLoss(TestModel.loss())).optOptimizer(optimizer));
    }

    private int count() {
        return Census.count(root);
    }

    // ---- many steps

    @ParameterizedTest
    @EnumSource
    void twenty_thousand_steps_leave_nothing_behind(Way way) {
        int atFirst = count();
        try (TestModel model = TestModel.mlp()) {
            int withModel = count();
            GradstepOptimizer optimizer = optimizer(everything().build(), model);
            train(model, optimizer);
            int afterTheSecond = 0;
            for (int i = 1; i <= MANY; i++) {
                model.backward(i % 10);
                way.step(model, optimizer);
                if (i == 2) {
                    afterTheSecond = count();
                } else if (i > 2 && i % 500 == 0) {
                    assertThat(count()).as("after step %d", i).isEqualTo(afterTheSecond);
                }
            }
            assertThat(optimizer.iterations()).isEqualTo(MANY / 3);
            assertThat(afterTheSecond).isGreaterThan(withModel);
            optimizer.close();
        }
        assertThat(count()).isEqualTo(atFirst);
    }

    /**
     * The heap is touched before. What is left is the JVM's own: up to 0.3 MB, but 11 MB once in a while, for a compiler
     * that wakes up late. What is lost in each step is lost in each third: one small array for each parameter is 11 MB.
     * Handles without memory of their own would not be seen here: they are counted above.
     */
    private static final long ALLOWED_GROWTH = 4L << 20;

    @ParameterizedTest
    @EnumSource
    void the_process_does_not_grow(Way way, @TempDir Path directory) throws Exception {
        assumeTrue(Files.exists(MemoryInAnotherProcess.STATUS), "only Linux tells");
        List<String> touched = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
        List<String> lines = OtherProcess.run(directory, touched, MemoryInAnotherProcess.class, way.name());
        assertThat(Long.parseLong(lines.get(lines.size() - 1)))
                .as("bytes in that of three times 5,000 steps which took the least")
                .isLessThan(ALLOWED_GROWTH);
    }

    /** Prints by how many bytes it grew in each of the last three quarters, at least. */
    static final class MemoryInAnotherProcess {
        static final Path STATUS = Path.of("/proc/self/status");

        private MemoryInAnotherProcess() {}

        public static void main(String[] arguments) throws IOException {
            Way way = Way.valueOf(arguments[0]);
            List<Long> resident = new ArrayList<>();
            try (TestModel model = TestModel.mlp();
                    GradstepOptimizer optimizer = optimizer(everything().build(), model)) {
                train(model, optimizer);
                for (int i = 1; i <= MANY; i++) {
                    model.backward(i % 10);
                    way.step(model, optimizer);
                    if (i % (MANY / 4) == 0) {
                        resident.add(resident());
                    }
                }
            }
            System.out.println(IntStream.range(1, resident.size())
                    .mapToLong(i -> resident.get(i) - resident.get(i - 1))
                    .min()
                    .orElseThrow());
        }

        private static long resident() throws IOException {
            return Files.readAllLines(STATUS, StandardCharsets.UTF_8).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    << 10;
        }
    }

    // ---- single calls

    /** What each call may leave behind: nothing. */
    enum Use {
        A_STEP_OF_THE_TRAINER {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                model.trainer().step();
            }
        },
        A_STEP_OF_ITS_OWN {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                optimizer.step();
            }
        },
        MINIMIZE {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                optimizer.minimize(() -> weight(model).square().sum(), List.of(model.parameter("01Linear_weight")));
            }
        },
        A_FAILING_MINIMIZE {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                assertThatThrownBy(() -> optimizer.minimize(() -> {
                            weight(model).square();
                            throw new IllegalStateException("thrown by the loss");
                        }))
                        .hasMessageContaining("thrown by the loss");
            }
        },
        SCALING_A_LOSS {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                try (NDManager manager = model.model().getNDManager().newSubManager()) {
                    NDArray loss = manager.create(3f);
                    assertThat(optimizer.scaleLoss(loss).getFloat()).isEqualTo(3 * 64);
                    assertThat(manager.getManagedArrays()).hasSize(2);
                }
            }
        },
        AN_UPDATE_OF_NO_PARAMETER {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                NDArray weight = model.parameter("01Linear_weight").getArray();
                assertThatThrownBy(() -> optimizer.update("unknown", weight, weight))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        },
        STATE_AND_RESTORE {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                optimizer.restore(optimizer.state());
            }
        },
        A_REFUSED_RESTORE {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                assertThatThrownBy(() -> optimizer.restore(new OptimizerState(List.of())))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        },
        FREEZING {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                model.parameter("01Linear_weight").freeze(true);
                optimizer.step();
                model.parameter("01Linear_weight").freeze(false);
            }
        },
        QUESTIONS {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                assertThat(optimizer.execution()).hasSize(4);
                assertThat(optimizer.learningRate()).isPositive();
                assertThat(optimizer.lossScale()).isEqualTo(64);
            }
        },
        FINALIZING {
            @Override
            void of(TestModel model, GradstepOptimizer optimizer) {
                optimizer.finalizeVariableValues();
            }
        };

        private static NDArray weight(TestModel model) {
            return model.parameter("01Linear_weight").getArray();
        }

        abstract void of(TestModel model, GradstepOptimizer optimizer);
    }

    private static LossScale scaled() {
        return new LossScale(everything().build(), 64, 1000, null);
    }

    @ParameterizedTest
    @EnumSource
    void leaves_nothing_behind(Use use) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = optimizer(scaled(), model)) {
            train(model, optimizer);
            model.backward(0);
            model.trainer().step();
            model.backward(1);
            use.of(model, optimizer);
            model.backward(1);
            int before = count();
            use.of(model, optimizer);
            assertThat(count()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_scope_of_the_caller_holds_none_of_ours_and_closes_no_state(Use use) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = optimizer(scaled(), model)) {
            train(model, optimizer);
            NDArray array;
            // The first of all, which makes the state.
            model.backward(0);
            try (NDScope scope = new NDScope()) {
                optimizer.step();
                assertThat(Census.registered(scope)).isZero();
                array = root.create(1f);
            }
            assertThat(array.isReleased()).isTrue();
            model.backward(1);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                use.of(model, optimizer);
            }
            model.backward(2);
            model.trainer().step();
            assertThat(optimizer.state().arrays())
                    .allMatch(values -> values.values().isFinite());
        }
    }

    /** DJL itself gives the handle of a gradient to the manager of the weight: there is no other way to one. */
    @ParameterizedTest
    @EnumSource
    void a_model_whose_manager_takes_no_more_arrays_is_not_trained_by_djl_nor_here_and_nothing_changes(Way way) {
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = optimizer(scaled(), model);
                TestModel other = TestModel.mlp().train(Optimizer.adam().build())) {
            train(model, optimizer);
            for (int i = 0; i < 3; i++) {
                model.backward(i);
                way.step(model, optimizer);
            }
            Map<String, HostTensor> values = model.parameters();
            OptimizerState state = optimizer.state();
            model.backward(3);
            model.model().getNDManager().cap();
            assertThatThrownBy(() -> way.step(model, optimizer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("capped");
            Bits.assertEqual("refused", values, model.parameters());
            Bits.assertEqual("refused", state, optimizer.state());

            other.backward(3);
            other.model().getNDManager().cap();
            assertThatThrownBy(() -> other.trainer().step())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("capped");
        }
    }

    // ---- failing steps

    /** Does as it should until it is told not to. */
    private static final class Fragile implements UpdateRule {
        private boolean isBroken;

        @Override
        public List<Slot> slots() {
            return List.of(new Slot("velocity", 0));
        }

        @Override
        public Map<String, Object> config() {
            return Map.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), ops.multiply(0.01, slots.gradient()));
            if (isBroken) {
                throw new IllegalStateException("thrown by the rule");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_failing_step_leaves_nothing_behind(Way way) {
        Fragile rule = new Fragile();
        try (TestModel model = TestModel.mlp();
                GradstepOptimizer optimizer = GradstepOptimizer.of(
                        Settings.of(rule).learningRate(0.01).build(),
                        model.model(),
                        Options.DEFAULT.withExecution(ExecutionMode.EAGER))) {
            train(model, optimizer);
            model.backward(0);
            way.step(model, optimizer);
            model.backward(1);
            Map<String, HostTensor> values = model.parameters();
            int before = count();
            rule.isBroken = true;
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThatThrownBy(() -> way.step(model, optimizer)).hasMessageContaining("thrown by the rule");
            }
            // DJL's server closes no gradient of its own where an update throws: one in each attempt.
            assertThat(count()).isEqualTo(before + (way == Way.BY_THE_TRAINER ? 3 : 0));
            Bits.assertEqual("after failing", values, model.parameters());
            rule.isBroken = false;
            way.step(model, optimizer);
            assertThat(optimizer.iterations()).isEqualTo(2);
        }
    }

    // ---- the end

    /** In which order a program closes what it has, or does not. */
    enum End {
        THE_OPTIMIZER_FIRST {
            @Override
            void close(TestModel model, GradstepOptimizer optimizer) {
                optimizer.close();
                model.close();
            }
        },
        THE_MODEL_FIRST {
            @Override
            void close(TestModel model, GradstepOptimizer optimizer) {
                model.close();
                optimizer.close();
            }
        },
        THE_MODEL_ALONE {
            @Override
            void close(TestModel model, GradstepOptimizer optimizer) {
                model.close();
            }
        },
        THE_OPTIMIZER_TWICE {
            @Override
            void close(TestModel model, GradstepOptimizer optimizer) {
                optimizer.close();
                optimizer.close();
                model.close();
                optimizer.close();
            }
        };

        abstract void close(TestModel model, GradstepOptimizer optimizer);
    }

    @ParameterizedTest
    @EnumSource
    void nothing_is_left_at_the_end(End end) {
        int before = count();
        TestModel model = TestModel.mlp();
        GradstepOptimizer optimizer = optimizer(scaled(), model);
        train(model, optimizer);
        for (int i = 0; i < 5; i++) {
            model.backward(i);
            model.trainer().step();
        }
        end.close(model, optimizer);
        assertThat(count()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void nor_where_no_step_was_taken(End end) {
        int before = count();
        TestModel model = TestModel.mlp();
        end.close(model, optimizer(scaled(), model));
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void closing_the_optimizer_leaves_the_model_as_it_is() {
        try (TestModel model = TestModel.mlp()) {
            model.initialize();
            int before = count();
            Map<String, HostTensor> values = model.parameters();
            GradstepOptimizer optimizer = optimizer(scaled(), model);
            assertThat(optimizer.state().arrays()).isNotEmpty();
            assertThat(count()).isGreaterThan(before);
            optimizer.close();
            assertThat(count()).isEqualTo(before);
            Bits.assertEqual("at the end", values, model.parameters());
        }
    }
}
