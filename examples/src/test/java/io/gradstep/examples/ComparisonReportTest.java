package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.ops.DType;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonReportTest {
    @Test
    void columns_are_aligned_and_numbers_are_written_the_same_everywhere() {
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            List<String> lines = lines(usual());

            assertThat(lines.subList(0, 4))
                    .containsExactly(
                            "                 loss after  loss after      test  ms per  us per  ULP, reference's   ULP, own",
                            "backend             epoch 1     epoch 2  accuracy   epoch    step         gradients  gradients",
                            "reference eager      1.5000      0.2500    0.9750    12.3     1.5                 -          -",
                            "nd4j fused           1.5000      0.2500    0.9750    12.3     1.5                 0  1,234,567");
            assertThat(lines)
                    .contains("Data: points, made up")
                    .contains("Rows: 10 for training, 2 for testing; 3 columns, 2 classes")
                    .contains("Model: logistic 3-2, float32, batches of 32")
                    .contains("Optimizer: RMSprop(learning_rate=0.001)")
                    .contains("Seed: 7")
                    .contains("Machine: A processor, 2 cores, Linux amd64, JDK 17 (Vendor)")
                    .contains("Versions: DL4J 4.5, gradstep 1.2.3")
                    .contains("Command: java -jar gradstep-examples.jar compare --seed 7");
        } finally {
            Locale.setDefault(usual);
        }
    }

    private static MadeUpResult usual() {
        return new MadeUpResult().reference().backend("nd4j", StepExecution.fused, 0, 1_234_567);
    }

    @Test
    void tells_what_was_chosen() {
        RMSprop settings =
                RMSprop.builder().weightDecay(0.1).useEma(true).momentum(0.5).build();

        assertThat(lines(usual().optimizer(new OptimizerChoice(new LossScale(settings), List.of("bias", "^k")))))
                .contains(
                        "Optimizer: LossScaleOptimizer(inner_optimizer=RMSprop(learning_rate=0.001, weight_decay=0.1, "
                                + "use_ema=True, momentum=0.5)), no weight decay for bias, ^k; after the last epoch the weights were "
                                + "set to their moving averages");
        assertThat(String.join("\n", lines(usual()))).doesNotContain("no weight decay", "moving averages", "seeds");
    }

    @Test
    void a_peer_that_fails_has_its_own_message_in_the_table() {
        List<String> lines = lines(usual().peer("nd4j", "DL4J RmsProp").failedPeer("djl", "DJL RmsProp", "It throws."));

        assertThat(lines)
                .contains(
                        "DL4J RmsProp         1.5000      0.2500    0.9750    12.3     1.5                 -          -")
                .contains("DJL RmsProp      It throws.");
        assertThat(String.join(" ", lines)).contains("They are other rules, so no ULP is counted");
    }

    @Test
    void of_several_seeds_there_are_means_and_deviations() {
        List<String> lines =
                lines(new MadeUpResult().seeds(7L, 8L).reference().backend("djl", StepExecution.eager, 0, 5));

        assertThat(lines.get(3)).startsWith("djl eager        1.5000 +-0.0000  0.3750 +-0.1768  0.9250 +-0.0707  ");
        assertThat(lines).contains("Seeds: 7, 8");
        assertThat(String.join(" ", lines)).contains("means over 2 seeds, +- their standard deviation");
    }

    @Test
    void the_share_of_the_bandwidth_is_that_of_the_same_traffic() {
        List<String> lines = lines(usual().cost(StepCosts.BANDWIDTH, StepSettings.plain, 1000, 20_000)
                .cost(StepCosts.BANDWIDTH, StepSettings.everything, 1000, 30_000)
                .cost("nd4j", StepSettings.plain, 1000, 40_000)
                .cost("nd4j", StepSettings.plain, 10, 10_000)
                .cost("nd4j", StepSettings.everything, 1000, 120_000)
                .cost(StepCosts.DJL_ADAM, StepSettings.plain, 1000, 80_000));

        int header = lines.indexOf("cost of a step    settings  parameters    ms  GB/s  bandwidth");
        assertThat(lines.subList(header + 1, header + 6))
                .containsExactly(
                        "bandwidth            plain       1,000  0.02   1.0          -",
                        "bandwidth       everything       1,000  0.03   2.0          -",
                        "nd4j                 plain       1,000  0.04   0.5       50 %",
                        "nd4j            everything       1,000  0.12   0.5       25 %",
                        "DJL Adam             plain       1,000  0.08   0.3          -");
        assertThat(String.join(" ", lines)).contains("DJL's Adam is another rule with 1.4 times plain's traffic");
    }

    @Test
    void what_could_not_be_measured_is_said() {
        assertThat(lines(usual().omission("djl", 16_777_216, "the heap is too small")))
                .contains("Not measured: djl, plain, 16,777,216 parameters: the heap is too small");
    }

    @Test
    void what_was_ended_early_says_so() {
        assertThat(lines(usual().endedEarly())).contains("Ended early: by Ctrl-C, after all 2 epochs of what is above");
        assertThat(lines(new MadeUpResult().endedEarly()))
                .contains("Ended early: by Ctrl-C, after 0 of 2 epochs")
                .noneMatch(line -> line.contains("loss after"))
                .noneMatch(line -> line.startsWith("Seed"));
    }

    @Test
    void what_was_ended_early_has_the_epochs_that_were_trained_and_no_averages() {
        OptimizerChoice averaging =
                new OptimizerChoice(RMSprop.builder().useEma(true).build(), List.of());
        List<String> lines = lines(usual().optimizer(averaging).planned(3).endedEarly());

        assertThat(lines.get(1)).contains("epoch 1     epoch 2");
        assertThat(lines)
                .contains("Optimizer: RMSprop(learning_rate=0.001, use_ema=True)")
                .noneMatch(line -> line.contains("moving averages"));
    }

    @Test
    void a_distance_is_counted_in_numbers_of_the_precision() {
        assertThat(String.join(" ", lines(usual().precision(DType.FLOAT64))))
                .contains("counted in float64 numbers")
                .doesNotContain("float32");
    }

    @Test
    void nothing_is_said_of_peers_where_there_are_none() {
        MadeUpResult ours = usual().cost(StepCosts.BANDWIDTH, StepSettings.plain, 1000, 20_000)
                .cost("nd4j", StepSettings.plain, 1000, 40_000);

        assertThat(String.join(" ", lines(ours)))
                .contains("Share of bandwidth")
                .doesNotContain("Adam", "RmsProp", "other rules");
    }

    /** What is no step of ours does not have the traffic of one. */
    @ParameterizedTest
    @CsvSource({
        "reference, true, false",
        "nd4j, true, false",
        "djl, true, false",
        "ND4J RmsProp, false, true",
        "DJL Adam, false, true",
        "copy, false, false",
        "bandwidth, false, false"
    })
    void only_steps_of_ours_have_a_share_of_the_bandwidth(String who, boolean hasShare, boolean isPeer) {
        List<LargeStep> steps = LargeStep.among(usual().cost(StepCosts.BANDWIDTH, StepSettings.plain, 1000, 20_000)
                .cost(who, StepSettings.plain, 1000, 40_000)
                .result()
                .costs());

        assertThat(steps.get(1).share().isPresent()).isEqualTo(hasShare);
        assertThat(steps.get(1).isPeer()).isEqualTo(isPeer);
    }

    @Test
    void no_line_is_too_wide_for_reading_but_those_that_say_what_was_done() {
        List<String> lines = lines(usual());

        assertThat(lines.subList(0, lines.indexOf("Data: points, made up")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
    }

    private static List<String> lines(MadeUpResult madeUp) {
        StringWriter text = new StringWriter();
        new ComparisonReport(madeUp.result(), MadeUpResult.ENVIRONMENT).print(new PrintWriter(text));
        return text.toString().lines().toList();
    }
}
