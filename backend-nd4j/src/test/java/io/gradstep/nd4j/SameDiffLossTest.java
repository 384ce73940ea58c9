package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Losses whose gradients SameDiff computes. */
class SameDiffLossTest {
    private final Backend<INDArray> backend = new Nd4jProvider().open();
    private final SameDiff graph = SameDiff.create();
    private final List<SameDiffLoss> losses = new ArrayList<>();

    @AfterEach
    void close() {
        losses.forEach(SameDiffLoss::close);
    }

    private SameDiffLoss loss(String name) {
        return loss(name, Map::of);
    }

    private SameDiffLoss loss(String name, Supplier<Map<String, INDArray>> placeholders) {
        SameDiffLoss loss = SameDiffLoss.of(graph, name, placeholders);
        losses.add(loss);
        return loss;
    }

    private SDVariable variable(String name, float... values) {
        return graph.var(name, Nd4j.createFromArray(values));
    }

    private TensorVariable<INDArray> wrap(SDVariable variable) {
        return backend.wrap(variable.getArr(), variable.name());
    }

    private static long liveBytes() {
        return Nd4j.getEnvironment().getDeviceCouner(0);
    }

    @Test
    void the_documented_example() {
        SDVariable x = graph.var("x", Nd4j.scalar(10f));
        x.mul(x).div(2).rename("loss");
        SameDiffLoss loss = loss("loss");
        List<TensorVariable<INDArray>> variables = loss.variables(backend);
        try (Optimizer<INDArray> optimizer = new RMSprop(0.1).on(backend)) {
            assertThat(optimizer.minimize(loss, variables)).isEqualTo(50);
            assertThat(x.getArr().getFloat(0)).isEqualTo(9.683772f);
        }
    }

