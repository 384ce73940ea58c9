package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PeersTest {
    private static final Dataset DIGITS = Datasets.read("digits");

    private static OptimizerChoice choice(String optimizer) {
        return new OptimizerChoice(
                switch (optimizer) {
                    case "fixed" -> new RMSprop(0.02);
                    case "scaled" -> new LossScale(new RMSprop(0.02));
                    default ->
                        RMSprop.builder()
                                .learningRate(ScheduleSyntax.parse(optimizer))
                                .build();
                },
                List.of());
    }

    private static List<Library<?>> peers(String backends, OptimizerChoice choice) {
        return Libraries.named(backends, List.of(StepExecution.eager)).withPeers(choice).list().stream()
                .filter(library -> library.contender().isPeer())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reference  |
            nd4j       | DL4J RmsProp
            djl        | DJL Adam, DJL RmsProp
            djl,nd4j   | DL4J RmsProp, DJL Adam, DJL RmsProp
            """)
    void only_libraries_that_take_part_bring_their_own(String backends, String names) {
        assertThat(peers(backends, choice("fixed")).stream()
                        .map(library -> library.contender().name())
                        .toList())
                .isEqualTo(names == null ? List.of() : List.of(names.split(", ")));
    }

    @Test
    void other_rules_follow_nobodys_gradients() {
        assertThat(peers("nd4j,djl", choice("fixed")))
                .allSatisfy(peer -> assertThat(peer.followers()).isEmpty());
    }

    static Stream<Arguments> rates() {
        // The first mean square of RmsProp is a twentieth of the gradient's, that of Adam, once corrected, all of it.
        return Stream.of("fixed", "scaled", "exponential:0.02,1,0.5")
                .flatMap(optimizer -> Stream.of(
                        Arguments.of(optimizer, "nd4j", 0.02 * Math.sqrt(20)), Arguments.of(optimizer, "djl", 0.02)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("rates")
    void the_first_step_is_as_long_as_the_learning_rate_of_ours_has_it(
            String optimizer, String backend, double longest) {
        OptimizerChoice choice = choice(optimizer);

        assertThat(longestChange(peers(backend, choice).get(0), choice)).isCloseTo(longest, within(0.01 * longest));
    }

    private static <T> double longestChange(Library<T> library, OptimizerChoice choice) {
        Model model = ModelKind.logistic.model(DIGITS);
        List<HostTensor> before = model.initialWeights(1, DType.FLOAT32);
        Batch batch =
                new Batches(Split.of(DIGITS, 1).training(), 32, 1).epoch(1).get(0);
        try (Contestant<T> contestant = Contestant.open(library, model, before, choice)) {
            contestant.stepper().step(contestant.gradients(batch));
            List<HostTensor> after = contestant.trainer().weights();
            double longest = 0;
            for (int i = 0; i < before.size(); i++) {
                for (int j = 0; j < before.get(i).length(); j++) {
                    longest = Math.max(
                            longest,
                            Math.abs(after.get(i).get(j) - before.get(i).get(j)));
                }
            }
            return longest;
        }
    }
}
