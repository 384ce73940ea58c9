package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {
    private static final Dataset DATA = new Dataset(
            "points",
            "a test",
            List.of("left", "right"),
            IntStream.range(0, 100)
                    .mapToObj(i -> new Dataset.Example(new float[] {i - 50, i % 7}, i < 50 ? 0 : 1))
                    .toList());

    private static final Library<HostTensor> WRONG =
            new Library<>(Contender.backend("wrong", StepExecution.eager), WrongBackend::new, ReferenceTrainer::new);

    @Test
    void a_backend_that_computes_otherwise_is_found_out() {
        ComparisonResult result = run(WRONG);

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.name()).isEqualTo("wrong eager");
            assertThat(row.sameGradients()).isPositive();
            assertThat(row.ownGradients()).isPositive();
        });
        assertThat(result.broken()).isEqualTo(result.rows());
    }

    @Test
    void the_reference_equals_itself() {
        ComparisonResult result = run(Libraries.REFERENCE);

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.contender().role()).isEqualTo(Contender.Role.REFERENCE);
            assertThat(row.sameGradients()).isZero();
            assertThat(row.ownGradients()).isZero();
        });
        assertThat(result.broken()).isEmpty();
    }

    @Test
    void a_library_without_its_native_code_is_the_users_to_mend() {
        Library<HostTensor> missing = new Library<>(
                Contender.backend("missing", StepExecution.eager),
                () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu"));
                },
                ReferenceTrainer::new);

        assertThatThrownBy(() -> run(missing))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("The backend \"missing\" cannot start (")
                .hasMessageContaining("no jnind4jcpu")
                .hasMessageContaining("leave it out with --backends");
    }

    /** Momentum 1 keeps the average of the first step, so that it does not matter how many come after it. */
    @Test
    void the_weights_at_the_end_are_the_averages() {
        RMSprop settings = RMSprop.builder().useEma(true).emaMomentum(1).build();

        assertThat(Ulp.largestDistance(weights(settings, 1), weights(settings, 2)))
                .isZero();
        assertThat(Ulp.largestDistance(weights(new RMSprop(0.001), 1), weights(new RMSprop(0.001), 2)))
                .isPositive();
    }

    private static List<HostTensor> weights(RMSprop settings, int epochs) {
        return training(Libraries.REFERENCE, settings, epochs).weights();
    }

    /** Multiplying by a power of 2 and dividing again loses nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "nd4j", "djl"})
    void the_loss_scale_is_on_the_gradients_when_the_optimizer_divides_them(String name) {
        Library<?> library =
                Libraries.named(name, List.of(StepExecution.eager)).list().get(0);
        RMSprop plain = new RMSprop(0.001);
        RMSprop fixed = RMSprop.builder().lossScaleFactor(1024.0).build();
        Settings dynamic = new LossScale(plain, 8, 2, null);

        List<TrainingRun> runs = Stream.of(plain, fixed, dynamic)
                .map(settings -> training(library, settings, 2))
                .toList();

        assertThat(Ulp.largestDistance(runs.get(0).weights(), runs.get(1).weights()))
                .isZero();
        assertThat(Ulp.largestDistance(runs.get(0).weights(), runs.get(2).weights()))
                .isZero();
    }

    static Stream<Arguments> fed() {
        RMSprop.Builder everything = RMSprop.builder()
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.1)
                .weightDecay(0.1)
                .useEma(true)
                .gradientAccumulationSteps(2);
        return Stream.of(
                        everything.build(),
                        RMSprop.builder().clipnorm(0.1).lossScaleFactor(8.0).build(),
                        new LossScale(everything.build(), 8, 2, null))
                .flatMap(settings -> Stream.of("bias", "kernel")
                        .flatMap(spared -> Libraries.named("nd4j,djl", List.of(StepExecution.values())).list().stream()
                                .map(library -> Arguments.of(settings, spared, library))));
    }

    @ParameterizedTest(name = "{2}, {0}, {1} spared")
    @MethodSource("fed")
    void fed_with_the_gradients_of_the_reference_a_library_ends_at_its_bits(
            Settings settings, String spared, Library<?> library) {
        ComparisonResult result =
                run(plan(library, new OptimizerChoice(settings, List.of(spared)), 2), List.of(1L), () -> false);

        assertThat(result.rows())
                .singleElement()
                .satisfies(row -> assertThat(row.sameGradients()).isZero());
    }

    @Test
    void each_step_is_compared() {
        ComparisonResult result = run(WRONG);

        // 80 rows in batches of 32, twice.
        assertThat(result.rows().get(0).outcomes()).singleElement().satisfies(outcome -> {
            for (StepDifferences differences : List.of(outcome.sameGradients(), outcome.ownGradients())) {
                assertThat(differences.points())
                        .extracting(StepDifferences.Point::step)
                        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
                assertThat(differences.points())
                        .allSatisfy(point -> assertThat(point.ulp()).isPositive());
            }
        });
    }

    @Test
    void of_several_seeds_each_has_a_training_of_its_own() {
        ComparisonPlan plan = plan(WRONG, new OptimizerChoice(new RMSprop(0.001), List.of()), 2);

        ComparisonResult all = run(plan, List.of(1L, 2L, 3L), () -> false);

        assertThat(all.setup().seeds()).containsExactly(1L, 2L, 3L);
        assertThat(all.rows()).singleElement().satisfies(row -> {
            assertThat(row.outcomes()).extracting(Outcome::seed).containsExactly(1L, 2L, 3L);
            List<Double> losses =
                    row.runs().stream().map(run -> run.last().trainingLoss()).toList();
            assertThat(losses).doesNotHaveDuplicates();
            assertThat(row.mean(run -> run.last().trainingLoss())).isEqualTo(Mean.of(losses));
            assertThat(losses.get(1))
                    .isEqualTo(run(plan, List.of(2L), () -> false)
                            .rows()
                            .get(0)
                            .runs()
                            .get(0)
                            .last()
                            .trainingLoss());
        });
    }

    /** Reference and backend take 3 steps in an epoch, and then both follow for 3: a seed is over after 18. */
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "6, 0, 0", "7, 1, 1", "15, 1, 1", "16, 2, 1", "19, 2, 1", "36, 2, 1", "37, 2, 2", "99, 2, 3"
    })
    void who_ends_it_early_keeps_the_epochs_that_all_have_ended(int stopAfter, int epochs, int seeds) {
        CountedSteps steps = new CountedSteps();
        ComparisonPlan plan = new ComparisonPlan(
                new Libraries(List.of(WRONG, Libraries.REFERENCE)),
                new OptimizerChoice(new RMSprop(0.001), List.of()),
                DATA,
                ModelKind.mlp,
                DType.FLOAT32,
                2);

        ComparisonResult result = new ComparisonWork(plan, List.of(1L, 2L, 3L), Optional.empty())
                .run((task, count) -> steps, () -> steps.taken >= stopAfter);

        assertThat(result.setup().seeds()).hasSize(seeds);
        assertThat(result.isEmpty()).isEqualTo(seeds == 0);
        assertThat(result.isComplete()).isEqualTo(stopAfter > 54);
        assertThat(result.setup().epochs()).isEqualTo(epochs);
        if (seeds > 0) {
            assertThat(result.rows())
                    .allSatisfy(row -> assertThat(row.runs())
                            .hasSize(seeds)
                            .allSatisfy(run -> assertThat(run.epochs()).hasSize(epochs)));
        }
    }

    @Test
    void progress_is_told_of_as_many_steps_as_were_announced() {
        CountedSteps steps = new CountedSteps();
        ComparisonPlan plan = plan(WRONG, new OptimizerChoice(new RMSprop(0.001), List.of()), 2);
        List<Long> announced = new ArrayList<>();

        new ComparisonWork(plan, List.of(1L, 2L), Optional.empty())
                .run(
                        (task, count) -> {
                            announced.add(count);
                            return steps;
                        },
                        () -> false);

        assertThat(announced).containsExactly(36L);
        assertThat(steps.taken).isEqualTo(36);
    }

    private static final class CountedSteps implements Progress {
        private int taken;

        @Override
        public void phase(String name) {}

        @Override
        public void step() {
            taken++;
        }

        @Override
        public void close() {}
    }

    private static TrainingRun training(Library<?> library, Settings settings, int epochs) {
        ComparisonPlan plan = plan(library, new OptimizerChoice(settings, List.of()), epochs);
        return run(plan, List.of(1L), () -> false).rows().get(0).runs().get(0);
    }

    private static ComparisonResult run(Library<?> library) {
        return run(plan(library, new OptimizerChoice(new RMSprop(0.001), List.of()), 2), List.of(1L), () -> false);
    }

    private static ComparisonResult run(ComparisonPlan plan, List<Long> seeds, BooleanSupplier stop) {
        return new ComparisonWork(plan, seeds, Optional.empty()).run((task, steps) -> Progress.silent(), stop);
    }

    private static ComparisonPlan plan(Library<?> library, OptimizerChoice optimizer, int epochs) {
        return new ComparisonPlan(
                new Libraries(List.of(library)), optimizer, DATA, ModelKind.mlp, DType.FLOAT32, epochs);
    }
}
