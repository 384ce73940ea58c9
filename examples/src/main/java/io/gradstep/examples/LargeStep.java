package io.gradstep.examples;

import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A step on the largest model that was measured: what counts there is memory traffic.
 *
 * @param cost what it costs
 * @param share the part of the memory's bandwidth that it uses: the time that its traffic alone takes, over its own;
 *     empty for what is no step of ours, and where the traffic alone was not measured
 */
record LargeStep(StepCost cost, OptionalDouble share) {
    /** All of them, in the order in which they were measured. */
    static List<LargeStep> among(List<StepCost> costs) {
        // Only there the traffic alone is measured.
        Optional<Long> largest = costs.stream()
                .filter(cost -> cost.who().equals(StepCosts.BANDWIDTH))
                .map(StepCost::parameters)
                .findFirst();
        return costs.stream()
                .filter(cost -> largest.isPresent() && cost.parameters() == largest.get())
                .map(cost -> new LargeStep(cost, share(cost, costs)))
                .toList();
    }

    private static OptionalDouble share(StepCost cost, List<StepCost> costs) {
        if (!isOurs(cost)) {
            return OptionalDouble.empty();
        }
        return costs.stream()
                .filter(other -> other.who().equals(StepCosts.BANDWIDTH))
                .filter(other -> other.settings() == cost.settings() && other.parameters() == cost.parameters())
                .mapToDouble(bandwidth -> bandwidth.nanos() / cost.nanos())
                .findFirst();
    }

    private static boolean isOurs(StepCost cost) {
        return switch (cost.who()) {
            case StepCosts.BANDWIDTH, StepCosts.COPY, StepCosts.ND4J_RMSPROP, StepCosts.DJL_ADAM -> false;
            default -> true;
        };
    }

    /** Whether it is a step of a library's own. */
    boolean isPeer() {
        return cost.who().equals(StepCosts.ND4J_RMSPROP) || cost.who().equals(StepCosts.DJL_ADAM);
    }
}
