package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.GradientAndVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an optimizer does, on whatever backend. The numbers it computes are held against Keras in {@link Float32Tck}
 * and against exact arithmetic in {@link Float64Tck}.
 *
 * @param <T> the tensor type
 */
public abstract class OptimizerTck<T> extends BackendTck<T> {
    private static final Shape KERNEL_SHAPE = Shape.of(2, 3);
    private static final Shape BIAS_SHAPE = Shape.of(3);

    private TensorVariable<T> kernel;
    private TensorVariable<T> bias;

    /** For subclasses. */
    protected OptimizerTck() {}

    @BeforeEach
    final void makeVariables() {
        kernel = variable("dense/kernel", KERNEL_SHAPE, i -> 0.5 - 0.25 * i);
        bias = variable("dense/bias", BIAS_SHAPE, i -> 0.1 * i);
    }

    private List<TensorVariable<T>> both() {
        return List.of(kernel, bias);
    }

    private List<T> gradients() {
        return List.of(tensor(KERNEL_SHAPE, i -> 0.3 * i - 1), tensor(BIAS_SHAPE, i -> 2 - i));
    }

    private static RMSprop everything() {
        return RMSprop.builder().learningRate(0.01).momentum(0.9).centered(true).build();
    }

    static Stream<Settings> plainAndScaled() {
        return Stream.of(everything(), new LossScale(everything(), 8, 2, "scale"));
    }

    private Optimizer<T> built(Settings settings) {
        Optimizer<T> optimizer = settings.on(backend());
        optimizer.build(both());
        return optimizer;
    }

    private List<HostTensor> snapshot(Optimizer<T> optimizer) {
        return Stream.concat(both().stream(), optimizer.variables().stream())
                .map(this::values)
                .toList();
    }

