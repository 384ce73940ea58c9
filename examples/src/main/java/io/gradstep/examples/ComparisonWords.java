package io.gradstep.examples;

import static io.gradstep.examples.Cells.number;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the columns of a comparison's tables mean, and how it can be repeated. All is ASCII. */
final class ComparisonWords {
    private final ComparisonResult result;
    private final ComparisonPlan plan;

    ComparisonWords(ComparisonResult result) {
        this.result = result;
        this.plan = result.setup().plan();
    }

    /** About what each library reached: sentences that belong together, each a paragraph. */
    List<String> trainings() {
        List<String> paragraphs = new ArrayList<>(List.of(
                "Loss is the mean cross entropy of the training part. Times are medians; a step is the optimizer's alone, with "
                        + "nd4j what DL4J does around its updater, with djl finding the gradients and setting them to 0, too. "
                        + "Each library computes on one thread.",
                "ULP is the largest distance of any weight to the eager reference's, counted in "
                        + FloatPrecision.name(plan.precision())
                        + " numbers between them: after every step if the reference's gradients are fed to the backend (must be "
                        + "0), and after the last epoch if it computes its own, whose sums it rounds in another order (large "
                        + "next to a weight of 0)."));
        int seeds = result.setup().seeds().size();
        if (seeds > 1) {
            paragraphs.add("Loss and accuracy are means over " + seeds
                    + " seeds, +- their standard deviation; times are means "
                    + "of the seeds' medians; ULP are the largest of all seeds.");
        }
        if (result.rows().stream().anyMatch(row -> row.contender().isPeer())) {
            paragraphs.add(
                    "DL4J RmsProp, DJL Adam and DJL RmsProp are what the libraries have of their own, with the learning "
                            + "rate of ours and all else as it is there. They are other rules, so no ULP is counted: RmsProp of DL4J "
                            + "has epsilon outside of the root and begins at it, Adam keeps two moments.");
        }
        return paragraphs;
    }

    /** About what a step costs. */
    List<String> costs() {
        List<String> paragraphs = new ArrayList<>(List.of(
                "Fused steps on one tensor, on all cores; GB/s counts what a step cannot do without: 20 bytes per parameter "
                        + "with plain settings, 60 with everything on. copy: from one array to another, read and written; "
                        + "bandwidth: the traffic of the same step with next to no arithmetic, in place, on plain Java arrays. "
                        + "Share of bandwidth: its time over the step's. It goes through its arrays one after the other; a step, "
                        + "which has them side by side, may come out above 100 %."));
        if (LargeStep.among(result.costs()).stream().anyMatch(LargeStep::isPeer)) {
            paragraphs.add(
                    "Of the libraries' own, ND4J's RmsProp has epsilon outside of the root, and DJL's Adam is another rule "
                            + "with 1.4 times plain's traffic: the times may be compared, the rules not.");
        }
        return paragraphs;
    }

    /** What could not be measured, and why. */
    List<String> omissions() {
        return result.omissions().stream()
                .map(omission -> "Not measured: " + omission.who() + ", " + omission.settings() + ", "
                        + number("%,d", omission.parameters()) + " parameters: "
                        + omission.reason())
                .toList();
    }

    /** What a reader needs to repeat it, by name. */
    Map<String, String> facts(Environment environment) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Data", plan.data().name() + ", " + plan.data().source());
        facts.put(
                "Rows",
                number(
                        "%,d for training, %,d for testing; %,d columns, %,d classes",
                        plan.trainingRows(),
                        plan.testRows(),
                        plan.data().columns(),
                        plan.data().classes().size()));
        facts.put(
                "Model",
                plan.kind() + " " + plan.model() + ", " + FloatPrecision.name(plan.precision()) + ", batches of "
                        + ComparisonPlan.BATCH_SIZE);
        facts.put("Optimizer", optimizer());
        if (!result.isEmpty()) {
            facts.put(
                    result.setup().seeds().size() == 1 ? "Seed" : "Seeds",
                    result.setup().seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        if (!result.isComplete()) {
            facts.put("Ended early", "by Ctrl-C, after " + endedEpochs());
        }
        facts.put("Machine", environment.processor() + ", " + environment.machine());
        facts.put("Versions", environment.versionLine());
        facts.put("Command", environment.command());
        return facts;
    }

    /** Of all epochs there may be more to come still: other seeds, and what a step costs. */
    private String endedEpochs() {
        int ended = result.setup().epochs();
        return ended == plan.epochs()
                ? "all " + ended + " epochs of what is above"
                : ended + " of " + plan.epochs() + " epochs";
    }

    private String optimizer() {
        OptimizerChoice choice = plan.optimizer();
        return SettingsText.of(choice.settings())
                + (choice.spared().isEmpty() ? "" : ", no weight decay for " + String.join(", ", choice.spared()))
                + (choice.averages() && result.isComplete()
                        ? "; after the last epoch the weights were set to their moving averages"
                        : "");
    }
}
