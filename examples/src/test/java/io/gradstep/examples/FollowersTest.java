package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever follows the reference has its weights, bit for bit, after each step. */
class FollowersTest {
    private static final Dataset DIGITS = Datasets.read("digits");
    private static final List<Batch> BATCHES =
            new Batches(Split.of(DIGITS, 1).training(), 32, 1).epoch(1).subList(0, 5);

    private static final Map<String, Settings> SETTINGS = Map.of(
            "plain",
            new RMSprop(0.001),
            "norms of each",
            RMSprop.builder().clipnorm(0.1).lossScaleFactor(8.0).build(),
            "everything",
            everything(),
            "everything scaled",
            new LossScale(everything(), 8, 2, null));

    private static RMSprop everything() {
        return RMSprop.builder()
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.1)
                .weightDecay(0.1)
                .useEma(true)
                .gradientAccumulationSteps(2)
                .build();
    }

    /** One model in one library, with an optimizer. */
    record Row(ModelKind kind, DType dtype, String settings, Library<?> library) {
        @Override
        public String toString() {
            return kind + ", " + dtype + ", " + settings + ", "
                    + library.contender().name();
        }
    }

    static Stream<Row> rows() {
        return Stream.of(ModelKind.values())
                .flatMap(kind -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .flatMap(dtype -> SETTINGS.keySet().stream()
                                .sorted()
                                .flatMap(settings ->
                                        libraries().map(library -> new Row(kind, dtype, settings, library)))));
    }

    private static Stream<Library<?>> libraries() {
        return Libraries.named("reference,nd4j,djl", List.of(StepExecution.values())).list().stream()
                .filter(library -> !library.equals(Libraries.REFERENCE));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void have_the_bits_of_the_reference(Row row) {
        follow(row, row.library);
    }

    private static <T> void follow(Row row, Library<T> library) {
        Model model = row.kind.model(DIGITS);
        List<HostTensor> weights = model.initialWeights(1, row.dtype);
        OptimizerChoice choice = new OptimizerChoice(SETTINGS.get(row.settings), List.of("bias"));
        try (Contestant<HostTensor> leader = Contestant.open(Libraries.REFERENCE, model, weights, choice);
                Backend<T> backend = library.backend().get();
                Follower follower = library.followers().orElseThrow().follower(model, weights, backend, choice)) {
            assertSame(follower, leader);
            for (Batch batch : BATCHES) {
                List<HostTensor> gradients = leader.gradients(batch);
                leader.stepper().step(gradients);
                follower.step(gradients);
                assertSame(follower, leader);
            }
            assertThat(Ulp.largestDistance(leader.trainer().weights(), weights)).isPositive();
            leader.stepper().finish();
            follower.finish();
            assertSame(follower, leader);
        }
    }

    private static void assertSame(Follower follower, Contestant<HostTensor> leader) {
        assertThat(Ulp.largestDistance(follower.weights(), leader.trainer().weights()))
                .isZero();
    }
}
