package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {
    private static final Dataset DATA = new Dataset(
            "points",
            "a test",
            List.of("left", "right"),
            IntStream.range(0, 100)
                    .mapToObj(i -> new Dataset.Example(new float[] {i - 50, i % 7}, i < 50 ? 0 : 1))
                    .toList());

    @Test
    void a_backend_that_computes_otherwise_is_found_out() {
        Library<HostTensor> wrong =
                new Library<>("wrong", StepExecution.eager, WrongBackend::new, ReferenceTrainer::new);

        ComparisonResult result = comparison(wrong).run(Progress.silent());

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.name()).isEqualTo("wrong eager");
            assertThat(row.sameGradients()).isPositive();
            assertThat(row.ownGradients()).isPositive();
        });
        assertThat(result.broken()).isEqualTo(result.rows());
    }

    @Test
    void the_reference_equals_itself() {
        ComparisonResult result = comparison(Libraries.REFERENCE).run(Progress.silent());

        assertThat(result.rows()).singleElement().satisfies(row -> {
            assertThat(row.isReference()).isTrue();
            assertThat(row.sameGradients()).isZero();
            assertThat(row.ownGradients()).isZero();
        });
        assertThat(result.broken()).isEmpty();
    }

    @Test
    void a_library_without_its_native_code_is_the_users_to_mend() {
        Library<HostTensor> missing = new Library<>(
                "missing",
                StepExecution.eager,
                () -> {
                    throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu"));
                },
                ReferenceTrainer::new);

        assertThatThrownBy(() -> comparison(missing).run(Progress.silent()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("The backend \"missing\" cannot start (")
                .hasMessageContaining("no jnind4jcpu")
                .hasMessageContaining("leave it out with --backends");
    }

    /** Momentum 1 keeps the average of the first step, so that it does not matter how many come after it. */
    @Test
    void the_weights_at_the_end_are_the_averages() {
        RMSprop settings = RMSprop.builder().useEma(true).emaMomentum(1).build();

        assertThat(Ulp.largestDistance(weights(settings, 1), weights(settings, 2)))
                .isZero();
        assertThat(Ulp.largestDistance(weights(new RMSprop(0.001), 1), weights(new RMSprop(0.001), 2)))
                .isPositive();
    }

    private static List<HostTensor> weights(RMSprop settings, int epochs) {
        ComparisonResult result =
                comparison(Libraries.REFERENCE, settings, epochs).run(Progress.silent());
        return result.rows().get(0).run().weights();
    }

    /** Multiplying by a power of 2 and dividing again loses nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "nd4j", "djl"})
    void the_loss_scale_is_on_the_gradients_when_the_optimizer_divides_them(String name) {
        Library<?> library =
                Libraries.named(name, List.of(StepExecution.eager)).list().get(0);
        RMSprop plain = new RMSprop(0.001);
        RMSprop fixed = RMSprop.builder().lossScaleFactor(1024.0).build();
        Settings dynamic = new LossScale(plain, 8, 2, null);

        List<TrainingRun> runs = Stream.of(plain, fixed, dynamic)
                .map(settings -> comparison(library, settings, 2)
                        .run(Progress.silent())
                        .rows()
                        .get(0)
                        .run())
                .toList();

        assertThat(Ulp.largestDistance(runs.get(0).weights(), runs.get(1).weights()))
                .isZero();
        assertThat(Ulp.largestDistance(runs.get(0).weights(), runs.get(2).weights()))
                .isZero();
    }

    static Stream<Arguments> fed() {
        RMSprop.Builder everything = RMSprop.builder()
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.1)
                .weightDecay(0.1)
                .useEma(true)
                .gradientAccumulationSteps(2);
        return Stream.of(
                        everything.build(),
                        RMSprop.builder().clipnorm(0.1).lossScaleFactor(8.0).build(),
                        new LossScale(everything.build(), 8, 2, null))
                .flatMap(settings -> Stream.of("bias", "kernel")
                        .flatMap(spared -> Libraries.named("nd4j,djl", List.of(StepExecution.values())).list().stream()
                                .map(library -> Arguments.of(settings, spared, library))));
    }

    @ParameterizedTest(name = "{2}, {0}, {1} spared")
    @MethodSource("fed")
    void fed_with_the_gradients_of_the_reference_a_library_ends_at_its_bits(
            Settings settings, String spared, Library<?> library) {
        Comparison comparison = new Comparison(
                new Libraries(List.of(library)),
                new OptimizerChoice(settings, List.of(spared)),
                ModelKind.mlp,
                DType.FLOAT32,
                DATA,
                2,
                1);
        assertThat(comparison.run(Progress.silent()).rows())
                .singleElement()
                .satisfies(row -> assertThat(row.sameGradients()).isZero());
    }

    private static Comparison comparison(Library<?> library) {
        return comparison(library, new RMSprop(0.001), 2);
    }

    private static Comparison comparison(Library<?> library, Settings settings, int epochs) {
        return new Comparison(
                new Libraries(List.of(library)),
                new OptimizerChoice(settings, List.of()),
                ModelKind.mlp,
                DType.FLOAT32,
                DATA,
                epochs,
                1);
    }
}
