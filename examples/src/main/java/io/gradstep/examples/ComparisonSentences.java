package io.gradstep.examples;

import static io.gradstep.examples.Cells.number;

import io.gradstep.examples.bench.StepCost;
import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What to see in each part of a comparison's page: made of what was found, so that no sentence says what is not so. */
final class ComparisonSentences {
    private static final double NANOS_PER_MICRO = 1e3;

    private final ComparisonResult result;

    ComparisonSentences(ComparisonResult result) {
        this.result = result;
    }

    private List<ComparisonResult.Row> ours() {
        return result.rows().stream().filter(row -> !row.contender().isPeer()).toList();
    }

    private List<ComparisonResult.Row> backends() {
        return result.rows().stream()
                .filter(row -> row.contender().role() == Contender.Role.BACKEND)
                .toList();
    }

    private long steps() {
        return result.rows().stream()
                .flatMap(row -> row.outcomes().stream())
                .flatMap(outcome -> outcome.sameGradients().points().stream())
                .mapToLong(StepDifferences.Point::step)
                .max()
                .orElse(0);
    }

    String title() {
        List<String> libraries =
                ours().stream().map(row -> row.contender().library()).distinct().toList();
        return "One optimizer on " + (libraries.size() == 1 ? "" : libraries.size() + " libraries: ")
                + String.join(", ", libraries);
    }

    String lead() {
        ComparisonPlan plan = result.setup().plan();
        return "The same model (" + plan.kind() + " " + plan.model() + "), the same data ("
                + plan.data().name()
                + "), the same batches, and " + SettingsText.of(plan.optimizer().settings())
                + " as gradstep runs it on each library. " + verdict()
                + (result.isComplete() ? "" : " It was ended early by Ctrl-C: this is what was measured before.");
    }

    private String verdict() {
        if (backends().isEmpty()) {
            return "Only the reference took part, so there is nothing to hold against it.";
        }
        return result.broken().isEmpty()
                ? "Fed the same gradients, all end each of " + count(steps()) + " steps at the same bits."
                : "Fed the same gradients, they do not end at the same bits: "
                        + result.broken().stream()
                                .map(row -> row.name() + " is " + ulp(row.sameGradients()) + " ULP off")
                                .collect(Collectors.joining(", "))
                        + ". That is a bug in gradstep; please report it with this page.";
    }

    String result() {
        return "One row for each library and way to take a step: what the model reached, what that took, and how far the weights "
                + "are from those of the eager reference.";
    }

    String loss() {
        return "Falling is good. "
                + spread(
                        "loss",
                        ours().stream()
                                .map(row -> row.mean(run -> run.last().trainingLoss()))
                                .toList());
    }

    String accuracy() {
        return "Rising is good. "
                + spread(
                        "accuracy",
                        ours().stream()
                                .map(row -> row.mean(run -> run.last().testAccuracy()))
                                .toList());
    }

    private static String spread(String what, List<Mean> means) {
        if (means.size() < 2) {
            return "It is one line: only one library took part.";
        }
        double smallest = means.stream().mapToDouble(Mean::value).min().orElseThrow();
        double largest = means.stream().mapToDouble(Mean::value).max().orElseThrow();
        String bars = means.get(0).count() > 1 ? " The bars are standard deviations over the seeds." : "";
        if (Double.isNaN(smallest) || Double.isNaN(largest)) {
            return "A " + what + " is no number any more: the training diverged." + bars;
        }
        return "Lines of gradstep's that lie over each other are as they should be: after the last epoch the largest "
                + what + " and the smallest are " + number("%.2g", largest - smallest) + " apart." + bars;
    }

    String sameGradients() {
        if (backends().isEmpty()) {
            return "There is no line: only the reference took part.";
        }
        return result.broken().isEmpty()
                ? "All lines lie at 0, after each of " + count(steps())
                        + " steps: fed the same gradients, the optimizer has the same bits on each library."
                : "A line above 0 is a bug: fed the same gradients, the optimizer must have the same bits on each library.";
    }

