package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepExecution;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonResultTest {
    private static StepDifferences differences(long... ulps) {
        StepDifferences differences = new StepDifferences();
        for (int i = 0; i < ulps.length; i++) {
            differences.add(i + 1, ulps[i]);
        }
        return differences;
    }

    private static Outcome outcome(StepDifferences sameGradients, StepDifferences ownGradients) {
        return new Outcome(1, Optional.empty(), sameGradients, ownGradients, Optional.empty());
    }

    private static Outcome failed(String message) {
        return new Outcome(1, Optional.empty(), differences(), differences(), Optional.of(message));
    }

    private static ComparisonResult result(ComparisonResult.Row... rows) {
        ComparisonResult.Setup setup = new MadeUpResult().result().setup();
        return new ComparisonResult(setup, List.of(rows), List.of(), List.of(), true);
    }

    /** A difference may go away again, and be in one seed alone: it is a bug all the same. */
    @Test
    void a_backend_is_broken_that_had_other_bits_after_any_step_of_any_seed() {
        ComparisonResult.Row row = new ComparisonResult.Row(
                Contender.backend("djl", StepExecution.fused),
                List.of(
                        outcome(differences(0, 0, 0), differences(9, 8, 7)),
                        outcome(differences(0, 1, 0), differences(9, 8, 3))));

        assertThat(row.sameGradients()).isEqualTo(1);
        assertThat(row.ownGradients()).as("at the end").isEqualTo(7);
        assertThat(result(row).broken()).containsExactly(row);
    }

    @Test
    void nobody_is_broken_for_other_gradients_or_for_a_failure_of_a_librarys_own() {
        ComparisonResult result = result(
                new ComparisonResult.Row(
                        Contender.backend("djl", StepExecution.fused),
                        List.of(outcome(differences(0, 0), differences(5, 6)))),
                new ComparisonResult.Row(Contender.peer("djl", "DJL RmsProp"), List.of(failed("It throws."))));

        assertThat(result.broken()).isEmpty();
    }

    @Test
    void of_several_failures_the_first_is_told() {
        ComparisonResult.Row row = new ComparisonResult.Row(
                Contender.peer("djl", "DJL RmsProp"), List.of(failed("the first"), failed("the second")));

        assertThat(row.failure()).contains("the first");
        assertThat(row.runs()).isEmpty();
    }
}
