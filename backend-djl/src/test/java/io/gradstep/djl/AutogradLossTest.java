package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.Loss.Evaluation;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses whose gradients PyTorch computes. */
final class AutogradLossTest {
    private final Backend<NDArray> backend = new DjlProvider().open();
    private final NDManager model = Engine.getEngine("PyTorch").newBaseManager();
    private final List<AutogradLoss> losses = new ArrayList<>();

    @AfterEach
    void close() {
        losses.forEach(AutogradLoss::close);
        backend.close();
        model.close();
    }

    private AutogradLoss loss(Supplier<NDArray> supplier) {
        AutogradLoss loss = AutogradLoss.of(supplier);
        losses.add(loss);
        return loss;
    }

    private TensorVariable<NDArray> variable(NDArray array) {
        return backend.wrap(array, "layer/kernel");
    }

    private static boolean requiresGradient(NDArray array) {
        return JniUtils.requiresGrad((PtNDArray) array);
    }

    @Test
    void the_documented_example() {
        NDArray x = model.create(10f);
        TensorVariable<NDArray> variable = variable(x);
        AutogradLoss loss = loss(() -> x.square().div(2f));
        try (Optimizer<NDArray> optimizer = new RMSprop(0.1).on(backend)) {
            assertThat(optimizer.minimize(loss, List.of(variable))).isEqualTo(50);
            assertThat(x.getFloat()).isEqualTo(9.683772f);
        }
    }

    @Test
    void the_gradient_is_that_of_the_formula_in_float64() {
        NDArray x = model.create(new double[] {1, -2, 1e-300});
        Evaluation<NDArray> evaluation = loss(() -> x.mul(x).sum()).evaluate(List.of(variable(x)), 1);
        assertThat(evaluation.value()).isEqualTo(5);
        assertThat(evaluation.gradients().get(0).getDataType()).isEqualTo(DataType.FLOAT64);
        assertThat(evaluation.gradients().get(0).toDoubleArray()).containsExactly(2, -4, 2e-300);
    }

    @Test
    void a_loss_may_have_the_shape_of_one_number() {
        NDArray x = model.create(new float[] {3});
        Evaluation<NDArray> evaluation = loss(() -> x.square()).evaluate(List.of(variable(x)), 1);
        assertThat(evaluation.value()).isEqualTo(9);
        assertThat(evaluation.gradients().get(0).toFloatArray()).containsExactly(6);
    }

    @Test
    void a_variable_itself_may_be_the_loss() {
        NDArray x = model.create(3f);
        Evaluation<NDArray> evaluation = loss(() -> x).evaluate(List.of(variable(x)), 4);
        assertThat(evaluation.value()).isEqualTo(3);
        assertThat(evaluation.gradients().get(0).toFloatArray()).containsExactly(4);
        assertThat(x.isReleased()).isFalse();
    }

    @Test
    void each_variable_gets_its_own_gradient_and_null_if_the_loss_does_not_depend_on_it() {
        NDArray a = model.create(new float[] {1, 2});
        NDArray unused = model.create(new float[] {5});
        NDArray b = model.create(3f);
        List<TensorVariable<NDArray>> variables =
                List.of(backend.wrap(a, "a"), backend.wrap(unused, "unused"), backend.wrap(b, "b"));
        List<NDArray> gradients =
                loss(() -> a.mul(b).sum()).evaluate(variables, 1).gradients();
        assertThat(gradients.get(0).toFloatArray()).containsExactly(3, 3);
        assertThat(gradients.get(1)).isNull();
        assertThat(gradients.get(2).getFloat()).isEqualTo(3);
    }

    @Test
    void a_loss_that_depends_on_no_variable_has_null_gradients() {
        NDArray x = model.create(new float[] {1, 2});
        NDArray constant = model.create(7f);
        Evaluation<NDArray> evaluation = loss(() -> constant).evaluate(List.of(variable(x)), 2);
        assertThat(evaluation.value()).isEqualTo(7);
        assertThat(evaluation.gradients()).containsOnlyNulls();
        assertThat(requiresGradient(constant)).isFalse();
    }

