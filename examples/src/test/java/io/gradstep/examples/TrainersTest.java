package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The three libraries are given the same models: same weights, same loss, same gradients, same step. */
class TrainersTest {
    private static final OptimizerChoice OPTIMIZER = new OptimizerChoice(new RMSprop(0.001), List.of());
    private static final Dataset DIGITS = Datasets.read("digits");
    private static final Batch BATCH =
            new Batches(Split.of(DIGITS, 1).training(), 32, 1).epoch(1).get(0);

    /** The three that can be chosen, and two whose layers they do not have. */
    private static final Map<String, Model> MODELS = Map.of(
            "mlp", ModelKind.mlp.model(DIGITS),
            "cnn", ModelKind.cnn.model(DIGITS),
            "logistic", ModelKind.logistic.model(DIGITS),
            "two hidden layers", Model.dense(64, 20, 15, 10),
            "two convolutions",
                    new Model(List.of(
                            new Convolution(1, 8, 5, 2, 2),
                            new Convolution(5, 4, 6, 3, 1),
                            new Dense(24, 12),
                            new Dense(12, 10))));

    /** One model in one library. */
    record Row(String name, DType dtype, String library) {
        Model model() {
            return MODELS.get(name);
        }

        List<HostTensor> weights() {
            return model().initialWeights(1, dtype);
        }

        Contestant<?> open() {
            return open(library);
        }

        Contestant<?> openReference() {
            return open("reference");
        }

        private Contestant<?> open(String id) {
            return Contestant.open(
                    Libraries.named(id, List.of(StepExecution.eager)).list().get(0), model(), weights(), OPTIMIZER);
        }

        /**
         * For losses of about 3 and gradients below 1. They are sums of up to a thousand products, which each library
         * adds in another order, and the reference in float64.
         */
        double tolerance() {
            return dtype == DType.FLOAT32 ? 2e-6 : 4e-15;
        }

        @Override
        public String toString() {
            return name + ", " + dtype + ", " + library;
        }
    }

    static Stream<Row> all() {
        return MODELS.keySet().stream()
                .sorted()
                .flatMap(name -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .flatMap(dtype ->
                                Stream.of("reference", "nd4j", "djl").map(library -> new Row(name, dtype, library))));
    }

    static Stream<Row> others() {
        return all().filter(row -> !row.library.equals("reference"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void begin_with_the_weights_they_are_given(Row row) {
        try (Contestant<?> contestant = row.open()) {
            assertThat(Ulp.largestDistance(row.weights(), contestant.trainer().weights()))
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void agree_on_the_loss_of_the_first_batch(Row row) {
        try (Contestant<?> reference = row.openReference();
                Contestant<?> contestant = row.open()) {
            assertThat(loss(contestant)).isCloseTo(loss(reference), within(row.tolerance()));
        }
    }

    private static double loss(Contestant<?> contestant) {
        return Evaluation.of(contestant.trainer(), BATCH).loss();
    }

    /** Two in a row, and the first on fewer rows: nothing of it may be left, and each is divided by its own rows. */
    @ParameterizedTest
    @MethodSource("others")
    void agree_on_the_gradients(Row row) {
        try (Contestant<?> reference = row.openReference();
                Contestant<?> contestant = row.open()) {
            for (Batch batch : List.of(BATCH.range(0, 5), BATCH)) {
                assertClose(row, gradients(contestant, batch), gradients(reference, batch));
            }
        }
    }

    private static <T> List<HostTensor> gradients(Contestant<T> contestant, Batch batch) {
        return contestant.trainer().toHost(contestant.trainer().gradients(batch));
    }

    private static void assertClose(Row row, List<HostTensor> actual, List<HostTensor> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).shape()).isEqualTo(expected.get(i).shape());
            assertThat(actual.get(i).dtype()).isEqualTo(row.dtype);
            assertThat(actual.get(i).cast(DType.FLOAT64).doubles())
                    .as(row.model().parameters().get(i).path())
                    .containsExactly(expected.get(i).cast(DType.FLOAT64).doubles(), within(row.tolerance()));
        }
    }

    /** The optimizer alone moves the weights, and the model sees it. */
    @ParameterizedTest
    @MethodSource("all")
    void are_moved_by_the_optimizer_alone(Row row) {
        try (Contestant<?> contestant = row.open()) {
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
}