    private static void assertSame(List<HostTensor> expected, List<HostTensor> actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Bits.assertEqual("tensor " + i, expected.get(i), actual.get(i), Allowance.NONE);
        }
    }

    // ---- variables

    @Test
    final void before_build_there_are_the_counter_and_the_learning_rate() {
        try (Optimizer<T> optimizer = new RMSprop(0.001).on(backend())) {
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly("rmsprop/iteration", "rmsprop/learning_rate");
            Bits.assertEqual(
                    "iteration",
                    HostTensor.of(Shape.scalar(), 0),
                    values(optimizer.variables().get(0)),
                    Allowance.NONE);
            Bits.assertEqual(
                    "learning_rate",
                    HostTensor.of(Shape.scalar(), 0.001f),
                    values(optimizer.variables().get(1)),
                    Allowance.NONE);
        }
    }

    @Test
    final void state_is_stored_slot_by_slot() {
        try (Optimizer<T> optimizer = built(everything())) {
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly(
                            "rmsprop/iteration",
                            "rmsprop/learning_rate",
                            "rmsprop/dense_kernel_velocity",
                            "rmsprop/dense_bias_velocity",
                            "rmsprop/dense_kernel_momentum",
                            "rmsprop/dense_bias_momentum",
                            "rmsprop/dense_kernel_average_gradient",
                            "rmsprop/dense_bias_average_gradient");
            assertThat(optimizer.variables().subList(2, 8)).allSatisfy(state -> {
                assertThat(state.dtype()).isEqualTo(dtype());
                Bits.assertEqual(
                        state.path(), HostTensor.filled(dtype(), state.shape(), 0), values(state), Allowance.NONE);
            });
        }
    }

    /** Adam's shape: state per variable, and a number per step that the rule computes. */
    private record InterleavedRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("momentum", 0), new Slot("velocity", 2));
        }

        @Override
        public List<List<Slot>> blocks() {
            return List.of(slots());
        }

        @Override
        public double input(String name, long iteration, DType dtype) {
            return name.equals("correction") ? 10 * (iteration + 1) : UpdateRule.super.input(name, iteration, dtype);
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.slot("momentum"), slots.gradient());
            ops.assignAdd(slots.slot("velocity"), slots.input("correction"));
            ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), ops.read(slots.slot("velocity"))));
        }
    }

    @Test
    final void somebody_elses_rule_has_state_per_variable_and_numbers_per_step() {
        try (Optimizer<T> optimizer = Settings.of(new InterleavedRule())
                .name("mine")
                .learningRate(0.5)
                .build()
                .on(backend())) {
            backend().write(kernel, host(KERNEL_SHAPE, i -> 100));
            optimizer.apply(gradients(), both());
            optimizer.apply(gradients());
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly(
                            "mine/iteration",
                            "mine/learning_rate",
                            "mine/dense_kernel_momentum",
                            "mine/dense_kernel_velocity",
                            "mine/dense_bias_momentum",
                            "mine/dense_bias_velocity");
            Bits.assertEqual(
                    "velocity",
                    host(KERNEL_SHAPE, i -> 2 + 10 + 20),
                    values(optimizer.variables().get(3)),
                    Allowance.NONE);
            Bits.assertEqual(
                    "kernel", host(KERNEL_SHAPE, i -> 100 - 0.5 * 12 - 0.5 * 32), values(kernel), Allowance.NONE);
        }
    }

    @Test
    final void an_empty_name_gives_bare_paths() {
        try (Optimizer<T> optimizer = built(RMSprop.builder().name("").build())) {
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly("iteration", "learning_rate", "dense_kernel_velocity", "dense_bias_velocity");
        }
    }

    @Test
    final void a_second_build_does_nothing() {
        try (Optimizer<T> optimizer = built(new RMSprop(0.1))) {
            List<TensorVariable<T>> before = optimizer.variables();
            optimizer.build(List.of(kernel));
            assertThat(optimizer.variables()).containsExactlyElementsOf(before);
            optimizer.apply(gradients());
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void the_list_of_variables_is_the_callers_own() {
        try (Optimizer<T> optimizer = built(new RMSprop(0.1))) {
            optimizer.variables().clear();
            assertThat(optimizer.variables()).hasSize(4);
        }
    }

    @Test
    final void added_variables_stand_where_they_were_added() {
        try (Optimizer<T> optimizer = everything().on(backend())) {
            TensorVariable<T> count = optimizer.addVariable(Shape.scalar(), DType.INT32, 7, "count");
            optimizer.build(List.of(bias));
            TensorVariable<T> shadow = optimizer.addVariableFromReference(kernel, "shadow", 0.5);
            TensorVariable<T> unnamed = optimizer.addVariableFromReference(kernel, null, 0);
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly(
                            "rmsprop/iteration",
                            "rmsprop/learning_rate",
                            "rmsprop/count",
                            "rmsprop/dense_bias_velocity",
                            "rmsprop/dense_bias_momentum",
                            "rmsprop/dense_bias_average_gradient",
                            "rmsprop/dense_kernel_shadow",
                            "rmsprop/dense_kernel_var");
            Bits.assertEqual("count", HostTensor.of(Shape.scalar(), 7), values(count), Allowance.NONE);
            Bits.assertEqual("shadow", host(KERNEL_SHAPE, i -> 0.5), values(shadow), Allowance.NONE);
            Bits.assertEqual("unnamed", host(KERNEL_SHAPE, i -> 0), values(unnamed), Allowance.NONE);
        }
    }

    @Test
    final void what_is_added_with_values_or_without_a_name_is_among_the_variables() {
        TensorVariable<T> deep = variable("a/b/c", BIAS_SHAPE, i -> i);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            TensorVariable<T> table = optimizer.addVariable(host(BIAS_SHAPE, i -> i), "table");
            TensorVariable<T> first = optimizer.addVariable(host(BIAS_SHAPE, i -> i), null);
            TensorVariable<T> second = optimizer.addVariable(BIAS_SHAPE, dtype(), 0, null);
            TensorVariable<T> third = optimizer.addVariable(host(BIAS_SHAPE, i -> i), null);
            TensorVariable<T> like = optimizer.addVariableFromReference(deep, "", 0);
            TensorVariable<T> filled = optimizer
                    .addOptimizerVariables(List.of(bias), "filled", 0.5)
                    .get(0);
            assertThat(optimizer.variables()).endsWith(table, first, second, third, like, filled);
            int number = number(first.name());
            assertThat(second.path()).isEqualTo("rmsprop/variable_" + (number + 1));
            assertThat(third.path()).isEqualTo("rmsprop/variable_" + (number + 2));
            assertThat(like.path()).isEqualTo("rmsprop/a_b_c_var");
            Bits.assertEqual("filled", host(BIAS_SHAPE, i -> 0.5), values(filled), Allowance.NONE);
        }
    }

    private static int number(String automaticName) {
        return automaticName.equals("variable") ? 0 : Integer.parseInt(automaticName.substring("variable_".length()));
    }

    /** Fills the variable with the width of the dtype that its number is asked for in. */
    private record WidthRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public double input(String name, long iteration, DType dtype) {
            return dtype == DType.FLOAT64 ? 64 : 32;
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), slots.input("width"));
        }
    }

    @Test
    final void a_number_of_a_rule_is_asked_for_in_the_dtype_of_each_variable() {
        TensorVariable<T> single =
                backend().wrap(backend().tensor(HostTensor.filled(DType.FLOAT32, BIAS_SHAPE, 0)), "single");
        TensorVariable<T> twice =
                backend().wrap(backend().tensor(HostTensor.filled(DType.FLOAT64, BIAS_SHAPE, 0)), "double");
        Settings settings =
                Settings.of(new WidthRule()).name("width").learningRate(1).build();
        try (Optimizer<T> optimizer = settings.on(backend())) {
            optimizer.apply(List.of(single.value(), twice.value()), List.of(single, twice));
        }
        Bits.assertEqual("single", HostTensor.filled(DType.FLOAT32, BIAS_SHAPE, 32), values(single), Allowance.NONE);
        Bits.assertEqual("double", HostTensor.filled(DType.FLOAT64, BIAS_SHAPE, 64), values(twice), Allowance.NONE);
    }

    // ---- steps

    @Test
    final void the_learning_rate_is_a_float32_that_can_be_set() {
        try (Optimizer<T> optimizer = built(new RMSprop(0.1))) {
            assertThat(optimizer.learningRate()).isEqualTo(0.1f);
            optimizer.setLearningRate(0.0);
            List<HostTensor> before = both().stream().map(this::values).toList();
            optimizer.apply(gradients());
            assertSame(before, both().stream().map(this::values).toList());
            assertThat(optimizer.learningRate()).isZero();
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void counter_and_learning_rate_are_shown_as_they_are_now() {
        try (Optimizer<T> optimizer = built(new RMSprop(0.1))) {
            TensorVariable<T> iteration = optimizer.variables().get(0);
            TensorVariable<T> learningRate = optimizer.variables().get(1);
            iteration.value();
            optimizer.apply(gradients());
            optimizer.setLearningRate(0.3);
            Bits.assertEqual("iteration", HostTensor.of(Shape.scalar(), 1), values(iteration), Allowance.NONE);
            Bits.assertEqual("rate", HostTensor.of(Shape.scalar(), 0.3f), values(learningRate), Allowance.NONE);
            assertThat(optimizer.learningRate()).isEqualTo(0.3f);
            assertThat(learningRate.overwriteWithGradient()).isFalse();
        }
    }

    @Test
    final void apply_gradients_returns_the_counter() {
        try (Optimizer<T> optimizer = everything().on(backend())) {
            List<GradientAndVariable<T>> pairs = IntStream.range(0, 2)
                    .mapToObj(i -> new GradientAndVariable<>(gradients().get(i), both().get(i)))
                    .toList();
            assertThat(optimizer.applyGradients(pairs)).isEqualTo(1);
            assertThat(optimizer.applyGradients(pairs)).isEqualTo(2);
            assertThat(optimizer.built()).isTrue();
        }
    }

    @Test
    final void no_gradients_are_no_step() {
        try (Optimizer<T> optimizer = everything().on(backend())) {
            optimizer.apply(List.of());
            optimizer.apply(List.of(), List.of());
            assertThat(optimizer.iterations()).isZero();
            assertThat(optimizer.built()).isFalse();
        }
    }

    @Test
    final void a_subset_in_any_order_steps_only_its_variables() {
        try (Optimizer<T> optimizer = built(everything())) {
            HostTensor before = values(kernel);
            optimizer.apply(gradients().subList(1, 2), List.of(bias));
            Bits.assertEqual("kernel", before, values(kernel), Allowance.NONE);
            assertThat(values(bias).get(0)).isNotEqualTo(0.0);
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
        List<HostTensor> inOrder = stepFresh(both(), gradients());
        List<HostTensor> reversed = stepFresh(
                List.of(bias, kernel), List.of(gradients().get(1), gradients().get(0)));
        assertSame(inOrder, reversed);
    }

    private List<HostTensor> stepFresh(List<TensorVariable<T>> order, List<T> gradients) {
        backend().write(kernel, host(KERNEL_SHAPE, i -> i));
        backend().write(bias, host(BIAS_SHAPE, i -> i));
        try (Optimizer<T> optimizer = built(everything())) {
            optimizer.apply(gradients, order);
            return snapshot(optimizer);
        }
    }

    @Test
    final void variables_without_a_gradient_are_left_out_with_a_warning() {
        try (Optimizer<T> optimizer = built(everything())) {
            List<String> warnings = new ArrayList<>();
            optimizer.onWarning(warnings::add);
            HostTensor before = values(kernel);
            optimizer.apply(Arrays.asList(null, gradients().get(1)));
            Bits.assertEqual("kernel", before, values(kernel), Allowance.NONE);
            assertThat(values(bias).get(0)).isNotEqualTo(0.0);
            assertThat(warnings).singleElement().asString().contains("[dense/kernel]");
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void two_optimizers_in_two_threads_are_independent() throws Exception {
        int threads = 2;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<HostTensor> expected = trainAlone();
            List<Callable<List<HostTensor>>> runs = IntStream.range(0, threads)
                    .mapToObj(i -> (Callable<List<HostTensor>>) this::trainAlone)
                    .toList();
            for (Future<List<HostTensor>> run : pool.invokeAll(runs)) {
                assertSame(expected, run.get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private List<HostTensor> trainAlone() {
        List<TensorVariable<T>> own = List.of(variable("k", KERNEL_SHAPE, i -> i), variable("b", BIAS_SHAPE, i -> -i));
        try (Optimizer<T> optimizer = everything().on(backend())) {
            for (int i = 0; i < 200; i++) {
                optimizer.apply(gradients(), own);
            }
            return own.stream().map(this::values).toList();
        }
    }

    // ---- assigning

    @Test
    final void assignments_cast_to_the_dtype_of_the_variable() {
        DType other = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        T tenth = backend().tensor(HostTensor.filled(other, BIAS_SHAPE, 0.1f));
        try (Optimizer<T> optimizer = built(everything())) {
            backend().write(bias, host(BIAS_SHAPE, i -> 0.5));
            optimizer.assign(bias, tenth);
            Bits.assertEqual("assigned", host(BIAS_SHAPE, i -> 0.1f), values(bias), Allowance.NONE);
            backend().write(bias, host(BIAS_SHAPE, i -> 4));
            optimizer.assignAdd(bias, tensor(BIAS_SHAPE, i -> 1.5));
            Bits.assertEqual("added", host(BIAS_SHAPE, i -> 5.5), values(bias), Allowance.NONE);
            optimizer.assignSub(bias, backend().tensor(HostTensor.of(BIAS_SHAPE, 1, 2, 3)));
            Bits.assertEqual("subtracted", host(BIAS_SHAPE, i -> 4.5 - i), values(bias), Allowance.NONE);
        }
    }

    @Test
    final void counter_and_learning_rate_can_be_assigned() {
        try (Optimizer<T> optimizer = built(everything())) {
            TensorVariable<T> count = optimizer.addVariable(Shape.of(2), DType.INT32, 1, "count");
            optimizer.assign(optimizer.variables().get(0), tensor(Shape.scalar(), i -> 3.7));
            optimizer.assignSub(optimizer.variables().get(1), tensor(Shape.scalar(), i -> 1));
            optimizer.assignAdd(count, tensor(Shape.of(2), i -> 4.5));
            assertThat(optimizer.iterations()).isEqualTo(3);
            assertThat(optimizer.learningRate()).isEqualTo(0.01f - 1f);
            Bits.assertEqual("count", HostTensor.of(Shape.of(2), 5, 5), values(count), Allowance.NONE);
            // No float32 has these numbers.
            optimizer.assign(count, backend().tensor(HostTensor.of(Shape.of(2), 16_777_217, -2_147_483_647)));
            Bits.assertEqual(
                    "count", HostTensor.of(Shape.of(2), 16_777_217, -2_147_483_647), values(count), Allowance.NONE);
        }
    }

    // ---- refusals

    private record Refusal(String what, Runnable call, Class<? extends Exception> type, List<String> says) {}

    private static Refusal argument(String what, Runnable call, String... says) {
        return new Refusal(what, call, IllegalArgumentException.class, List.of(says));
    }

    private static Refusal missing(String what, Runnable call, String says) {
        return new Refusal(what, call, NullPointerException.class, List.of(says));
    }

    @TestFactory
    final Stream<DynamicTest> a_refused_call_says_why_and_changes_nothing() {
        Optimizer<T> optimizer = built(everything());
        optimizer.apply(gradients());
        TensorVariable<T> stranger = variable("stranger", BIAS_SHAPE, i -> i);
        return Stream.of(refusals(optimizer, stranger), stateRefusals(optimizer), missing(optimizer))
                .flatMap(refusals -> refusals)
                .map(refusal -> dynamicTest(refusal.what(), () -> {
                    List<HostTensor> before = snapshot(optimizer);
                    assertThatThrownBy(refusal.call()::run)
                            .isInstanceOf(refusal.type())
                            .hasMessageContainingAll(refusal.says().toArray(CharSequence[]::new));
                    assertSame(before, snapshot(optimizer));
                }));
    }

    private Stream<Refusal> refusals(Optimizer<T> optimizer, TensorVariable<T> stranger) {
        DType other = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        T good = gradients().get(0);
        T wrongShape = tensor(Shape.of(2), i -> i);
        T broadcastable = tensor(Shape.of(1, 3), i -> i);
        T scalar = tensor(Shape.scalar(), i -> 1);
        T wrongDtype = backend().tensor(HostTensor.filled(other, BIAS_SHAPE, 0));
        T turned = tensor(Shape.of(3, 2), i -> i);
        T integers = backend().tensor(HostTensor.of(BIAS_SHAPE, 1, 2, 3));
        return Stream.of(
                argument("too few gradients", () -> optimizer.apply(List.of(good)), "1 gradients", "2 variables"),
                argument(
                        "more gradients than variables",
                        () -> optimizer.apply(gradients(), List.of(kernel)),
                        "2 gradients",
                        "1 variables"),
                argument(
                        "a gradient of another shape",
                        () -> optimizer.apply(List.of(good, wrongShape)),
                        "gradient of dense/bias",
                        "(3,)",
                        "(2,)"),
                argument(
                        "a gradient that would broadcast",
                        () -> optimizer.apply(List.of(broadcastable, gradients().get(1))),
                        "gradient of dense/kernel",
                        "(2, 3)",
                        "(1, 3)"),
                argument(
                        "a scalar gradient",
                        () -> optimizer.apply(List.of(scalar, gradients().get(1))),
                        "(2, 3)"),
                argument(
                        "a gradient of another dtype",
                        () -> optimizer.apply(List.of(good, wrongDtype)),
                        "gradient of dense/bias",
                        dtype().name(),
                        other.name()),
                argument("an integer gradient", () -> optimizer.apply(List.of(good, integers)), "dense/bias", "INT32"),
                argument(
                        "a gradient of another library",
                        () -> applyForeign(optimizer),
                        "gradient of dense/kernel",
                        backend().id(),
                        backend().tensorType().getName(),
                        "java.lang.String"),
                argument(
                        "no gradient at all",
                        () -> optimizer.apply(Arrays.asList(null, null)),
                        "No gradients provided for any variable",
                        "dense/kernel"),
                argument(
                        "an unknown variable",
                        () -> optimizer.apply(List.of(wrongShape), List.of(stranger)),
                        "Unknown variable",
                        "stranger",
                        "dense/kernel"),
                argument(
                        "a variable twice",
                        () -> optimizer.apply(List.of(good, good), List.of(kernel, kernel)),
                        "dense/kernel",
                        "twice"),
                argument(
                        "a null variable",
                        () -> optimizer.apply(List.of(good), Arrays.asList((TensorVariable<T>) null)),
                        "variable is null"),
                argument(
                        "a gradient of as many elements in another shape",
                        () -> optimizer.apply(List.of(turned), List.of(kernel)),
                        "gradient of dense/kernel",
                        "(3, 2)"),
                argument(
                        "a value of as many elements in another shape",
                        () -> optimizer.assign(kernel, turned),
                        "dense/kernel",
                        "(3, 2)"),
                argument(
                        "the learning rate as a variable to train",
                        () -> everything()
                                .on(backend())
                                .build(List.of(optimizer.variables().get(1))),
                        "rmsprop/learning_rate",
                        "assign"),
                argument("an assignment to nothing", () -> optimizer.assign(null, good), "variable is null"),
                argument(
                        "a variable like nothing",
                        () -> optimizer.addVariableFromReference(null, "x", 0),
                        "variable is null"),
                argument(
                        "a pair that is null",
                        () -> optimizer.applyGradients(Arrays.asList((GradientAndVariable<T>) null)),
                        "pair is null"),
                argument("no pairs", () -> optimizer.applyGradients(List.of()), "at least one"),
                argument(
                        "an assignment of another shape",
                        () -> optimizer.assign(bias, wrongShape),
                        "dense/bias",
                        "(3,)",
                        "(2,)"),
                argument("an assignment of nothing", () -> optimizer.assignAdd(bias, null), "dense/bias", "null"),
                argument(
                        "an added variable with a slash",
                        () -> optimizer.addVariable(BIAS_SHAPE, dtype(), 0, "a/b"),
                        "name=a/b"),
                argument(
                        "an added variable like another with a slash",
                        () -> optimizer.addVariableFromReference(bias, "a/b", 0),
                        "name=a/b"));
    }

    private Stream<Refusal> stateRefusals(Optimizer<T> optimizer) {
        T wrongShape = tensor(Shape.of(2), i -> i);
        TensorVariable<T> foreign = foreign();
        return Stream.of(
                argument(
                        "a variable of another library",
                        () -> optimizer.apply(List.of(gradients().get(1)), List.of(foreign)),
                        "variable foreign is not a tensor of the backend "
                                + backend().id(),
                        "java.lang.String"),
                argument(
                        "an assignment to a variable of another library",
                        () -> optimizer.assign(foreign, gradients().get(1)),
                        "variable foreign is not a tensor"),
                argument(
                        "an added table with a slash",
                        () -> optimizer.addVariable(host(BIAS_SHAPE, i -> i), "a/b"),
                        "name=a/b"),
                argument(
                        "a null variable to spare",
                        () -> optimizer.excludeFromWeightDecay(Arrays.asList((TensorVariable<T>) null), List.of()),
                        "cannot be null",
                        "[null]"),
                argument(
                        "a weight that is null",
                        () -> optimizer.setWeights(Arrays.asList((T) null)),
                        "weight for rmsprop/iteration",
                        "Received: null"),
                argument(
                        "an update step of nothing",
                        () -> optimizer.updateStep(gradients().get(1), null, 1),
                        "variable is null"),
                argument(
                        "an update step with a gradient of another shape",
                        () -> optimizer.updateStep(wrongShape, bias, 1),
                        "The gradient of dense/bias must be",
                        "(2,)"),
                argument(
                        "a stateless step on a counter of another shape",
                        () -> optimizer.statelessApply(
                                with(tensors(optimizer.variables()), 0, wrongShape), gradients(), tensors(both())),
                        "rmsprop/iteration has the shape ()",
                        "(2,)"),
                argument(
                        "a stateless step on a variable of another shape",
                        () -> optimizer.statelessApply(
                                tensors(optimizer.variables()), gradients(), with(tensors(both()), 1, wrongShape)),
                        "dense/bias has the shape (3,)",
                        "(2,)"),
                argument(
                        "a stateless step without a value",
                        () -> optimizer.statelessApply(
                                with(tensors(optimizer.variables()), 0, null), gradients(), tensors(both())),
                        "value for rmsprop/iteration",
                        "Received: null"));
    }

    private List<T> tensors(List<TensorVariable<T>> variables) {
        return variables.stream().map(TensorVariable::value).toList();
    }

    private List<T> with(List<T> tensors, int index, T other) {
        List<T> changed = new ArrayList<>(tensors);
        changed.set(index, other);
        return changed;
    }

    private Stream<Refusal> missing(Optimizer<T> optimizer) {
        List<T> state = tensors(optimizer.variables());
        List<T> weights = tensors(both());
        return Stream.of(
                missing("no list of gradients", () -> optimizer.apply(null), "list of gradients is null"),
                missing(
                        "no list of gradients for variables",
                        () -> optimizer.apply(null, both()),
                        "list of gradients is null"),
                missing("no list of variables", () -> optimizer.apply(gradients(), null), "list of variables is null"),
                missing(
                        "no list of variables to build for",
                        () -> everything().on(backend()).build(null),
                        "list of variables is null"),
                missing(
                        "no list of gradients without state",
                        () -> optimizer.statelessApply(state, null, weights),
                        "list of gradients is null"),
                missing("no state", () -> optimizer.statelessApply(null, gradients(), weights), "optimizerVariables"),
                missing(
                        "no trainable variables",
                        () -> optimizer.statelessApply(state, gradients(), null),
                        "trainableVariables"),
                missing("no list of pairs", () -> optimizer.applyGradients(null), "list of pairs is null"),
                missing("no list of weights", () -> optimizer.setWeights(null), "list of weights is null"),
                missing(
                        "no list of variables to spare",
                        () -> optimizer.excludeFromWeightDecay(null, List.of()),
                        "list of variables is null"),
                missing(
                        "no list of patterns",
                        () -> optimizer.excludeFromWeightDecay(List.of(), null),
                        "list of patterns is null"),
                missing("no state to load", () -> optimizer.loadOwnVariables(null), "state is null"),
                missing("no listener", () -> optimizer.onWarning(null), "listener is null"));
    }

    /** A variable of another library, which a raw type lets through. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private TensorVariable<T> foreign() {
        TensorVariable foreign =
                TensorVariable.of(VariableInfo.of("foreign"), "not a tensor", dtype(), BIAS_SHAPE, () -> {});
        return foreign;
    }

    /** What a raw type lets through. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private void applyForeign(Optimizer optimizer) {
        optimizer.apply(List.of("not a tensor", gradients().get(1)));
    }

    @Test
    final void build_refuses_what_no_step_could_use_and_stays_unbuilt() {
        try (Optimizer<T> optimizer = everything().on(backend())) {
            assertThatThrownBy(() -> optimizer.apply(gradients()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not built");
            assertThatThrownBy(() -> optimizer.build(List.of(kernel, kernel)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("twice");
            TensorVariable<T> again = backend().wrap(kernel.value(), "again");
            assertThatThrownBy(() -> optimizer.build(List.of(kernel, again)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dense/kernel and again wrap one tensor");
            TensorVariable<T> count = optimizer.addVariable(Shape.scalar(), DType.INT32, 0, "count");
            assertThatThrownBy(() -> optimizer.build(List.of(count)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("INT32");
            assertThatThrownBy(() -> optimizer.apply(
                            List.of(gradients().get(1), gradients().get(0)), both()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dense/kernel");
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).hasSize(3);
        }
    }

    @ParameterizedTest
    @MethodSource("plainAndScaled")
    final void the_first_step_refuses_what_build_refuses(Settings settings) {
        try (Optimizer<T> optimizer = settings.on(backend())) {
            TensorVariable<T> count = optimizer.addVariable(BIAS_SHAPE, DType.INT32, 0, "count");
            List<TensorVariable<T>> before = optimizer.variables();
            assertNotBuilt(optimizer, List.of(kernel, kernel), "dense/kernel stands twice");
            assertNotBuilt(
                    optimizer, List.of(kernel, backend().wrap(kernel.value(), "again")), "dense/kernel and again");
            assertNotBuilt(optimizer, List.of(kernel, count), "count is INT32");
            assertNotBuilt(optimizer, before.subList(0, 1), "iteration is an optimizer's own number");
            assertNotBuilt(optimizer, before.subList(1, 2), "learning_rate is an optimizer's own number");
            assertNotBuilt(optimizer, List.of(kernel, foreign()), "variable foreign is not a tensor");
            assertThat(optimizer.variables()).isEqualTo(before);
        }
    }

    private void assertNotBuilt(Optimizer<T> optimizer, List<TensorVariable<T>> variables, String says) {
        List<T> ones = variables.stream()
                .map(variable -> tensor(variable.shape(), i -> 1))
                .toList();
        assertThatThrownBy(() -> optimizer.build(variables))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
        assertThatThrownBy(() -> optimizer.apply(ones, variables))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
        assertThat(optimizer.built()).isFalse();
    }

    private record FailingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("state", 0));
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.slot("state"), slots.gradient());
            ops.assignSub(slots.variable(), slots.input("undefined"));
        }
    }

    @Test
    final void a_rule_that_throws_leaves_everything_as_it_was() {
        try (Optimizer<T> optimizer = Settings.of(new FailingRule())
                .name("failing")
                .learningRate(0.1)
                .build()
                .on(backend())) {
            assertThatThrownBy(() -> optimizer.apply(gradients(), both()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("undefined");
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).hasSize(2);

            optimizer.build(both());
            List<HostTensor> before = snapshot(optimizer);
            assertThatThrownBy(() -> optimizer.apply(gradients())).hasMessageContaining("undefined");
            assertSame(before, snapshot(optimizer));
        }
    }

    @Test
    final void a_closed_optimizer_does_nothing_more() {
        Optimizer<T> optimizer = built(everything());
        List<HostTensor> before = both().stream().map(this::values).toList();
        optimizer.close();
        optimizer.close();
        List<Runnable> calls = List.of(
                () -> optimizer.apply(gradients()),
                () -> optimizer.apply(gradients(), both()),
                () -> optimizer.applyGradients(List.of()),
                () -> optimizer.build(both()),
                optimizer::built,
                optimizer::variables,
                optimizer::iterations,
                optimizer::learningRate,
                () -> optimizer.setLearningRate(1),
                () -> optimizer.onWarning(warning -> {}),
                () -> optimizer.assign(bias, gradients().get(1)),
                () -> optimizer.assignAdd(bias, gradients().get(1)),
                () -> optimizer.assignSub(bias, gradients().get(1)),
                () -> optimizer.addVariable(BIAS_SHAPE, dtype(), 0, "x"),
                () -> optimizer.addVariableFromReference(bias, "x", 0));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("The optimizer rmsprop is closed"));
        assertSame(before, both().stream().map(this::values).toList());
    }

    @ParameterizedTest
    @MethodSource("plainAndScaled")
    final void a_closed_optimizer_says_so_whatever_it_is_given(Settings settings) {
        Optimizer<T> optimizer = built(settings);
        optimizer.close();
        List<Runnable> calls = List.of(
                () -> optimizer.build(null),
                () -> optimizer.apply(null),
                () -> optimizer.apply(null, null),
                () -> optimizer.minimize(null, null),
                () -> optimizer.updateStep(null, null, 0),
                () -> optimizer.statelessApply(null, null, null),
                () -> optimizer.setRawIteration(1L << 40),
                () -> optimizer.setLearningRate((LearningRateSchedule) null),
                () -> optimizer.setLearningRate((DoubleSupplier) null),
                () -> optimizer.excludeFromWeightDecay(null, null),
                () -> optimizer.finalizeVariableValues(null),
                () -> optimizer.addVariable(null, "x"),
                () -> optimizer.addVariable(null, null, 0, "a/b"),
                () -> optimizer.addVariableFromReference(null, null, 0),
                () -> optimizer.addOptimizerVariables(null, null, null),
                () -> optimizer.assign(null, null),
                () -> optimizer.loadOwnVariables(null),
                () -> optimizer.setWeights(null),
                () -> optimizer.onWarning(null));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("The optimizer " + settings.name() + " is closed"));
    }

    @Test
    final void closing_an_optimizer_leaves_backend_and_variables_open() {
        built(everything()).close();
        Backend<T> backend = backend();
        assertThat(backend.read(kernel.value()).length()).isEqualTo(6);
        try (Optimizer<T> next = built(everything())) {
            next.apply(gradients());
            assertThat(next.iterations()).isEqualTo(1);
        }
    }

    // ---- what is made is freed

    @Test
    final void closing_frees_everything_that_was_made() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        Optimizer<T> optimizer = everything().on(counting);
        optimizer.build(both());
        optimizer.variables().forEach(TensorVariable::value);
        optimizer.variables().forEach(TensorVariable::value);
        assertThat(counting.open()).isEqualTo(8);
        TensorVariable<T> iteration = optimizer.variables().get(0);
        optimizer.close();
        assertThat(counting.open()).isZero();
        assertThatThrownBy(iteration::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rmsprop/iteration is closed");
        assertThat(counting.open()).isZero();
    }

    @Test
    final void a_number_that_nobody_looks_at_needs_no_memory_nor_does_one_that_is_closed() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        Optimizer<T> optimizer = everything().on(counting);
        TensorVariable<T> iteration = optimizer.variables().get(0);
        assertThat(counting.open()).isZero();
        optimizer.close();
        assertThatThrownBy(iteration::value).isInstanceOf(IllegalStateException.class);
        assertThat(counting.open()).isZero();
    }

    @ParameterizedTest
    @MethodSource("plainAndScaled")
    final void a_build_that_fails_half_way_leaves_nothing(Settings settings) {
        CountingBackend<T> counting = new CountingBackend<>(backend(), 1);
        try (Optimizer<T> optimizer = settings.on(counting)) {
            List<TensorVariable<T>> before = optimizer.variables();
            assertThatThrownBy(() -> optimizer.build(both())).hasMessage("no memory for more than 1");
            assertThat(counting.open()).isZero();
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).isEqualTo(before);
        }
    }

    @Test
    final void a_first_step_that_fails_leaves_nothing() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        try (Optimizer<T> optimizer = Settings.of(new FailingRule())
                .name("failing")
                .learningRate(0.1)
                .build()
                .on(counting)) {
            assertThatThrownBy(() -> optimizer.apply(gradients(), both())).hasMessageContaining("undefined");
            assertThat(counting.open()).isZero();
        }
    }

    @Test
    final void an_assignment_of_another_dtype_leaves_nothing() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        try (Optimizer<T> optimizer = everything().on(counting)) {
            optimizer.assign(bias, backend().tensor(HostTensor.of(BIAS_SHAPE, 1, 2, 3)));
            assertThat(counting.open()).isZero();
        }
    }

    // ---- a step is whole or not at all

    /** Assigns the slot without reading it. */
    private record OverwritingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("last", 0));
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
            ops.assign(slots.slot("last"), slots.gradient());
        }
    }

    @Test
    final void state_that_somebody_closed_is_found_before_anything_is_written() {
        try (Optimizer<T> optimizer = Settings.of(new OverwritingRule())
                .name("overwriting")
                .learningRate(0.1)
                .build()
                .on(backend())) {
            optimizer.build(both());
            List<HostTensor> before = both().stream().map(this::values).toList();
            optimizer.variables().get(3).close();
            assertThatThrownBy(() -> optimizer.apply(gradients()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("overwriting/dense_bias_last is closed");
            assertSame(before, both().stream().map(this::values).toList());
            assertThat(optimizer.iterations()).isZero();
        }
    }

    /** Takes the gradient as it is. */
    private record CopyingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    }

    @Test
    final void the_gradient_of_one_variable_may_be_another_variable() {
        TensorVariable<T> first = variable("first", BIAS_SHAPE, i -> i);
        TensorVariable<T> second = variable("second", BIAS_SHAPE, i -> 10 + i);
        try (Optimizer<T> optimizer = Settings.of(new CopyingRule())
                .name("copying")
                .learningRate(1)
                .build()
                .on(backend())) {
            optimizer.apply(List.of(second.value(), first.value()), List.of(first, second));
        }
        Bits.assertEqual("first", host(BIAS_SHAPE, i -> 10 + i), values(first), Allowance.NONE);
        Bits.assertEqual("second", host(BIAS_SHAPE, i -> i), values(second), Allowance.NONE);
    }

    @Test
    final void the_variables_of_build_are_those_of_the_list_at_that_time() {
        List<TensorVariable<T>> list = new ArrayList<>(both());
        try (Optimizer<T> optimizer = everything().on(backend())) {
            optimizer.build(list);
            list.clear();
            optimizer.apply(gradients());
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void one_warning_names_all_variables_without_a_gradient_in_order() {
        TensorVariable<T> third = variable("third", BIAS_SHAPE, i -> i);
        try (Optimizer<T> optimizer = everything().on(backend())) {
            List<String> warnings = new ArrayList<>();
            optimizer.onWarning(warnings::add);
            optimizer.apply(Arrays.asList(null, gradients().get(1), null), List.of(third, bias, kernel));
            assertThat(warnings).singleElement().asString().contains("[third, dense/kernel]");
        }
    }
}
