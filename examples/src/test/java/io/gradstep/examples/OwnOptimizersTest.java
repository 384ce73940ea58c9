package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.gradstep.djl.DjlProvider;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.RmsProp;

/** Models that are stepped by what their library has itself. The expectations are the formulas of its documentation. */
class OwnOptimizersTest {
    private static final double RATE = 0.01;
    private static final Dataset DIGITS = Datasets.read("digits");
    private static final List<Batch> BATCHES =
            new Batches(Split.of(DIGITS, 1).training(), 32, 1).epoch(1).subList(0, 5);

    static Stream<Arguments> models() {
        return Stream.of(ModelKind.values())
                .flatMap(kind -> Stream.of(DType.FLOAT32, DType.FLOAT64).map(dtype -> Arguments.of(kind, dtype)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void rms_prop_of_dl4j_takes_its_first_step(ModelKind kind, DType dtype) {
        double epsilon = 1e-8;
        Model model = kind.model(DIGITS);
        try (Backend<INDArray> backend = new Nd4jProvider().open();
                Dl4jTrainer trainer = Dl4jTrainer.withOwn(
                        model, model.initialWeights(1, dtype), backend, new RmsProp(RATE, 0.95, epsilon))) {
            assertFirstStep(trainer, g -> {
                double meanSquare = 0.95 * epsilon + 0.05 * g * g;
                return RATE * g / (Math.sqrt(meanSquare) + epsilon);
            });
            assertLossFalls(trainer);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void adam_of_djl_takes_its_first_step(ModelKind kind, DType dtype) {
        Model model = kind.model(DIGITS);
        Optimizer adam = Optimizer.adam()
                .optLearningRateTracker(Tracker.fixed((float) RATE))
                .build();
        try (Backend<NDArray> backend = new DjlProvider().open();
                DjlTrainer trainer = DjlTrainer.withOwn(model, model.initialWeights(1, dtype), backend, adam)) {
            // Epsilon is added before the bias of the mean square, a factor of 1 - 0.999, is corrected.
            assertFirstStep(trainer, g -> RATE * g / (Math.abs(g) + 1e-8 / Math.sqrt(1 - 0.999)));
            assertLossFalls(trainer);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void what_rms_prop_of_djl_throws_comes_through(ModelKind kind, DType dtype) {
        Model model = kind.model(DIGITS);
        try (Backend<NDArray> backend = new DjlProvider().open();
                DjlTrainer trainer = DjlTrainer.withOwn(
                        model,
                        model.initialWeights(1, dtype),
                        backend,
                        Optimizer.rmsprop().build())) {
            List<NDArray> gradients = trainer.gradients(BATCHES.get(0));

            assertThatThrownBy(() -> trainer.stepper().step(gradients))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("Not implemented");
        }
    }

    private interface Rule {
        double update(double gradient);
    }

    /**
     * DJL computes 1 - 0.999 in float32, which is wrong in the fifth digit; the new weight, below 1, is rounded to float32.
     */
    private static <T> void assertFirstStep(Trainer<T> trainer, Rule rule) {
        List<HostTensor> before = trainer.weights();
        List<T> tensors = trainer.gradients(BATCHES.get(0));
        List<HostTensor> gradients = trainer.toHost(tensors);
        trainer.stepper().step(tensors);
        List<HostTensor> after = trainer.weights();
        for (int i = 0; i < before.size(); i++) {
            for (int j = 0; j < before.get(i).length(); j++) {
                double expected =
                        before.get(i).get(j) - rule.update(gradients.get(i).get(j));
                assertThat(after.get(i).get(j)).isCloseTo(expected, within(5e-5 * RATE + 6e-8));
            }
        }
    }

    private static <T> void assertLossFalls(Trainer<T> trainer) {
        double before = Evaluation.of(trainer, BATCHES.get(0)).loss();
        for (Batch batch : BATCHES) {
            trainer.stepper().step(trainer.gradients(batch));
        }
        assertThat(Evaluation.of(trainer, BATCHES.get(0)).loss()).isLessThan(before);
    }
}
