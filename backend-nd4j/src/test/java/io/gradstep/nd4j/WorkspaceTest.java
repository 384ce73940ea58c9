package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J runs its code inside workspaces, whose memory is used again and again: nothing of ours may lie there. */
class WorkspaceTest {
    private static final WorkspaceConfiguration ONE_MEGABYTE = WorkspaceConfiguration.builder()
            .initialSize(1 << 20)
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.NONE)
            .build();

    private final Backend<INDArray> backend = new Nd4jProvider().open();

    @AfterEach
    void destroyWorkspaces() {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    private static MemoryWorkspace enter() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(ONE_MEGABYTE, "like DL4J's");
    }

    @Test
    void what_is_made_inside_a_workspace_lies_outside() {
        INDArray tensor;
        TensorVariable<INDArray> variable;
        TensorVariable<INDArray> state;
        try (MemoryWorkspace workspace = enter()) {
            tensor = backend.tensor(HostTensor.of(Shape.of(2), 1f, 2f));
            variable = backend.variable(VariableInfo.of("v"), DType.FLOAT64, Shape.of(2), 3);
            state = backend.state(variable, VariableInfo.of("s"), 4);
            assertThat(backend.read(tensor).floats()).containsExactly(1, 2);
            backend.write(variable, HostTensor.of(Shape.of(2), 5d, 6d));
            assertThat(workspace.getPrimaryOffset()).isZero();
        }
        overwriteWorkspace();
        assertThat(backend.read(tensor).floats()).containsExactly(1, 2);
        assertThat(backend.read(variable.value()).doubles()).containsExactly(5, 6);
        assertThat(backend.read(state.value()).doubles()).containsExactly(4, 4);
        assertThat(tensor.isAttached()).isFalse();
        assertThat(variable.value().isAttached()).isFalse();
        assertThat(state.value().isAttached()).isFalse();
    }

    @Test
    void steps_inside_workspaces_are_steps() {
        INDArray inside = Nd4j.createFromArray(1f, -2f, 3f);
        INDArray outside = inside.dup();
        RMSprop settings =
                RMSprop.builder().learningRate(0.1).momentum(0.9).centered(true).build();
        try (Optimizer<INDArray> one = settings.on(backend);
                Optimizer<INDArray> other = settings.on(backend)) {
            TensorVariable<INDArray> insideVariable = backend.wrap(inside, "w");
            TensorVariable<INDArray> outsideVariable = backend.wrap(outside, "w");
            for (int step = 0; step < 5; step++) {
                try (MemoryWorkspace workspace = enter()) {
                    INDArray gradient = inside.dup();
                    assertThat(gradient.isAttached()).isTrue();
                    long taken = workspace.getPrimaryOffset();
                    one.apply(List.of(gradient), List.of(insideVariable));
                    assertThat(workspace.getPrimaryOffset()).isEqualTo(taken);
                    assertThat(Nd4j.create(DataType.FLOAT, 1).isAttached())
                            .as("the workspace is still open")
                            .isTrue();
                }
                overwriteWorkspace();
                other.apply(List.of(outside.dup()), List.of(outsideVariable));
            }
            assertThat(backend.read(inside).floats())
                    .isEqualTo(backend.read(outside).floats());
        }
    }

    private static void overwriteWorkspace() {
        try (MemoryWorkspace workspace = enter()) {
            Nd4j.create(DataType.FLOAT, 1000).assign(Float.NaN);
            assertThat(workspace.getPrimaryOffset()).isPositive();
        }
    }
}
