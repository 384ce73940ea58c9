package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three libraries are given the same model: same weights, same loss, same gradients, same step. */
class TrainersTest {
    /**
     * Sums of up to 64 products of float32 numbers, added in another order in each library. The loss is about 3, the
     * gradients are below 1.
     */
    private static final double TOLERANCE = 2e-6;

    private static final OptimizerChoice OPTIMIZER = new OptimizerChoice(new RMSprop(0.001), List.of());
    private static final Split SPLIT = Split.of(Datasets.read("digits"), 1);
    private static final Batch BATCH =
            new Batches(SPLIT.training(), 32, 1).epoch(1).get(0);
    private static final Mlp MODEL = new Mlp(List.of(64, 20, 15, 10));
    private static final List<HostTensor> WEIGHTS = MODEL.initialWeights(1);

    @ParameterizedTest
    @ValueSource(strings = {"reference", "nd4j", "djl"})
    void begin_with_the_weights_they_are_given(String library) {
        try (Contestant<?> contestant = contestant(library)) {
            assertThat(Ulp.largestDistance(WEIGHTS, contestant.trainer().weights()))
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nd4j", "djl"})
    void agree_on_the_loss_of_the_first_batch(String library) {
        try (Contestant<?> reference = contestant("reference");
                Contestant<?> contestant = contestant(library)) {
            assertThat(loss(contestant)).isCloseTo(loss(reference), within(TOLERANCE));
        }
    }

    private static double loss(Contestant<?> contestant) {
        return Evaluation.of(contestant.trainer(), BATCH).loss();
    }

    /** Two in a row, and the first on fewer rows: nothing of it may be left, and each is divided by its own rows. */
    @ParameterizedTest
    @ValueSource(strings = {"nd4j", "djl"})
    void agree_on_the_gradients(String library) {
        try (Contestant<?> reference = contestant("reference");
                Contestant<?> contestant = contestant(library)) {
            for (Batch batch : List.of(BATCH.range(0, 5), BATCH)) {
                assertClose(gradients(contestant, batch), gradients(reference, batch));
            }
        }
    }

    private static <T> List<HostTensor> gradients(Contestant<T> contestant, Batch batch) {
        return contestant.trainer().toHost(contestant.trainer().gradients(batch));
    }

    private static void assertClose(List<HostTensor> actual, List<HostTensor> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).shape()).isEqualTo(expected.get(i).shape());
            assertThat(actual.get(i).floats())
                    .as(MODEL.parameters().get(i).path())
                    .containsExactly(expected.get(i).floats(), within((float) TOLERANCE));
        }
    }

    /** The optimizer alone moves the weights, and the model sees it. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "nd4j", "djl"})
    void are_moved_by_the_optimizer_alone(String library) {
        try (Contestant<?> contestant = contestant(library)) {
            double before = loss(contestant);
            gradients(contestant, BATCH);
            assertThat(loss(contestant)).isEqualTo(before);

            step(contestant);

            assertThat(loss(contestant)).isLessThan(before);
        }
    }

    private static <T> void step(Contestant<T> contestant) {
        contestant.stepper().step(contestant.trainer().gradients(BATCH));
    }

    private static Contestant<?> contestant(String library) {
        return Contestant.open(
                Libraries.named(library, List.of(StepExecution.eager)).list().get(0), MODEL, WEIGHTS, OPTIMIZER);
    }
}