    @Test
    void without_variables_there_is_the_loss_alone() {
        NDArray x = model.create(3f);
        Evaluation<NDArray> evaluation = loss(() -> x.square()).evaluate(List.of(), 1);
        assertThat(evaluation.value()).isEqualTo(9);
        assertThat(evaluation.gradients()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_scale_scales_the_gradients_and_not_the_loss(boolean wide) {
        NDArray x = wide ? model.create(new double[] {1, 2}) : model.create(new float[] {1, 2});
        Evaluation<NDArray> evaluation = loss(() -> x.square().sum()).evaluate(List.of(variable(x)), 8);
        assertThat(evaluation.value()).isEqualTo(5);
        assertThat(backend.read(evaluation.gradients().get(0)).get(0)).isEqualTo(16);
        assertThat(backend.read(evaluation.gradients().get(0)).get(1)).isEqualTo(32);
        assertThat(evaluation.gradients().get(0).getDataType()).isEqualTo(x.getDataType());
    }

    @Test
    void the_loss_is_scaled_before_its_gradients_are_computed() {
        NDArray x = model.create(1f);
        // In float32 the gradient alone is 0.
        AutogradLoss loss = loss(() -> x.mul(1e-30f).mul(1e-30f));
        assertThat(loss.evaluate(List.of(variable(x)), 1).gradients().get(0).getFloat())
                .isZero();
        assertThat(loss.evaluate(List.of(variable(x)), 0x1p100)
                        .gradients()
                        .get(0)
                        .getFloat())
                .isPositive();
    }

    @Test
    void the_next_evaluation_sees_what_a_step_has_written() {
        NDArray x = model.create(new float[] {1, 2});
        TensorVariable<NDArray> variable = variable(x);
        AutogradLoss loss = loss(() -> x.square().sum());
        Rules.SUBTRACT_THE_GRADIENT.run(
                backend,
                variable,
                loss.evaluate(List.of(variable), 1).gradients().get(0));
        Evaluation<NDArray> second = loss.evaluate(List.of(variable), 1);
        assertThat(x.toFloatArray()).containsExactly(-1, -2);
        assertThat(second.gradients().get(0).toFloatArray()).containsExactly(-2, -4);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e30f})
    void no_gradient_leaves_a_trace_in_the_next(float first) {
        NDArray x = model.create(new float[] {1, 2});
        NDArray factor = model.create(first);
        AutogradLoss loss = loss(() -> x.mul(factor).sum());
        assertThat(loss.evaluate(List.of(variable(x)), 1).gradients().get(0).toFloatArray())
                .containsExactly(first, first);
        factor.set(new float[] {3});
        assertThat(loss.evaluate(List.of(variable(x)), 1).gradients().get(0).toFloatArray())
                .containsExactly(3, 3);
    }

    @Test
    void each_zero_keeps_its_sign_whatever_was_there_before() {
        NDArray x = model.create(new float[] {1, 2});
        NDArray factors = model.create(new float[] {0f, -0f});
        AutogradLoss loss = loss(() -> x.mul(factors).sum());
        for (int i = 0; i < 3; i++) {
            NDArray gradient =
                    loss.evaluate(List.of(variable(x)), 1).gradients().get(0);
            // 1/x tells one zero from the other.
            assertThat(1 / gradient.getFloat(0)).isEqualTo(Float.POSITIVE_INFINITY);
            assertThat(1 / gradient.getFloat(1)).isEqualTo(Float.NEGATIVE_INFINITY);
        }
    }

    @Test
    void an_array_that_had_a_gradient_has_a_gradient_of_zeros_when_the_loss_no_longer_depends_on_it() {
        NDArray x = model.create(new float[] {1, 2});
        NDArray y = model.create(3f);
        boolean[] withX = {true};
        AutogradLoss loss = loss(() -> withX[0] ? x.sum().mul(y) : y.square());
        List<TensorVariable<NDArray>> variables = List.of(backend.wrap(x, "x"), backend.wrap(y, "y"));
        loss.evaluate(variables, 1);
        withX[0] = false;
        List<NDArray> gradients = loss.evaluate(variables, 1).gradients();
        assertThat(gradients.get(0).toFloatArray()).containsOnly(-0f);
        assertThat(gradients.get(1).getFloat()).isEqualTo(6);
    }

    @Test
    void gradients_live_until_the_next_evaluation_and_do_not_change_before() {
        NDArray x = model.create(new float[] {1, 2});
        TensorVariable<NDArray> variable = variable(x);
        AutogradLoss loss = loss(() -> x.square().sum());
        AutogradLoss other = loss(() -> x.sum());
        NDArray first = loss.evaluate(List.of(variable), 1).gradients().get(0);
        other.evaluate(List.of(variable), 1);
        Rules.SUBTRACT_THE_GRADIENT.run(backend, variable, first);
        assertThat(first.toFloatArray()).containsExactly(2, 4);
        NDArray second = loss.evaluate(List.of(variable), 1).gradients().get(0);
        assertThat(first.isReleased()).isTrue();
        loss.close();
        loss.close();
        assertThat(second.isReleased()).isTrue();
        assertThat(loss.evaluate(List.of(variable), 1).gradients().get(0).toFloatArray())
                .containsExactly(-2, -4);
    }

    @Test
    void a_failed_evaluation_leaves_the_gradients_of_the_one_before() {
        NDArray x = model.create(new float[] {1, 2});
        boolean[] fail = {false};
        AutogradLoss loss = loss(() -> fail[0] ? x : x.square().sum());
        NDArray gradient = loss.evaluate(List.of(variable(x)), 1).gradients().get(0);
        fail[0] = true;
        assertThatThrownBy(() -> loss.evaluate(List.of(variable(x)), 1)).isInstanceOf(IllegalStateException.class);
        assertThat(gradient.toFloatArray()).containsExactly(2, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_array_requires_a_gradient_afterwards_if_it_did_before(boolean trainable) {
        NDArray x = model.create(new float[] {1, 2});
        x.setRequiresGradient(trainable);
        loss(() -> x.square().sum()).evaluate(List.of(variable(x)), 1);
        assertThat(requiresGradient(x)).isEqualTo(trainable);
        assertThat(x.hasGradient()).isEqualTo(trainable);
        assertThatThrownBy(() -> loss(() -> x).evaluate(List.of(variable(x)), 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(requiresGradient(x)).isEqualTo(trainable);
        assertThat(x.hasGradient()).isEqualTo(trainable);
    }

    @Test
    void sparse_gradients_come_dense() {
        NDArray table = model.create(new float[] {1, 2, 3, 4, 5, 6}, new ai.djl.ndarray.types.Shape(3, 2));
        NDArray ids = model.create(new long[] {2, 0, 2});
        NDArray factor = model.create(1f);
        AutogradLoss loss = loss(() -> ids.getNDArrayInternal()
                .embedding(ids, table, SparseFormat.COO)
                .singletonOrThrow()
                .mul(factor)
                .sum());
        for (float f : new float[] {Float.NaN, 1, 2}) {
            factor.set(new float[] {f});
            NDArray gradient =
                    loss.evaluate(List.of(variable(table)), 1).gradients().get(0);
            assertThat(JniUtils.getGradient((PtNDArray) table).isSparse()).isTrue();
            assertThat(gradient.isSparse()).isFalse();
            assertThat(gradient.toFloatArray()).containsExactly(f, f, 0, 0, 2 * f, 2 * f);
        }
    }

    /** A block as DJL's trainers run it. */
    @Test
    void parameters_of_a_block_are_trained() {
        Linear block = Linear.builder().setUnits(1).build();
        block.initialize(model, DataType.FLOAT32, new ai.djl.ndarray.types.Shape(4, 2));
        ParameterStore store = new ParameterStore(model, false);
        NDArray features = model.create(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, new ai.djl.ndarray.types.Shape(4, 2));
        NDArray labels = model.create(new float[] {1, 3, 4, 6}, new ai.djl.ndarray.types.Shape(4, 1));
        List<TensorVariable<NDArray>> variables = block.getParameters().stream()
                .map(parameter -> backend.wrap(parameter.getValue().getArray(), parameter.getKey()))
                .toList();
        AutogradLoss loss = loss(() -> block.forward(store, new NDList(features), true)
                .singletonOrThrow()
                .sub(labels)
                .square()
                .mean());
        double first = loss.evaluate(variables, 1).value();
        int before = Census.count(model);
        double last = first;
        try (Optimizer<NDArray> optimizer = new RMSprop(0.01).on(backend)) {
            for (int step = 0; step < 1000; step++) {
                Evaluation<NDArray> evaluation = loss.evaluate(variables, 1);
                optimizer.apply(evaluation.gradients(), variables);
                last = evaluation.value();
            }
        }
        assertThat(last).isLessThan(first / 100);
        assertThat(Census.count(model)).isEqualTo(before);
        assertThat(block.getParameters().values()).allMatch(Parameter::requiresGradient);
    }

    @ParameterizedTest
    @EnumSource(names = "INSIDE_A_COLLECTOR", mode = EnumSource.Mode.EXCLUDE)
    void it_is_all_the_same_whether_the_thread_records(DjlAutogradTest.Place place) throws Exception {
        NDArray x = model.create(new float[] {1, 2});
        place.run(() -> {
            Evaluation<NDArray> evaluation = loss(() -> x.square().sum()).evaluate(List.of(variable(x)), 1);
            assertThat(evaluation.gradients().get(0).toFloatArray()).containsExactly(2, 4);
            assertThat(requiresGradient(evaluation.gradients().get(0))).isFalse();
        });
    }

    @Test
    void another_open_collector_is_an_error_that_changes_nothing() throws Exception {
        NDArray x = model.create(new float[] {1, 2});
        AutogradLoss loss = loss(() -> x.square().sum());
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            int before = Census.count(model);
            other.submit(() -> {
                        JniUtils.setGradMode(false);
                        assertThatThrownBy(() -> loss.evaluate(List.of(variable(x)), 1))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Only one can be collecting at a time");
                        assertThat(JniUtils.isGradMode()).isFalse();
                    })
                    .get();
            assertThat(requiresGradient(x)).isFalse();
            assertThat(Census.count(model)).isEqualTo(before);
            assertThat(collector).isNotNull();
        } finally {
            other.shutdownNow();
        }
        assertThat(loss.evaluate(List.of(variable(x)), 1).value()).isEqualTo(5);
    }

    @Test
    void many_evaluations_leave_nothing_behind() {
        NDArray x = model.ones(new ai.djl.ndarray.types.Shape(2, 3));
        NDArray y = model.ones(new ai.djl.ndarray.types.Shape(3));
        List<TensorVariable<NDArray>> variables = List.of(backend.wrap(x, "x"), backend.wrap(y, "y"));
        int before = Census.count(model);
        try (AutogradLoss loss =
                AutogradLoss.of(() -> x.mul(y).square().clip(0, 2).sum())) {
            loss.evaluate(variables, 1);
            int afterTheFirst = Census.count(model);
            for (int i = 0; i < 2_000; i++) {
                loss.evaluate(variables, 2);
                assertThat(Census.count(model)).isEqualTo(afterTheFirst);
            }
        }
        assertThat(Census.count(model)).isEqualTo(before);
    }

    @Test
    void failed_evaluations_leave_nothing_behind() {
        NDArray x = model.ones(new ai.djl.ndarray.types.Shape(2, 3));
        AutogradLoss notScalar = loss(() -> x.mul(2));
        AutogradLoss throwing = loss(() -> {
            x.square();
            throw new IllegalArgumentException("thrown by the supplier");
        });
        // PyTorch notices in backward that a value it needs is gone.
        AutogradLoss overwriting = loss(() -> {
            NDArray root = x.sqrt();
            NDArray sum = root.sum();
            root.addi(1);
            return sum;
        });
        int before = Census.count(model);
        assertThatThrownBy(() -> notScalar.evaluate(List.of(variable(x)), 1)).hasMessageContaining("shape (2, 3)");
        assertThatThrownBy(() -> throwing.evaluate(List.of(variable(x)), 1)).hasMessage("thrown by the supplier");
        assertThatThrownBy(() -> overwriting.evaluate(List.of(variable(x)), 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("modified by an inplace operation");
        assertThat(Census.count(model)).isEqualTo(before);
        assertThat(requiresGradient(x)).isFalse();
    }

    @Test
    void a_scope_of_the_caller_closes_none_of_the_gradients() {
        NDArray x = model.create(new float[] {1, 2});
        AutogradLoss loss = loss(() -> x.square().sum());
        NDArray gradient;
        try (NDScope scope = new NDScope()) {
            gradient = loss.evaluate(List.of(variable(x)), 1).gradients().get(0);
            assertThat(Census.registered(scope)).isZero();
        }
        assertThat(gradient.toFloatArray()).containsExactly(2, 4);
    }

    @Test
    void the_supplier_can_keep_an_array() {
        NDArray x = model.create(new float[] {1, 2});
        List<NDArray> kept = new ArrayList<>();
        loss(() -> {
                    NDArray squares = x.square();
                    NDScope.unregister(squares);
                    kept.add(squares);
                    return squares.sum();
                })
                .evaluate(List.of(variable(x)), 1);
        assertThat(kept.get(0).toFloatArray()).containsExactly(1, 4);
    }

    @Test
    void a_loss_of_more_numbers_is_refused() {
        NDArray x = model.create(new float[] {1, 2});
        assertThatThrownBy(() -> loss(() -> x.square()).evaluate(List.of(variable(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Received: shape (2,)")
                .hasMessageContaining("sum() or mean()");
    }

    @Test
    void a_loss_of_another_type_is_refused() {
        NDArray x = model.create(new float[] {1, 2});
        assertThatThrownBy(
                        () -> loss(() -> x.sum().toType(DataType.INT32, false)).evaluate(List.of(variable(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be FLOAT32 or FLOAT64. Received: INT32");
    }

    @Test
    void no_loss_is_refused() {
        NDArray x = model.create(new float[] {1, 2});
        assertThatThrownBy(() -> loss(() -> null).evaluate(List.of(variable(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Received: null");
        assertThatThrownBy(() -> loss(() -> {
                            NDArray sum = x.sum();
                            sum.close();
                            return sum;
                        })
                        .evaluate(List.of(variable(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Received: a closed one");
        assertThatThrownBy(() -> AutogradLoss.of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loss");
    }

    @Test
    void a_variable_that_was_computed_is_refused() {
        NDArray x = model.create(new float[] {1, 2});
        x.setRequiresGradient(true);
        NDArray computed;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            assertThat(collector).isNotNull();
            computed = x.mul(2);
        }
        AutogradLoss loss = loss(() -> computed.sum());
        assertThatThrownBy(() -> loss.evaluate(List.of(variable(computed)), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The array of the variable layer/kernel was itself computed")
                .hasMessageContaining("stopGradient()");
        assertThat(loss.evaluate(List.of(variable(x)), 1).gradients().get(0).toFloatArray())
                .containsExactly(2, 2);
    }

    @Test
    void a_closed_variable_is_refused() {
        NDArray x = model.create(new float[] {1, 2});
        TensorVariable<NDArray> variable = variable(x);
        x.close();
        assertThatThrownBy(() -> loss(() -> x.sum()).evaluate(List.of(variable), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The array of the variable layer/kernel is closed");
    }

    @Test
    void a_counter_is_refused() {
        TensorVariable<NDArray> counter = backend.variable(VariableInfo.of("counter"), DType.INT32, Shape.scalar(), 0);
        assertThatThrownBy(() -> loss(() -> model.create(1f)).evaluate(List.of(counter), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The variable counter is INT32");
    }
}
