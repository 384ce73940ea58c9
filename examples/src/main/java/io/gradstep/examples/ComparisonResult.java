package io.gradstep.examples;

import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What a comparison found.
 *
 * @param setup what was done
 * @param rows one for each library, in the order in which they were named; each with the same seeds
 * @param costs what a step costs on models of several sizes
 * @param omissions the costs that could not be measured, and why
 * @param isComplete whether all was done, and nobody ended it early
 */
record ComparisonResult(
        Setup setup, List<Row> rows, List<StepCost> costs, List<StepCosts.Failure> omissions, boolean isComplete) {
    /**
     * What was done, in numbers: with it the comparison can be repeated.
     *
     * @param plan what was compared
     * @param epochs how many came to their end
     * @param seeds those that came to their end, or at least to the end of those epochs
     */
    record Setup(ComparisonPlan plan, int epochs, List<Long> seeds) {
        Setup {
            seeds = List.copyOf(seeds);
        }
    }

    /** One library, and one way to run steps on it: what it did with each seed. */
    record Row(Contender contender, List<Outcome> outcomes) {
        Row {
            outcomes = List.copyOf(outcomes);
        }

        String name() {
            return contender.name();
        }

        /** Its trainings, one for each seed; none if it failed. */
        List<TrainingRun> runs() {
            return outcomes.stream().flatMap(outcome -> outcome.run().stream()).toList();
        }

        /** Something of each of its trainings. */
        Mean mean(ToDoubleFunction<TrainingRun> value) {
            return Mean.of(runs().stream().mapToDouble(value).boxed().toList());
        }

        /** What it said when it failed. */
        Optional<String> failure() {
            return outcomes.stream()
                    .flatMap(outcome -> outcome.failure().stream())
                    .findFirst();
        }

        /** The largest difference to the reference's weights after any step, when fed the reference's gradients. */
        long sameGradients() {
            return largest(outcome -> outcome.sameGradients().largest());
        }

        /** The largest difference to the reference's weights at the end of its own training. */
        long ownGradients() {
            return largest(outcome -> outcome.ownGradients().last());
        }

        private long largest(Function<Outcome, Long> difference) {
            return outcomes.stream().map(difference).max(Long::compare).orElse(0L);
        }
    }

    ComparisonResult {
        rows = List.copyOf(rows);
        costs = List.copyOf(costs);
        omissions = List.copyOf(omissions);
    }

    /** What is found when nobody trained long enough. */
    boolean isEmpty() {
        return setup.seeds().isEmpty();
    }

    /** The backends that break gradstep's promise: same gradients, same bits. */
    List<Row> broken() {
        return rows.stream().filter(row -> row.sameGradients() != 0).toList();
    }

    /** The rows of the outcomes of several seeds. */
    static List<Row> rows(List<Library<?>> libraries, List<Map<Library<?>, Outcome>> bySeed) {
        return libraries.stream()
                .map(library -> new Row(
                        library.contender(),
                        bySeed.stream().map(outcomes -> outcomes.get(library)).toList()))
                .toList();
    }
}
