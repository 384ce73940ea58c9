package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import io.gradstep.ops.Backend;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps on trainable parameters. Whether PyTorch records is a setting of the thread: off on the thread that loaded the
 * engine, on inside a gradient collector and on every other thread.
 */
final class DjlAutogradTest {
    private final Backend<NDArray> backend = new DjlProvider().open();
    private final NDManager model = Engine.getEngine("PyTorch").newBaseManager();
    private NDArray weight;

    @BeforeEach
    void makeTrainableWeight() {
        weight = model.create(new float[] {1, 2, 3});
        weight.setRequiresGradient(true);
    }

    @AfterEach
    void close() {
        backend.close();
        model.close();
    }

    /** The loss is the sum of the squares: the gradient is twice the weight. */
    private NDArray collectedGradient() {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(weight.square().sum());
        }
        return weight.getGradient();
    }

    enum Place {
        RECORDING_OFF {
            @Override
            void run(Runnable step) {
                boolean before = JniUtils.isGradMode();
                JniUtils.setGradMode(false);
                step.run();
                assertThat(JniUtils.isGradMode()).isFalse();
                JniUtils.setGradMode(before);
            }
        },
        RECORDING_ON {
            @Override
            void run(Runnable step) {
                boolean before = JniUtils.isGradMode();
                JniUtils.setGradMode(true);
                step.run();
                assertThat(JniUtils.isGradMode()).isTrue();
                JniUtils.setGradMode(before);
            }
        },
        INSIDE_A_COLLECTOR {
            @Override
            void run(Runnable step) {
                try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                    step.run();
                    assertThat(JniUtils.isGradMode()).isTrue();
                    assertThat(collector).isNotNull();
                }
            }
        },
        ANOTHER_THREAD {
            @Override
            void run(Runnable step) throws Exception {
                ExecutorService thread = Executors.newSingleThreadExecutor();
                try {
                    Future<?> done = thread.submit(() -> {
                        assertThat(JniUtils.isGradMode()).isTrue();
                        step.run();
                        assertThat(JniUtils.isGradMode()).isTrue();
                    });
                    done.get();
                } finally {
                    thread.shutdownNow();
                }
            }
        };

        abstract void run(Runnable step) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void a_trainable_weight_is_written_in_place(Place place) throws Exception {
        NDArray gradient = collectedGradient();
        place.run(() -> Rules.SUBTRACT_THE_GRADIENT.run(backend, weight, gradient));
        assertThat(weight.toFloatArray()).containsExactly(-1, -2, -3);
    }

    @ParameterizedTest
    @EnumSource
    void the_weight_stays_trainable_and_its_gradient_as_it_is(Place place) throws Exception {
        NDArray gradient = collectedGradient();
        place.run(() -> Rules.USE_EVERY_OPERATION.run(backend, weight, gradient));
        assertThat(JniUtils.requiresGrad((PtNDArray) weight)).isTrue();
        assertThat(weight.getGradient().toFloatArray()).containsExactly(2, 4, 6);
    }

    @ParameterizedTest
    @EnumSource
    void a_step_gives_the_same_bits_as_on_a_plain_array(Place place) throws Exception {
        NDArray plain = weight.duplicate().stopGradient();
        NDArray gradient = collectedGradient();
        Rules.USE_EVERY_OPERATION.run(backend, plain, gradient);
        place.run(() -> Rules.USE_EVERY_OPERATION.run(backend, weight, gradient));
        assertThat(weight.toFloatArray()).containsExactly(plain.toFloatArray());
    }

    @ParameterizedTest
    @EnumSource
    void nothing_is_recorded(Place place) throws Exception {
        place.run(() -> {
            TensorVariable<NDArray> variable = backend.wrap(weight, "layer/kernel");
            try (TensorVariable<NDArray> state = backend.state(variable, VariableInfo.of("state"), 0)) {
                // The weight itself as gradient: any operation on it would be recorded.
                Rules.USE_EVERY_OPERATION.run(backend, state, weight);
                Rules.ASSIGN_THE_GRADIENT.run(backend, state, weight);
                Rules.USE_EVERY_OPERATION.run(backend, variable, weight);
                backend.write(state, backend.read(weight));
                // What was recorded requires a gradient, and PyTorch does not let go of it.
                assertThat(JniUtils.requiresGrad((PtNDArray) state.value())).isFalse();
                weight.setRequiresGradient(false);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void values_are_written_into_a_trainable_weight(Place place) throws Exception {
        TensorVariable<NDArray> variable = backend.wrap(weight, "layer/kernel");
        place.run(() -> backend.write(variable, io.gradstep.ops.HostTensor.of(variable.shape(), 4f, 5f, 6f)));
        assertThat(weight.toFloatArray()).containsExactly(4, 5, 6);
        assertThat(JniUtils.requiresGrad((PtNDArray) weight)).isTrue();
    }

    @Test
    void recording_is_on_again_when_a_rule_has_thrown() throws Exception {
        NDArray gradient = collectedGradient();
        Place.RECORDING_ON.run(() -> assertThatThrownBy(() -> Rules.FAIL_HALF_WAY.run(backend, weight, gradient))
                .hasMessage("thrown by the rule"));
        assertThat(weight.toFloatArray()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_graph_that_needs_what_a_step_has_overwritten_throws(boolean transposed) {
        NDArray gradient = collectedGradient();
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray loss = weight.square().sum();
            NDArray seen = transposed ? weight.reshape(3, 1).transpose() : weight;
            Rules.SUBTRACT_THE_GRADIENT.run(backend, seen, gradient.reshape(seen.getShape()));
            assertThatThrownBy(() -> collector.backward(loss))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("modified by an inplace operation");
        }
    }

    @Test
    void a_training_loop_converges_with_the_step_inside_the_collector() {
        NDArray features = model.create(new float[] {1, 0, 2, 0, 1, -1, 1, 1, 1}, new ai.djl.ndarray.types.Shape(3, 3));
        NDArray target = features.dot(model.create(new float[] {0.5f, -1, 2}, new ai.djl.ndarray.types.Shape(3, 1)));
        NDArray kernel = model.zeros(new ai.djl.ndarray.types.Shape(3, 1));
        kernel.setRequiresGradient(true);
        double loss = 0;
        for (int step = 0; step < 200; step++) {
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray error = features.dot(kernel).sub(target).square().sum().mul(0.1f);
                collector.backward(error);
                NDArray gradient = kernel.getGradient();
                Rules.SUBTRACT_THE_GRADIENT.run(backend, kernel, gradient);
                JniUtils.zeroGrad((PtNDArray) kernel);
                loss = error.getFloat();
            }
        }
        assertThat(loss).isLessThan(1e-3);
    }
}
