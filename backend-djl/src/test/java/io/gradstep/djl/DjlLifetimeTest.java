package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PyTorch frees nothing by itself: what is not closed is lost. The tests count all that hangs on DJL's managers in
 * this process.
 */
final class DjlLifetimeTest {
    private static final ai.djl.ndarray.types.Shape SHAPE = new ai.djl.ndarray.types.Shape(2, 3);
    private static final VariableInfo STATE = VariableInfo.of("state");

    private final Backend<NDArray> backend = new DjlProvider().open();
    private final NDManager model = Engine.getEngine("PyTorch").newBaseManager();
    private NDArray weight;
    private NDArray gradient;
    private TensorVariable<NDArray> variable;

    @BeforeEach
    void makeModel() {
        weight = model.ones(SHAPE);
        weight.setRequiresGradient(true);
        gradient = model.ones(SHAPE);
        variable = backend.wrap(weight, "layer/kernel");
    }

    @AfterEach
    void close() {
        backend.close();
        model.close();
    }

    /** What each call may leave behind: nothing. */
    enum Use {
        A_STEP {
            @Override
            void of(DjlLifetimeTest test) {
                Rules.USE_EVERY_OPERATION.run(test.backend, test.variable, test.gradient);
            }
        },
        A_STEP_ON_A_VIEW {
            @Override
            void of(DjlLifetimeTest test) {
                try (NDArray view = test.weight.transpose();
                        NDArray gradientView = test.gradient.transpose()) {
                    Rules.USE_EVERY_OPERATION.run(test.backend, view, gradientView);
                }
            }
        },
        A_STEP_IN_FLOAT64 {
            @Override
            void of(DjlLifetimeTest test) {
                try (NDArray wide = test.weight.toType(DataType.FLOAT64, true);
                        NDArray wideGradient = test.gradient.toType(DataType.FLOAT64, true)) {
                    Rules.USE_EVERY_OPERATION.run(test.backend, wide, wideGradient);
                }
            }
        },
        AN_ASSIGNMENT_OF_THE_GRADIENT {
            @Override
            void of(DjlLifetimeTest test) {
                Rules.ASSIGN_THE_GRADIENT.run(test.backend, test.variable, test.gradient);
            }
        },
        A_RULE_THAT_THROWS {
            @Override
            void of(DjlLifetimeTest test) {
                assertThatThrownBy(() -> Rules.FAIL_HALF_WAY.run(test.backend, test.variable, test.gradient))
                        .hasMessage("thrown by the rule");
            }
        },
        READING_A_VIEW {
            @Override
            void of(DjlLifetimeTest test) {
                try (NDArray view = test.weight.transpose()) {
                    test.backend.read(view);
                }
            }
        },
        WRITING {
            @Override
            void of(DjlLifetimeTest test) {
                test.backend.write(test.variable, ones());
            }
        },
        STATE_AND_A_TENSOR {
            @Override
            void of(DjlLifetimeTest test) {
                TensorVariable<NDArray> state = test.backend.state(test.variable, STATE, 0);
                TensorVariable<NDArray> counter = test.backend.variable(STATE, DType.INT32, Shape.scalar(), 0);
                NDArray tensor = test.backend.tensor(HostTensor.of(Shape.of(1), 1f));
                state.close();
                counter.close();
                tensor.close();
            }
        },
        REFUSALS {
            @Override
            void of(DjlLifetimeTest test) {
                assertThatThrownBy(() -> test.backend.write(test.variable, HostTensor.of(Shape.scalar(), 1f)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        };

        abstract void of(DjlLifetimeTest test);
    }

    @ParameterizedTest
    @EnumSource
    void leaves_nothing_behind(Use use) {
        int before = Census.count(model);
        use.of(this);
        assertThat(Census.count(model)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(names = {"A_STEP", "AN_ASSIGNMENT_OF_THE_GRADIENT", "A_RULE_THAT_THROWS", "WRITING"})
    void works_on_a_model_whose_manager_takes_no_more_arrays(Use use) {
        model.cap();
        use.of(this);
        assertThat(backend.read(weight).length()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(names = {"A_STEP", "AN_ASSIGNMENT_OF_THE_GRADIENT", "A_RULE_THAT_THROWS", "WRITING"})
    void a_scope_of_the_caller_holds_the_callers_arrays_and_none_of_ours_not_even_closed_ones(Use use) {
        NDArray array;
        try (NDScope scope = new NDScope()) {
            use.of(this);
            assertThat(Census.registered(scope)).isZero();
            array = model.ones(SHAPE);
        }
        assertThat(array.isReleased()).isTrue();
    }

    @Test
    void memory_stays_flat_over_20_000_steps() {
        List<TensorVariable<NDArray>> variables = new ArrayList<>();
        List<NDArray> gradients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            NDArray parameter = model.ones(SHAPE);
            parameter.setRequiresGradient(true);
            variables.add(backend.wrap(parameter, "layer" + i + "/kernel"));
            gradients.add(model.full(SHAPE, 0.5f - i));
        }
        int before = Census.count(model);
        try (Optimizer<NDArray> optimizer = new RMSprop(0.01).on(backend)) {
            optimizer.apply(gradients, variables);
            int afterTheFirst = Census.count(model);
            for (int step = 1; step < 20_000; step++) {
                optimizer.apply(gradients, variables);
            }
            assertThat(optimizer.iterations()).isEqualTo(20_000);
            assertThat(Census.count(model)).isEqualTo(afterTheFirst);
        }
        assertThat(Census.count(model)).isEqualTo(before);
    }

    @Test
    void state_outlives_the_scope_it_was_made_in_and_a_tensor_does_not() {
        TensorVariable<NDArray> state;
        TensorVariable<NDArray> counter;
        NDArray tensor;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            state = backend.state(variable, STATE, 1);
            counter = backend.variable(STATE, DType.INT32, Shape.scalar(), 2);
            tensor = backend.tensor(HostTensor.of(Shape.of(1), 3f));
        }
        assertThat(backend.read(state.value()).get(5)).isEqualTo(1);
        assertThat(backend.read(counter.value()).get(0)).isEqualTo(2);
        assertThat(tensor.isReleased()).isTrue();
    }

    @Test
    void closing_a_wrapped_variable_leaves_the_array_open() {
        variable.close();
        assertThat(weight.isReleased()).isFalse();
    }

    @Test
    void closing_the_backend_frees_its_arrays_and_no_other() {
        TensorVariable<NDArray> state = backend.state(variable, STATE, 1);
        NDArray memory = state.value();
        NDArray tensor = backend.tensor(HostTensor.of(Shape.of(1), 3f));
        backend.close();
        assertThat(memory.isReleased()).isTrue();
        assertThat(tensor.isReleased()).isTrue();
        assertThat(weight.isReleased()).isFalse();
        assertThat(gradient.isReleased()).isFalse();
        state.close();
    }

    @Test
    void an_array_given_back_by_the_model_is_no_concern_of_the_backend() {
        TensorVariable<NDArray> state = backend.state(variable, STATE, 1);
        model.close();
        assertThat(backend.read(state.value()).get(0)).isEqualTo(1);
    }

    static List<Arguments> callsOnAClosedBackend() {
        return List.of(
                call("tensor", test -> test.backend.tensor(HostTensor.of(Shape.of(1), 3f))),
                call("variable", test -> test.backend.variable(STATE, DType.FLOAT32, Shape.of(1), 0)),
                call("state", test -> test.backend.state(test.variable, STATE, 0)),
                call("read", test -> test.backend.read(test.weight)),
                call("write", test -> test.backend.write(test.variable, ones())),
                call("run", test -> Rules.FILL_WITH_SEVEN.run(test.backend, test.variable, null)));
    }

    private static Arguments call(String name, Consumer<DjlLifetimeTest> call) {
        return Arguments.argumentSet(name, call);
    }

    private static HostTensor ones() {
        return HostTensor.filled(DType.FLOAT32, Shape.of(2, 3), 1);
    }

    @ParameterizedTest
    @MethodSource("callsOnAClosedBackend")
    void a_closed_backend_does_nothing_more(Consumer<DjlLifetimeTest> call) {
        backend.close();
        assertThatThrownBy(() -> call.accept(this))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The backend djl is closed");
        assertThat(weight.toFloatArray()).containsOnly(1);
    }

    @Test
    void one_backend_serves_several_threads() throws Exception {
        int before = Census.count(model);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            float[] alone = train();
            List<Callable<float[]>> runs = IntStream.range(0, 8)
                    .mapToObj(i -> (Callable<float[]>) this::train)
                    .toList();
            for (Future<float[]> run : pool.invokeAll(runs)) {
                assertThat(run.get()).containsExactly(alone);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(Census.count(model)).isEqualTo(before);
    }

    private float[] train() {
        try (NDArray parameter = backend.tensor(HostTensor.of(Shape.of(3), 0.1f, 0.2f, 0.3f));
                NDArray slope = backend.tensor(HostTensor.of(Shape.of(3), 1f, -2f, 3f))) {
            for (int step = 0; step < 200; step++) {
                Rules.USE_EVERY_OPERATION.run(backend, parameter, slope);
            }
            return backend.read(parameter).floats();
        }
    }
}