    String ownGradients() {
        if (backends().isEmpty()) {
            return "There is no line: only the reference took part.";
        }
        Optional<ComparisonResult.Row> farthest =
                backends().stream().max(Comparator.comparingLong(ComparisonResult.Row::ownGradients));
        return "Each library adds the products of its layers in another order, and so rounds its gradients otherwise; the "
                + "optimizer carries that on. "
                + farthest.map(ComparisonSentences::atTheEnd).orElse("");
    }

    private static String atTheEnd(ComparisonResult.Row farthest) {
        long ulp = farthest.ownGradients();
        if (ulp == 0) {
            return "At the end all have the same bits.";
        }
        return "At the end " + farthest.name() + " is the farthest, " + ulp(ulp) + " ULP: "
                + (ulp == Long.MAX_VALUE
                        ? "there is a weight that is no number, here or on the reference."
                        : "a weight next to 0 makes that large, and the loss does not notice.");
    }

    String stepTimes() {
        List<String> factors = ours().stream()
                .map(row -> row.contender().library())
                .distinct()
                .flatMap(library -> factor(library).stream())
                .toList();
        return "Shorter is better; each mark on the axis is ten times the one before, and the whiskers hold the middle half of all "
                + "steps."
                + (factors.isEmpty()
                        ? ""
                        : " Fused, all operations of a step are one pass over memory: " + String.join(", ", factors)
                                + " than eagerly.");
    }

    private Optional<String> factor(String library) {
        OptionalDouble fused = stepNanos(library, "fused");
        OptionalDouble eager = stepNanos(library, "eager");
        return fused.isPresent() && eager.isPresent()
                ? Optional.of(number("%.1f", eager.getAsDouble() / fused.getAsDouble()) + " times faster on " + library)
                : Optional.empty();
    }

    private OptionalDouble stepNanos(String library, String kind) {
        return ours().stream()
                .filter(row -> row.contender().library().equals(library))
                .filter(row -> row.contender().kind().equals(kind))
                .mapToDouble(row -> row.mean(run -> run.stepNanos().median()).value())
                .findFirst();
    }

    String traffic() {
        String shares = LargeStep.among(result.costs()).stream()
                .filter(step -> step.cost().settings() == StepSettings.everything
                        && step.share().isPresent())
                .map(step -> number("%.0f %%", 100 * step.share().getAsDouble()) + " on "
                        + step.cost().who())
                .collect(Collectors.joining(", "));
        return "Longer is better: how much of what the memory gives a step uses, on the largest model that was measured."
                + (shares.isEmpty() ? "" : " With everything on, that is " + shares + " of the bandwidth.");
    }

    String sizes() {
        List<StepCost> plain = result.costs().stream()
                .filter(cost -> cost.settings() == StepSettings.plain)
                .filter(cost ->
                        !cost.who().equals(StepCosts.BANDWIDTH) && !cost.who().equals(StepCosts.COPY))
                .toList();
        long smallest = plain.stream().mapToLong(StepCost::parameters).min().orElse(0);
        return "Lower is better. On the left a step costs what calling it costs, on the right what its memory traffic costs; a "
                + "model of " + parameters(smallest) + " parameters takes "
                + plain.stream()
                        .filter(cost -> cost.parameters() == smallest)
                        .map(cost -> number("%.1f", cost.nanos() / NANOS_PER_MICRO) + " \u00b5s on " + cost.who())
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /** In words: {@code 16 million}, where that is shorter; powers of 2 are meant where they are near. */
    static String parameters(long count) {
        if (count >= 1 << 20 && count % (1 << 20) == 0) {
            return (count >> 20) + " million";
        }
        return count(count);
    }

    private static String count(long number) {
        return number("%,d", number);
    }

    private static String ulp(long distance) {
        return ComparisonTables.ulp(distance);
    }
}
