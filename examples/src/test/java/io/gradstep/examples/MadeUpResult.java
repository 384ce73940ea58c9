package io.gradstep.examples;

import io.gradstep.examples.bench.Spread;
import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.ops.DType;
import io.gradstep.optim.RMSprop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A comparison that never was, with numbers that are easy to find again. */
final class MadeUpResult {
    static final Environment ENVIRONMENT = new Environment(
            "A processor",
            new Machine(2, "Linux amd64", "17 (Vendor)"),
            new TreeMap<>(Map.of("gradstep", "1.2.3", "DL4J", "4.5")),
            "java -jar gradstep-examples.jar compare --seed 7");

    /** 12 rows, of which 10 are for training. */
    private static final Dataset DATA = new Dataset(
            "points",
            "made up",
            List.of("a", "b"),
            IntStream.range(0, 12)
                    .mapToObj(i -> new Dataset.Example(new float[] {1, 2, i}, i % 2))
                    .toList());

    private OptimizerChoice optimizer = new OptimizerChoice(new RMSprop(0.001), List.of());
    private final List<ComparisonResult.Row> rows = new ArrayList<>();
    private final List<StepCost> costs = new ArrayList<>();
    private final List<StepCosts.Failure> omissions = new ArrayList<>();
    private List<Long> seeds = List.of(7L);
    private DType precision = DType.FLOAT32;
    private int planned = 2;
    private boolean isComplete = true;

    MadeUpResult optimizer(OptimizerChoice choice) {
        optimizer = choice;
        return this;
    }

    MadeUpResult seeds(Long... several) {
        seeds = List.of(several);
        return this;
    }

    MadeUpResult precision(DType dtype) {
        precision = dtype;
        return this;
    }

    /** How many epochs were to be trained; two were. */
    MadeUpResult planned(int epochs) {
        planned = epochs;
        return this;
    }

    MadeUpResult endedEarly() {
        isComplete = false;
        return this;
    }

    MadeUpResult reference() {
        return row(Contender.reference("reference", StepExecution.eager), 0, 0);
    }

    /** A backend, with its largest difference in either reading. */
    MadeUpResult backend(String library, StepExecution execution, long sameGradients, long ownGradients) {
        return row(Contender.backend(library, execution), sameGradients, ownGradients);
    }

    /** A backend, with its loss after the last epoch and the time of its steps. */
    MadeUpResult trained(String library, StepExecution execution, double loss, double stepNanos) {
        TrainingRun run = new TrainingRun(
                List.of(new TrainingRun.Epoch(1, 1.5, 0.5), new TrainingRun.Epoch(2, loss, 0.75)),
                new Spread(12_345_678, 12_000_000, 13_000_000),
                new Spread(stepNanos, stepNanos, stepNanos),
                List.of());
        rows.add(new ComparisonResult.Row(
                Contender.backend(library, execution),
                List.of(new Outcome(
                        seeds.get(0), Optional.of(run), differences(0), differences(0), Optional.empty()))));
        return this;
    }

    MadeUpResult peer(String library, String id) {
        return row(Contender.peer(library, id), 0, 0);
    }

    MadeUpResult failedPeer(String library, String id, String message) {
        rows.add(new ComparisonResult.Row(
                Contender.peer(library, id),
                seeds.stream()
                        .map(seed -> new Outcome(
                                seed,
                                Optional.empty(),
                                new StepDifferences(),
                                new StepDifferences(),
                                Optional.of(message)))
                        .toList()));
        return this;
    }

    /** A backend whose differences, the same in both readings, are smaller at the end. */
    MadeUpResult fading(String library, StepExecution execution, long largest, long last) {
        StepDifferences differences = new StepDifferences();
        differences.add(1, largest);
        differences.add(2, last);
        rows.add(new ComparisonResult.Row(
                Contender.backend(library, execution),
                List.of(new Outcome(seeds.get(0), Optional.of(run(0)), differences, differences, Optional.empty()))));
        return this;
    }

    private MadeUpResult row(Contender contender, long sameGradients, long ownGradients) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            outcomes.add(new Outcome(
                    seeds.get(i),
                    Optional.of(run(i)),
                    differences(sameGradients),
                    differences(ownGradients),
                    Optional.empty()));
        }
        rows.add(new ComparisonResult.Row(contender, outcomes));
        return this;
    }

    /** Each seed loses a quarter less than the one before. */
    private static TrainingRun run(int seed) {
        return new TrainingRun(
                List.of(
                        new TrainingRun.Epoch(1, 1.5, 0.5),
                        new TrainingRun.Epoch(2, 0.25 + 0.25 * seed, 0.975 - 0.1 * seed)),
                new Spread(12_345_678, 12_000_000, 13_000_000),
                new Spread(1_499, 1_000, 3_000),
                List.of());
    }

    private static StepDifferences differences(long ulp) {
        StepDifferences differences = new StepDifferences();
        differences.add(1, ulp / 2);
        differences.add(2, ulp);
        return differences;
    }

    MadeUpResult cost(String who, StepSettings settings, long parameters, double nanos) {
        costs.add(
                new StepCost(who, settings, parameters, nanos, nanos * 0.9, nanos * 1.2, settings.bytesPerParameter()));
        return this;
    }

    MadeUpResult omission(String who, long parameters, String reason) {
        omissions.add(new StepCosts.Failure(who, StepSettings.plain, parameters, reason));
        return this;
    }

    ComparisonResult result() {
        ComparisonPlan plan =
                new ComparisonPlan(new Libraries(List.of()), optimizer, DATA, ModelKind.logistic, precision, planned);
        return new ComparisonResult(
                new ComparisonResult.Setup(plan, rows.isEmpty() ? 0 : 2, rows.isEmpty() ? List.of() : seeds),
                rows,
                costs,
                omissions,
                isComplete);
    }
}
