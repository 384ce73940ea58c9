package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonSentencesTest {
    private static ComparisonSentences sentences(MadeUpResult madeUp) {
        return new ComparisonSentences(madeUp.result());
    }

    @Test
    void a_library_that_stands_there_twice_is_one() {
        assertThat(sentences(new MadeUpResult()
                                .backend("djl", StepExecution.fused, 0, 0)
                                .backend("djl", StepExecution.eager, 0, 0)
                                .backend("nd4j", StepExecution.eager, 0, 0)
                                .peer("nd4j", "DL4J RmsProp"))
                        .title())
                .isEqualTo("One optimizer on 2 libraries: djl, nd4j");
    }

    /** Or it would say that it has the right bits without having been compared with anything. */
    @Test
    void the_reference_alone_is_held_against_nothing() {
        ComparisonSentences alone = sentences(new MadeUpResult().reference());

        assertThat(alone.title()).isEqualTo("One optimizer on reference");
        assertThat(alone.lead()).contains("Only the reference took part").doesNotContain("same bits");
        assertThat(alone.sameGradients()).isEqualTo("There is no line: only the reference took part.");
        assertThat(alone.ownGradients()).doesNotContain("farthest");
        assertThat(alone.loss()).contains("It is one line: only one library took part.");
    }

    @Test
    void the_spread_of_the_losses_is_told() {
        ComparisonSentences sentences = sentences(new MadeUpResult()
                .trained("nd4j", StepExecution.fused, 0.5, 1)
                .trained("djl", StepExecution.fused, 0.25, 1)
                .trained("reference", StepExecution.fused, 0.375, 1));

        assertThat(sentences.loss()).contains("the largest loss and the smallest are 0.25 apart");
    }

    @Test
    void a_training_that_diverged_has_no_spread() {
        ComparisonSentences sentences = sentences(new MadeUpResult()
                .trained("nd4j", StepExecution.fused, 0.5, 1)
                .trained("djl", StepExecution.fused, Double.NaN, 1));

        assertThat(sentences.loss())
                .contains("A loss is no number any more: the training diverged.")
                .doesNotContain("as they should be");
        assertThat(sentences.accuracy()).contains("0.0 apart");
    }

    @Test
    void a_library_is_so_many_times_faster_fused_than_eagerly() {
        ComparisonSentences sentences = sentences(new MadeUpResult()
                .trained("nd4j", StepExecution.fused, 0.5, 1_000)
                .trained("nd4j", StepExecution.eager, 0.5, 2_500)
                .trained("djl", StepExecution.eager, 0.5, 9_000));

        assertThat(sentences.stepTimes()).endsWith(": 2.5 times faster on nd4j than eagerly.");
    }

    @Test
    void the_smallest_model_has_the_time_of_those_that_step() {
        ComparisonSentences sentences = sentences(new MadeUpResult()
                .cost(StepCosts.COPY, StepSettings.plain, 1000, 10_000)
                .cost(StepCosts.BANDWIDTH, StepSettings.plain, 1000, 20_000)
                .cost("nd4j", StepSettings.plain, 1000, 40_000));

        assertThat(sentences.sizes()).endsWith("a model of 1,000 parameters takes 40.0 \u00b5s on nd4j.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1000     | 1,000
            1000000  | 1,000,000
            1048575  | 1,048,575
            1048576  | 1 million
            1048577  | 1,048,577
            16777216 | 16 million
            """)
    void powers_of_2_are_millions(long count, String words) {
        assertThat(ComparisonSentences.parameters(count)).isEqualTo(words);
    }
}
