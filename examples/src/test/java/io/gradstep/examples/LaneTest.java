package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who trains side by side, and what becomes of the others if one of them does something unforeseen. */
class LaneTest {
    /** The classes overlap, so that no model is right about all rows. */
    private static final Dataset DATA = new Dataset(
            "points",
            "a test",
            List.of("left", "right"),
            IntStream.range(0, 100)
                    .mapToObj(i -> new Dataset.Example(new float[] {i - 50, i % 7}, i % 3 == 0 || i < 50 ? 0 : 1))
                    .toList());

    private static final OptimizerChoice PLAIN = new OptimizerChoice(new RMSprop(0.001), List.of());
    private static final OptimizerChoice AVERAGING =
            new OptimizerChoice(RMSprop.builder().useEma(true).emaMomentum(0.5).build(), List.of());

    /** In the order in which they happen. */
    private final List<String> calls = new ArrayList<>();

    private Supplier<Backend<HostTensor>> backend(String name, boolean throwing) {
        return () -> {
            Backend<HostTensor> right = new ReferenceProvider().open();
            return listening(right, name, throwing);
        };
    }

    @SuppressWarnings("unchecked")
    private Backend<HostTensor> listening(Backend<HostTensor> right, String name, boolean throwing) {
        return (Backend<HostTensor>) Proxy.newProxyInstance(
                LaneTest.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        calls.add(name + " closed");
                    }
                    if (throwing && method.getName().equals("run")) {
                        calls.add(name + " thrown");
                        throw new IllegalStateException("Out of order");
                    }
                    try {
                        return method.invoke(right, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Library<HostTensor> backend(String name) {
        return new Library<>(Contender.backend(name, StepExecution.eager), backend(name, false), ReferenceTrainer::new);
    }

    private Library<HostTensor> peer(String name, boolean throwing) {
        return new Library<>(
                Contender.peer("reference", name), backend(name, throwing), ReferenceTrainer::new, Optional.empty());
    }

    private static ComparisonPlan plan(OptimizerChoice choice, int epochs, Library<?>... libraries) {
        return new ComparisonPlan(
                new Libraries(List.of(libraries)), choice, DATA, ModelKind.logistic, DType.FLOAT32, epochs);
    }

    private static ComparisonResult run(ComparisonPlan plan) {
        return new ComparisonWork(plan, List.of(1L), Optional.empty())
                .run((task, steps) -> Progress.silent(), () -> false);
    }

    /** Without weights that follow, which would throw as well. */
    @Test
    void what_a_backend_of_ours_throws_comes_through() {
        Library<HostTensor> broken = new Library<>(
                Contender.backend("broken", StepExecution.eager),
                backend("broken", true),
                ReferenceTrainer::new,
                Optional.empty());

        assertThatThrownBy(() -> run(plan(PLAIN, 1, broken)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Out of order");
    }

    @Test
    void a_librarys_own_that_throws_stops_nobody_else() {
        ComparisonResult result = run(plan(PLAIN, 2, peer("broken", true), peer("well", false), backend("ours")));

        assertThat(result.isComplete()).isTrue();
        assertThat(result.setup().epochs()).isEqualTo(2);
        assertThat(result.broken()).isEmpty();
        assertThat(result.rows().get(0).failure()).contains("java.lang.IllegalStateException: Out of order");
        assertThat(result.rows().subList(1, 3)).allSatisfy(row -> {
            assertThat(row.failure()).isEmpty();
            assertThat(row.runs().get(0).epochs()).hasSize(2);
        });
        assertThat(calls.stream().filter("broken thrown"::equals))
                .as("not tried again in the second epoch")
                .hasSize(1);
    }

    @Test
    void a_librarys_own_is_compared_with_nobody() {
        ComparisonResult result = run(plan(PLAIN, 1, peer("own", false)));

        Outcome outcome = result.rows().get(0).outcomes().get(0);
        assertThat(outcome.sameGradients().points()).isEmpty();
        assertThat(outcome.ownGradients().points()).isEmpty();
    }

    @Test
    void every_library_is_closed() {
        run(plan(PLAIN, 1, backend("first"), peer("second", true)));

        assertThat(calls).contains("first closed", "second closed");
    }

    @Test
    void what_was_opened_is_closed_if_the_next_cannot_start() {
        Library<HostTensor> withoutFollower = new Library<>(
                Contender.backend("second", StepExecution.eager),
                backend("second", false),
                ReferenceTrainer::new,
                Optional.of((model, weights, opened, choice) -> {
                    throw new IllegalStateException("No room");
                }));

        assertThatThrownBy(() -> run(plan(PLAIN, 1, backend("first"), withoutFollower)))
                .hasMessage("No room");
        assertThat(calls).containsExactlyInAnyOrder("first closed", "second closed");
    }

    /** The steps of these backends are right, and only what they do after the last one is not. */
    @Test
    void weights_that_become_averages_are_compared_once_more() {
        Library<HostTensor> averagesItsOwn = new Library<>(
                Contender.backend("own", StepExecution.eager),
                backend("own", false),
                (model, weights, opened, choice) -> new ReferenceTrainer(model, weights, opened, AVERAGING));
        Library<HostTensor> averagesWhatFollows = new Library<>(
                Contender.backend("follower", StepExecution.eager),
                backend("follower", false),
                ReferenceTrainer::new,
                Optional.of(
                        (model, weights, opened, choice) -> new TensorFollower<>(model, weights, opened, AVERAGING)));

        ComparisonResult result = run(plan(PLAIN, 1, averagesItsOwn, averagesWhatFollows));

        assertThat(result.rows().get(0).ownGradients()).isPositive();
        assertThat(result.rows().get(0).sameGradients()).isZero();
        assertThat(result.rows().get(1).ownGradients()).isZero();
        assertThat(result.rows().get(1).sameGradients()).isPositive();
    }

    @Test
    void an_epoch_ends_with_the_loss_of_the_training_part_and_the_accuracy_of_the_test_part() {
        ComparisonPlan plan = plan(PLAIN, 2, Libraries.REFERENCE);
        Split split = Split.of(DATA, 1);

        TrainingRun run = run(plan).rows().get(0).runs().get(0);

        assertThat(run.epochs()).extracting(TrainingRun.Epoch::number).containsExactly(1, 2);
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                ReferenceTrainer trainer = new ReferenceTrainer(plan.model(), run.weights(), backend, PLAIN)) {
            Evaluation training = Evaluation.of(trainer, split.training());
            Evaluation test = Evaluation.of(trainer, split.test());
            assertThat(run.last().trainingLoss()).isEqualTo(training.loss()).isNotEqualTo(test.loss());
            assertThat(run.last().testAccuracy()).isEqualTo(test.accuracy()).isNotEqualTo(training.accuracy());
        }
        assertThat(run.epochNanos().low())
                .as("three steps and their gradients take longer than one step")
                .isGreaterThan(run.stepNanos().median());
    }

    @Test
    void a_seed_decides_the_weights_at_the_start() {
        List<List<HostTensor>> starts = new ArrayList<>();
        Library<HostTensor> library = new Library<>(
                Contender.backend("ours", StepExecution.eager),
                backend("ours", false),
                (model, weights, opened, choice) -> {
                    starts.add(weights);
                    return new ReferenceTrainer(model, weights, opened, choice);
                });
        ComparisonPlan plan = plan(PLAIN, 1, library);

        new ComparisonWork(plan, List.of(1L, 2L), Optional.empty())
                .run((task, steps) -> Progress.silent(), () -> false);

        assertThat(Ulp.largestDistance(starts.get(0), starts.get(1))).isPositive();
    }

    @Test
    void the_yardstick_trains_first_and_once() {
        ComparisonPlan plan = new ComparisonPlan(
                Libraries.named("reference", List.of(StepExecution.values())),
                PLAIN,
                DATA,
                ModelKind.logistic,
                DType.FLOAT32,
                2);

        assertThat(plan.contestants())
                .extracting(library -> library.contender().name())
                .containsExactly("reference eager", "reference fused");
        assertThat(plan.steps()).as("3 steps in an epoch").isEqualTo(3 * 2 * 3);
    }

    /** For none of the five measurements at the large size is there room. */
    @Test
    void costs_are_measured_after_the_trainings_and_told_step_by_step() {
        StepCosts costs = new StepCosts(List.of("reference"), false, List.of(1L), 1L << 40, Duration.ofMillis(1), 1);
        List<String> told = new ArrayList<>();

        ComparisonResult result = new ComparisonWork(
                        plan(PLAIN, 1, Libraries.REFERENCE), List.of(1L), Optional.of(costs))
                .run((task, steps) -> told(task + " " + steps, told), () -> false);

        assertThat(told).containsExactly("Training 6 told 6", "Cost of a step 6 told 6");
        assertThat(result.costs()).extracting(StepCost::parameters).containsExactly(1L);
        assertThat(result.omissions()).hasSize(5);
    }

    @Test
    void who_ends_the_trainings_early_waits_for_no_costs() {
        StepCosts costs = new StepCosts(List.of("reference"), false, List.of(), 1, Duration.ofMillis(1), 1);
        List<String> told = new ArrayList<>();

        new ComparisonWork(plan(PLAIN, 1, Libraries.REFERENCE), List.of(1L), Optional.of(costs))
                .run((task, steps) -> told(task, told), () -> true);

        assertThat(told).containsExactly("Training told 0");
    }

    private static Progress told(String task, List<String> told) {
        int[] steps = {0};
        return new Progress() {
            @Override
            public void phase(String name) {}

            @Override
            public void step() {
                steps[0]++;
            }

            @Override
            public void close() {
                told.add(task + " told " + steps[0]);
            }
        };
    }
}