    @Test
    void the_gradient_is_that_of_the_formula_in_float64() {
        SDVariable x = graph.var("x", Nd4j.createFromArray(1d, -2d, 1e-300));
        x.mul(x).sum().rename("loss");
        Evaluation<INDArray> evaluation = loss("loss").evaluate(List.of(wrap(x)), 1);
        assertThat(evaluation.value()).isEqualTo(5);
        assertThat(evaluation.gradients().get(0).dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(evaluation.gradients().get(0).toDoubleVector()).containsExactly(2, -4, 2e-300);
    }

    @Test
    void a_gradient_has_the_dtype_of_its_variable_whatever_that_of_the_loss() {
        SDVariable x = variable("x", 1, 2);
        SDVariable y = graph.var("y", Nd4j.createFromArray(3d, 4d));
        x.castTo(DataType.DOUBLE).mul(y).sum().rename("loss");
        Evaluation<INDArray> evaluation = loss("loss").evaluate(List.of(wrap(x), wrap(y)), 2);
        assertThat(evaluation.value()).isEqualTo(11);
        assertThat(backend.read(evaluation.gradients().get(0)).floats()).containsExactly(6, 8);
        assertThat(backend.read(evaluation.gradients().get(1)).doubles()).containsExactly(2, 4);
    }

    @Test
    void a_loss_may_have_the_shape_of_one_number() {
        SDVariable x = variable("x", 3);
        x.mul(x).rename("loss");
        Evaluation<INDArray> evaluation = loss("loss").evaluate(List.of(wrap(x)), 1);
        assertThat(evaluation.value()).isEqualTo(9);
        assertThat(evaluation.gradients().get(0).toFloatVector()).containsExactly(6);
    }

    @Test
    void each_variable_gets_its_own_gradient_and_null_if_the_loss_does_not_depend_on_it() {
        SDVariable a = variable("a", 1, 2);
        SDVariable unused = variable("unused", 5);
        SDVariable b = graph.var("b", Nd4j.scalar(3f));
        a.mul(b).sum().rename("loss");
        List<INDArray> gradients = loss("loss")
                .evaluate(List.of(wrap(b), wrap(unused), wrap(a)), 1)
                .gradients();
        assertThat(gradients.get(0).shape()).isEmpty();
        assertThat(gradients.get(0).getFloat(0)).isEqualTo(3);
        assertThat(gradients.get(1)).isNull();
        assertThat(gradients.get(2).toFloatVector()).containsExactly(3, 3);
    }

    @Test
    void without_variables_there_is_the_loss_alone() {
        SDVariable x = variable("x", 3);
        x.mul(x).sum().rename("loss");
        Evaluation<INDArray> evaluation = loss("loss").evaluate(List.of(), 1);
        assertThat(evaluation.value()).isEqualTo(9);
        assertThat(evaluation.gradients()).isEmpty();
    }

    @Test
    void a_scale_scales_the_gradients_and_not_the_loss() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).sum().rename("loss");
        Evaluation<INDArray> evaluation = loss("loss").evaluate(List.of(wrap(x)), 8);
        assertThat(evaluation.value()).isEqualTo(5);
        assertThat(evaluation.gradients().get(0).toFloatVector()).containsExactly(16, 32);
        assertThat(loss("loss").evaluate(List.of(wrap(x)), 1).gradients().get(0).toFloatVector())
                .containsExactly(2, 4);
    }

    @Test
    void the_next_evaluation_sees_what_a_step_has_written() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        TensorVariable<INDArray> variable = wrap(x);
        loss.evaluate(List.of(variable), 1);
        backend.write(variable, io.gradstep.ops.HostTensor.of(variable.shape(), -1f, -3f));
        Evaluation<INDArray> second = loss.evaluate(List.of(variable), 1);
        assertThat(second.value()).isEqualTo(10);
        assertThat(second.gradients().get(0).toFloatVector()).containsExactly(-2, -6);
    }

    /** SameDiff's own gradient function would go on with the array that it was given then. */
    @Test
    void steps_are_seen_even_after_the_graph_was_given_another_array() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        loss.evaluate(loss.variables(backend), 1);
        x.setArray(Nd4j.createFromArray(5f, 6f));
        TensorVariable<INDArray> variable = loss.variables(backend).get(0);
        backend.write(variable, io.gradstep.ops.HostTensor.of(variable.shape(), 7f, 8f));
        assertThat(loss.evaluate(List.of(variable), 1).gradients().get(0).toFloatVector())
                .containsExactly(14, 16);
    }

    @Test
    void a_variable_is_in_one_piece_with_the_graph_after_many_steps() {
        SDVariable x = variable("x", 3, -4);
        x.mul(x).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        List<TensorVariable<INDArray>> variables = loss.variables(backend);
        try (Optimizer<INDArray> optimizer = new RMSprop(0.01).on(backend)) {
            for (int step = 0; step < 300; step++) {
                optimizer.apply(loss.evaluate(variables, 1).gradients(), variables);
            }
        }
        float sum = graph.outputSingle(Map.of(), "loss").getFloat(0);
        assertThat(sum).isLessThan(5);
        assertThat(loss.evaluate(variables, 1).value()).isEqualTo(sum);
    }

    @Test
    void no_gradient_leaves_a_trace_in_the_next() {
        SDVariable x = variable("x", 1, 2);
        SDVariable factor = graph.placeHolder("factor", DataType.FLOAT);
        x.mul(factor).sum().rename("loss");
        INDArray value = Nd4j.scalar(Float.NaN);
        SameDiffLoss loss = loss("loss", () -> Map.of("factor", value));
        assertThat(loss.evaluate(List.of(wrap(x)), 1).gradients().get(0).toFloatVector())
                .containsOnly(Float.NaN);
        value.assign(3f);
        assertThat(loss.evaluate(List.of(wrap(x)), 1).gradients().get(0).toFloatVector())
                .containsExactly(3, 3);
        assertThat(value.wasClosed()).isFalse();
    }

    @Test
    void batches_may_differ_in_size_and_dtype_and_stay_the_callers() {
        SDVariable x = graph.var("x", Nd4j.createFromArray(new float[][] {{1}, {2}}));
        SDVariable features = graph.placeHolder("features", DataType.FLOAT, -1, 2);
        features.mmul(x).sum().rename("loss");
        List<INDArray> batches = List.of(
                Nd4j.createFromArray(new float[][] {{1, 2}}),
                Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}),
                Nd4j.createFromArray(new double[][] {{5, 6}}));
        int[] next = {0};
        SameDiffLoss loss = loss("loss", () -> Map.of("features", batches.get(next[0]++)));
        assertThat(loss.evaluate(List.of(wrap(x)), 1).value()).isEqualTo(5);
        assertThat(loss.evaluate(List.of(wrap(x)), 1).value()).isEqualTo(16);
        assertThat(loss.evaluate(List.of(wrap(x)), 1)
                        .gradients()
                        .get(0)
                        .reshape(2)
                        .toFloatVector())
                .containsExactly(5, 6);
        assertThat(batches).noneMatch(INDArray::wasClosed);
    }

    @Test
    void gradients_live_until_the_next_evaluation_and_do_not_change_before() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        SameDiffLoss same = loss("loss");
        INDArray first = loss.evaluate(List.of(wrap(x)), 1).gradients().get(0);
        x.getArr().assign(7);
        same.evaluate(List.of(wrap(x)), 1);
        assertThat(first.toFloatVector()).containsExactly(2, 4);
        INDArray second = loss.evaluate(List.of(wrap(x)), 1).gradients().get(0);
        assertThat(first.wasClosed()).isTrue();
        second.close();
        loss.close();
        loss.close();
        INDArray third = loss.evaluate(List.of(wrap(x)), 1).gradients().get(0);
        assertThat(third.toFloatVector()).containsExactly(14, 14);
        loss.close();
        assertThat(third.wasClosed()).isTrue();
    }

    @Test
    void a_failed_evaluation_leaves_the_gradients_of_the_one_before() {
        SDVariable x = variable("x", 1, 2);
        SDVariable factor = graph.placeHolder("factor", DataType.FLOAT);
        x.mul(factor).sum().rename("loss");
        boolean[] fail = {false};
        SameDiffLoss loss = loss("loss", () -> fail[0] ? Map.of() : Map.of("factor", Nd4j.scalar(3f)));
        INDArray gradient = loss.evaluate(List.of(wrap(x)), 1).gradients().get(0);
        fail[0] = true;
        assertThatThrownBy(() -> loss.evaluate(List.of(wrap(x)), 1)).isInstanceOf(IllegalStateException.class);
        assertThat(gradient.toFloatVector()).containsExactly(3, 3);
    }

    /** SameDiff's gradient is here the variable's own array. */
    @Test
    void a_gradient_is_never_an_array_of_the_graph() {
        SDVariable x = variable("x", 1, 2);
        graph.loss().l2Loss("loss", x);
        SameDiffLoss loss = loss("loss");
        INDArray gradient = loss.evaluate(List.of(wrap(x)), 2).gradients().get(0);
        x.getArr().assign(5);
        assertThat(gradient.toFloatVector()).containsExactly(2, 4);
        loss.close();
        assertThat(x.getArr().wasClosed()).isFalse();
        assertThat(loss.evaluate(List.of(wrap(x)), 1).gradients().get(0).toFloatVector())
                .containsExactly(5, 5);
    }

    @Test
    void several_losses_of_one_graph_take_turns() {
        SDVariable x = variable("x", 1, 2);
        SDVariable y = variable("y", 3, 4);
        x.mul(y).sum().rename("product");
        x.mul(x).sum().rename("square");
        List<TensorVariable<INDArray>> variables = List.of(wrap(x), wrap(y));
        SameDiffLoss product = loss("product");
        SameDiffLoss square = loss("square");
        for (int turn = 0; turn < 3; turn++) {
            List<INDArray> ofProduct = product.evaluate(variables, 1).gradients();
            List<INDArray> ofSquare = square.evaluate(variables, 1).gradients();
            assertThat(ofProduct.get(0).toFloatVector()).containsExactly(3, 4);
            assertThat(ofProduct.get(1).toFloatVector()).containsExactly(1, 2);
            assertThat(ofSquare.get(0).toFloatVector()).containsExactly(2, 4);
            assertThat(ofSquare.get(1)).isNull();
        }
    }

    @Test
    void the_graph_is_used_as_before_by_its_owner() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        loss.evaluate(List.of(wrap(x)), 1);
        INDArray own = graph.calculateGradients(Map.of(), "x").get("x");
        loss.evaluate(List.of(wrap(x)), 1);
        assertThat(own.toFloatVector()).containsExactly(2, 4);
        assertThat(graph.calculateGradients(Map.of(), "x").get("x").toFloatVector())
                .containsExactly(2, 4);
    }

    @Test
    void the_trainable_variables_are_those_of_the_graph() {
        graph.constant("constant", Nd4j.scalar(1f));
        graph.placeHolder("placeholder", DataType.FLOAT, 2);
        graph.var("counter", Nd4j.createFromArray(1, 2));
        SDVariable kernel = variable("dense/kernel", 1, 2);
        SDVariable bias = graph.var("dense/bias", Nd4j.createFromArray(3d));
        kernel.sum().rename("loss");
        List<TensorVariable<INDArray>> variables = loss("loss").variables(backend);
        assertThat(variables).extracting(TensorVariable::path).containsExactly("dense/bias", "dense/kernel");
        assertThat(variables).extracting(TensorVariable::name).containsExactly("bias", "kernel");
        assertThat(variables.get(0).value()).isSameAs(bias.getArr());
        assertThat(variables.get(1).value()).isSameAs(kernel.getArr());
    }

    @Test
    void many_evaluations_take_no_memory() {
        SDVariable x = graph.var("x", Nd4j.rand(DataType.FLOAT, 100, 10));
        SDVariable features = graph.placeHolder("features", DataType.DOUBLE, -1, 100);
        graph.nn().relu(features.castTo(DataType.FLOAT).mmul(x), 0).mul(3).sum().rename("loss");
        INDArray batch = Nd4j.rand(DataType.FLOAT, 32, 100);
        SameDiffLoss loss = loss("loss", () -> Map.of("features", batch));
        List<TensorVariable<INDArray>> variables = loss.variables(backend);
        loss.evaluate(variables, 2);
        long before = liveBytes();
        for (int i = 0; i < 300; i++) {
            loss.evaluate(variables, 2);
            // After each: at the end the collector could have hidden a leak.
            assertThat(liveBytes()).as("bytes after evaluation %d", i).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void failed_evaluations_take_no_memory() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).rename("loss");
        SameDiffLoss loss = loss("loss");
        List<TensorVariable<INDArray>> variables = loss.variables(backend);
        for (int i = 0; i < 3; i++) {
            long before = liveBytes();
            assertThatThrownBy(() -> loss.evaluate(variables, 1)).isInstanceOf(IllegalStateException.class);
            if (i > 0) {
                assertThat(liveBytes()).isLessThanOrEqualTo(before);
            }
        }
    }

    @Test
    @SuppressWarnings("try") // the workspace is only opened and closed
    void gradients_lie_outside_the_callers_workspace() {
        SDVariable x = variable("x", 1, 2);
        SDVariable factor = graph.placeHolder("factor", DataType.FLOAT, 2);
        x.mul(factor).sum().rename("loss");
        SameDiffLoss loss = loss("loss", () -> Map.of("factor", Nd4j.createFromArray(3f, 4f)));
        WorkspaceConfiguration oneMegabyte =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();
        INDArray gradient;
        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(oneMegabyte, "of the caller")) {
            gradient = loss.evaluate(List.of(wrap(x)), 1).gradients().get(0);
            assertThat(Nd4j.create(DataType.FLOAT, 1).isAttached())
                    .as("the workspace is still open")
                    .isTrue();
        } finally {
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        }
        assertThat(gradient.isAttached()).isFalse();
        assertThat(gradient.toFloatVector()).containsExactly(3, 4);
    }

    @Test
    void a_loss_of_more_numbers_is_refused() {
        SDVariable x = variable("x", 1, 2);
        x.mul(x).rename("loss");
        assertThatThrownBy(() -> loss("loss").evaluate(List.of(wrap(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The loss loss must be one number")
                .hasMessageContaining("Received: shape (2,)")
                .hasMessageContaining("sum() or mean()");
    }

    @Test
    void a_loss_that_the_graph_does_not_compute_is_refused() {
        variable("x", 1, 2);
        graph.constant("three", Nd4j.scalar(3f)).castTo(DataType.INT32).rename("integer");
        assertThatThrownBy(() -> SameDiffLoss.of(graph, "lss"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The graph has no variable lss")
                .hasMessageContaining("loss.name()");
        assertThatThrownBy(() -> SameDiffLoss.of(graph, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Received: x, of type VARIABLE FLOAT");
        assertThatThrownBy(() -> SameDiffLoss.of(graph, "integer"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Received: integer, of type ARRAY INT");
    }

    @Test
    void nothing_is_refused_by_name() {
        SDVariable x = variable("x", 1, 2);
        x.sum().rename("loss");
        assertThatThrownBy(() -> SameDiffLoss.of(null, "loss")).hasMessage("graph");
        assertThatThrownBy(() -> SameDiffLoss.of(graph, null)).hasMessage("lossVariable");
        assertThatThrownBy(() -> SameDiffLoss.of(graph, "loss", null)).hasMessage("placeholders");
        assertThatThrownBy(() -> loss("loss", () -> null).evaluate(List.of(wrap(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The supplier of the placeholders returned null");
    }

    @Test
    void a_missing_placeholder_is_named() {
        SDVariable x = variable("x", 1, 2);
        x.mul(graph.placeHolder("factor", DataType.FLOAT)).sum().rename("loss");
        assertThatThrownBy(() -> loss("loss").evaluate(List.of(wrap(x)), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("factor");
    }

    @Test
    void a_stranger_is_refused() {
        SDVariable x = variable("x", 1, 2);
        variable("y", 3);
        x.sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        // Of the same name, shape and values.
        TensorVariable<INDArray> stranger = backend.wrap(x.getArr().dup(), "x");
        TensorVariable<INDArray> own = backend.variable(VariableInfo.of("own"), DType.FLOAT32, Shape.of(2), 1);
        assertThatThrownBy(() -> loss.evaluate(List.of(wrap(x), stranger), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The variable x is not one of the graph's trainable variables")
                .hasMessageContaining("variables(backend)")
                .hasMessageContaining("Trainable are: [x, y]");
        assertThatThrownBy(() -> loss.evaluate(List.of(own), 1)).hasMessageContaining("The variable own is not one");
        assertThat(graph.hasGradientFunction()).isFalse();
        own.close();
    }

    @Test
    void a_closed_variable_is_refused() {
        SDVariable x = variable("x", 1, 2);
        x.sum().rename("loss");
        TensorVariable<INDArray> variable = wrap(x);
        x.getArr().close();
        assertThatThrownBy(() -> loss("loss").evaluate(List.of(variable), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The array of the variable x is closed");
    }

    /** A second evaluation must not take the half-made gradient function for a whole one. */
    @Test
    void a_loss_that_depends_on_no_variable_is_refused_each_time() {
        SDVariable x = variable("x", 1, 2);
        graph.constant("constant", Nd4j.createFromArray(1f, 2f)).sum().rename("loss");
        SameDiffLoss loss = loss("loss");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> loss.evaluate(List.of(wrap(x)), 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not contain any trainable");
        }
        assertThat(graph.hasGradientFunction()).isFalse();
    }
}
