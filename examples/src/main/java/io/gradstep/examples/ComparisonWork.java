package io.gradstep.examples;

import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * All that {@code compare} does between its command line and its report: a comparison for each seed, and what a step
 * costs on models of several sizes.
 *
 * @param plan what is compared
 * @param seeds one or more
 * @param costs what else is measured, if anything
 */
record ComparisonWork(ComparisonPlan plan, List<Long> seeds, Optional<StepCosts> costs) {
    ComparisonWork {
        seeds = List.copyOf(seeds);
    }

    /**
     * Does it.
     *
     * @param watchers watch the progress
     * @param stop asked again and again whether to end now, with what there is
     * @throws UserError if a library cannot start; nothing has been trained then
     */
    ComparisonResult run(Progress.Watchers watchers, BooleanSupplier stop) {
        List<Map<Library<?>, Outcome>> bySeed = new ArrayList<>();
        List<Long> seen = new ArrayList<>();
        int epochs = 0;
        try (Progress progress = watchers.watch("Training", seeds.size() * plan.steps())) {
            for (int i = 0; i < seeds.size() && !stop.getAsBoolean(); i++) {
                try (Comparison comparison = new Comparison(plan, seeds.get(i), progress, stop)) {
                    boolean isComplete = comparison.run();
                    // A seed that did not come to its end would be averaged with others that did.
                    if (isComplete || (bySeed.isEmpty() && comparison.epochs() > 0)) {
                        epochs = comparison.epochs();
                        seen.add(seeds.get(i));
                        bySeed.add(comparison.outcomes());
                    }
                }
            }
        }
        List<StepCost> measured = new ArrayList<>();
        List<StepCosts.Failure> failed = new ArrayList<>();
        if (!stop.getAsBoolean()) {
            costs.ifPresent(all -> measure(all, measured, failed, watchers, stop));
        }
        return new ComparisonResult(
                new ComparisonResult.Setup(plan, epochs, seen),
                ComparisonResult.rows(plan.libraries().list(), bySeed),
                measured,
                failed,
                !stop.getAsBoolean());
    }

    private static void measure(
            StepCosts costs,
            List<StepCost> measured,
            List<StepCosts.Failure> failed,
            Progress.Watchers watchers,
            BooleanSupplier stop) {
        try (Progress progress = watchers.watch("Cost of a step", costs.points())) {
            costs.run(
                    cost -> {
                        progress.phase(cost.who());
                        progress.step();
                        measured.add(cost);
                    },
                    failure -> {
                        progress.step();
                        failed.add(failure);
                    },
                    stop);
        }
    }
}
