package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ComparisonReportTest {
    private static final Dataset DATA =
            new Dataset("points", "made up", List.of("a", "b"), List.of(new Dataset.Example(new float[] {1, 2, 3}, 0)));

    @Test
    void columns_are_aligned_and_numbers_are_written_the_same_everywhere() {
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            List<String> lines = report().lines().toList();

            assertThat(lines.subList(0, 4))
                    .containsExactly(
                            "                 loss after  loss after      test  ms per  us per  ULP, reference's   ULP, own",
                            "backend             epoch 1     epoch 2  accuracy   epoch    step         gradients  gradients",
                            "reference eager      1.5000      0.2500    0.9750    12.3     1.5                 -          -",
                            "nd4j fused           1.5000      0.2500    0.9750    12.3     1.5                 0  1,234,567");
            assertThat(lines)
                    .contains("Data: points, made up.")
                    .contains("Rows: 1,437 for training, 360 for testing; 3 columns, 2 classes.")
                    .contains("Model: 3-2, in float32, batches of 32, seed 7.")
                    .contains("Optimizer: RMSprop(learning_rate=0.001).")
                    .contains("Machine: 2 cores, Linux amd64, JDK 17 (Vendor); each library computes on one thread.");
        } finally {
            Locale.setDefault(usual);
        }
    }

    @Test
    void tells_what_was_chosen() {
        RMSprop settings =
                RMSprop.builder().weightDecay(0.1).useEma(true).momentum(0.5).build();

        assertThat(report(new OptimizerChoice(new LossScale(settings), List.of("bias", "^k"))))
                .contains(
                        "Optimizer: LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001, weight_decay=0.1, "
                                + "use_ema=True, momentum=0.5)).")
                .contains("No weight decay for: bias, ^k.")
                .contains("After the last epoch the weights were set to their moving averages.");
        assertThat(report()).doesNotContain("No weight decay", "moving averages");
    }

    private static String report() {
        return report(new OptimizerChoice(new RMSprop(0.001), List.of()));
    }

    private static String report(OptimizerChoice optimizer) {
        TrainingRun run = new TrainingRun(
                List.of(new TrainingRun.Epoch(1, 1.5, 0.5), new TrainingRun.Epoch(2, 0.25, 0.975)),
                12_345_678,
                1_499,
                List.of());
        ComparisonResult result = new ComparisonResult(
                new ComparisonResult.Setup(Model.dense(3, 2), DType.FLOAT32, optimizer, 32, 2, 1437, 360),
                List.of(
                        new ComparisonResult.Row("reference", StepExecution.eager, true, run, 0, 0),
                        new ComparisonResult.Row("nd4j", StepExecution.fused, false, run, 0, 1_234_567)));
        StringWriter text = new StringWriter();
        new ComparisonReport(result, DATA, 7, new Machine(2, "Linux amd64", "17 (Vendor)"))
                .print(new PrintWriter(text));
        return text.toString();
    }
}
