package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.constraint.NonNeg;
import io.gradstep.constraint.UnitNorm;
import io.gradstep.ops.Constraint;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.RuleSettings;
import io.gradstep.optim.Settings;
import io.gradstep.optim.StatelessResult;
import io.gradstep.schedule.ExponentialDecay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Keras's base optimizer does around a rule, on whatever backend: the sections of the specification of Keras
 * 3.15.1's {@code keras.optimizers.Optimizer}. Whole runs are held against Keras in {@link Float32Tck}.
 *
 * @param <T> the tensor type
 */
public abstract class BaseOptimizerTck<T> extends OptimizerTck<T> {
    private static final Shape THREE = Shape.of(3);
    private static final Shape SCALAR = Shape.scalar();

    private TensorVariable<T> w;

    /** For subclasses. */
    protected BaseOptimizerTck() {}

    @BeforeEach
    final void makeVariable() {
        w = variable("w", THREE, i -> 1 + i);
    }

    /** Takes the gradient as it is: shows what reaches a rule. */
    record TakeGradient() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    }

    /** Plain descent: {@code w ← w - learning_rate · g}. */
    private record Descend() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assignSub(slots.variable(), ops.multiply(slots.learningRate(), slots.gradient()));
        }
    }

    private static RuleSettings.Builder takeGradient() {
        return Settings.of(new TakeGradient()).name("take").learningRate(1);
    }

    private static RuleSettings.Builder descend() {
        return Settings.of(new Descend()).name("descend").learningRate(0.5);
    }

    private T three(double... values) {
        return tensor(Shape.of(values.length), i -> values[i]);
    }

    private TensorVariable<T> flagged(String path, double... values) {
        return backend().wrap(three(values), VariableInfo.of(path).overwrittenWithGradient());
    }

    private void assertValues(TensorVariable<T> variable, double... expected) {
        HostTensor wanted = HostTensor.filled(variable.dtype(), variable.shape(), 0);
        for (int i = 0; i < expected.length; i++) {
            wanted.set(i, expected[i]);
        }
        Bits.assertEqual(variable.path(), wanted, values(variable), Allowance.NONE);
    }

    /** Its warnings are no part of the test. */
    private Optimizer<T> quiet(Settings settings) {
        Optimizer<T> optimizer = settings.on(backend());
        optimizer.onWarning(warning -> {});
        return optimizer;
    }

    // ---- §2 variables

    static Stream<Arguments> combinations() {
        return IntStream.range(0, 32)
                .mapToObj(bits -> Arguments.of(
                        (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0));
    }

    @ParameterizedTest(name = "schedule {0}, ema {1}, accumulation {2}, momentum {3}, centered {4}")
    @MethodSource("combinations")
    final void variables_stand_in_the_order_of_keras(
            boolean schedule, boolean ema, boolean accumulation, boolean momentum, boolean centered) {
        RMSprop.Builder builder = RMSprop.builder()
                .useEma(ema)
                .gradientAccumulationSteps(accumulation ? 2 : null)
                .momentum(momentum ? 0.9 : 0)
                .centered(centered);
        if (schedule) {
            builder.learningRate(new ExponentialDecay(0.1, 10, 0.5));
        }
        List<String> expected = new ArrayList<>(List.of("iteration"));
        if (!schedule) {
            expected.add("learning_rate");
        }
        if (ema) {
            expected.addAll(List.of("dense_kernel_average", "bias_average"));
        }
        if (accumulation) {
            expected.addAll(List.of(
                    "dense_kernel_gradient_accumulator", "amax_gradient_accumulator", "bias_gradient_accumulator"));
        }
        expected.addAll(List.of("dense_kernel_velocity", "bias_velocity"));
        if (momentum) {
            expected.addAll(List.of("dense_kernel_momentum", "bias_momentum"));
        }
        if (centered) {
            expected.addAll(List.of("dense_kernel_average_gradient", "bias_average_gradient"));
        }
        TensorVariable<T> kernel = variable("dense/kernel", Shape.of(2, 3), i -> i);
        try (Optimizer<T> optimizer = builder.build().on(backend())) {
            optimizer.build(List.of(kernel, flagged("amax", 0, 0), variable("bias", THREE, i -> i)));
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactlyElementsOf(
                            expected.stream().map(name -> "rmsprop/" + name).toList());
            assertThat(optimizer.variables().subList(schedule ? 1 : 2, expected.size()))
                    .allSatisfy(state ->
                            Bits.assertEqual(state.path(), host(state.shape(), i -> 0), values(state), Allowance.NONE));
        }
    }

    // ---- §3 clipping

    @ParameterizedTest(name = "clipnorm {0}: {1} becomes {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    1    | 3 4 0               | 0.6 0.8 0
                    10   | 3 4 0               | 3 4 0
                    1    | Infinity 1 1        | NaN 0 0
                    1    | NaN 1 1             | NaN NaN NaN
                    1    | 0 0 0               | 0 0 0
                    0    | 3 4 0               | 3 4 0
                    -1   | 3 4 0               | 3 4 0
                    """)
    final void clipnorm(double limit, String gradient, String expected) {
        assertClipped(takeGradient().clipnorm(limit), gradient, expected);
    }

    @ParameterizedTest(name = "clipvalue {0}: {1} becomes {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    0.5  | 1 -2 0.25           | 0.5 -0.5 0.25
                    0.5  | NaN Infinity -Infinity | NaN 0.5 -0.5
                    0.5  | -0.0 0.0 0.5        | -0.0 0.0 0.5
                    0    | 1 -2 0.25           | 1 -2 0.25
                    """)
    final void clipvalue(double limit, String gradient, String expected) {
        assertClipped(takeGradient().clipvalue(limit), gradient, expected);
    }

    @ParameterizedTest(name = "global_clipnorm {0}: {1} becomes {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    2    | 3 4 0               | 1.2 1.6 0
                    8    | 3 4 0               | 3 4 0
                    1    | Infinity 1 1        | NaN NaN NaN
                    1    | NaN 1 1             | NaN NaN NaN
                    4    | 0 0 0               | 0 0 0
                    0    | 3 4 0               | 3 4 0
                    """)
    final void global_clipnorm(double limit, String gradient, String expected) {
        assertClipped(takeGradient().globalClipnorm(limit), gradient, expected);
    }

    /** Within two roundings, which decimal expectations cannot foresee; {@link Float32Tck} has Keras's bits. */
    final void assertClipped(RuleSettings.Builder settings, String gradient, String expected) {
        double[] gradients = numbers(gradient);
        double[] wanted = numbers(expected);
        TensorVariable<T> taken = variable("taken", Shape.of(gradients.length), i -> 0);
        try (Optimizer<T> optimizer = settings.build().on(backend())) {
            optimizer.apply(List.of(three(gradients)), List.of(taken));
        }
        HostTensor actual = values(taken);
        for (int i = 0; i < wanted.length; i++) {
            if (Double.isNaN(wanted[i]) || wanted[i] == 0) {
                assertThat(Double.valueOf(actual.get(i))).isEqualTo(Double.valueOf(wanted[i]));
            } else {
                assertThat(actual.get(i)).isCloseTo(wanted[i], within(dtype() == DType.FLOAT32 ? 2e-7 : 4e-16));
            }
        }
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.strip().split(" +"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    final void a_global_norm_is_over_all_gradients_of_the_call() {
        TensorVariable<T> other = variable("other", SCALAR, i -> 0);
        try (Optimizer<T> optimizer = quiet(takeGradient().globalClipnorm(1.0).build())) {
            optimizer.build(List.of(w, other));
            optimizer.apply(Arrays.asList(null, tensor(SCALAR, i -> 0.5)));
            assertValues(other, 0.5);
            optimizer.apply(List.of(three(0, 6, 0), tensor(SCALAR, i -> 8)));
            assertThat(values(w).get(1)).isCloseTo(0.6, within(1e-7));
            assertThat(values(other).get(0)).isCloseTo(0.8, within(1e-7));
        }
    }

    @Test
    final void gradients_of_two_dtypes_share_a_global_norm() {
        DType otherType = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        TensorVariable<T> other = backend().wrap(backend().tensor(HostTensor.filled(otherType, SCALAR, 0)), "other");
        T gradientOfOther = backend().tensor(HostTensor.filled(otherType, SCALAR, 8));
        try (Optimizer<T> optimizer = quiet(takeGradient().globalClipnorm(1.0).build())) {
            optimizer.apply(List.of(three(0, 6, 0), gradientOfOther), List.of(w, other));
        }
        // In float64 the norm is exactly 10, and so is its inverse rounded once.
        Bits.assertEqual("w", host(THREE, i -> i == 1 ? 6 * dtype().round(0.1) : 0), values(w), Allowance.NONE);
        Bits.assertEqual(
                "other", HostTensor.filled(otherType, SCALAR, 8 * otherType.round(0.1)), values(other), Allowance.NONE);
    }

    // ---- §5 learning rate

    @Test
    final void a_schedule_sees_the_raw_counter_of_updates() {
        List<Long> asked = new ArrayList<>();
        Settings settings = descend()
                .learningRate(step -> {
                    asked.add(step);
                    return 0.5;
                })
                .weightDecay(0.1)
                .gradientAccumulationSteps(3)
                .build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            for (int i = 0; i < 6; i++) {
                optimizer.apply(List.of(three(1, 1, 1)), List.of(w));
            }
            assertThat(asked).containsExactly(2L, 5L);
            assertThat(optimizer.variables()).extracting(TensorVariable::name).doesNotContain("learning_rate");
        }
    }

    @Test
    final void a_callable_is_asked_once_for_each_update() {
        AtomicInteger calls = new AtomicInteger();
        Settings settings = descend()
                .learningRate(() -> 0.25 * calls.incrementAndGet())
                .weightDecay(0.0)
                .build();
        TensorVariable<T> other = variable("other", THREE, i -> 0);
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.apply(List.of(three(4, 4, 4), three(4, 4, 4)), List.of(w, other));
            assertValues(w, 0, 1, 2);
            assertValues(other, -1, -1, -1);
            optimizer.apply(List.of(three(4, 4, 4)), List.of(other));
            assertValues(other, -3, -3, -3);
            assertThat(calls).hasValue(2);
            assertThat(optimizer.learningRate()).isEqualTo(0.75);
        }
    }

    @Test
    final void a_learning_rate_that_throws_changes_nothing() {
        Settings settings = descend()
                .learningRate(() -> {
                    throw new IllegalStateException("no rate");
                })
                .useEma(true)
                .build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            assertThatThrownBy(() -> optimizer.apply(List.of(three(4, 4, 4)), List.of(w)))
                    .hasMessage("no rate");
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.iterations()).isZero();
            assertValues(w, 1, 2, 3);
        }
    }

    @Test
    final void a_number_gives_way_to_a_schedule_and_does_not_come_back() {
        try (Optimizer<T> optimizer = quiet(new RMSprop(0.1))) {
            optimizer.build(List.of(w));
            TensorVariable<T> rate = optimizer.variables().get(1);
            optimizer.setLearningRate(new ExponentialDecay(0.5, 10, 0.5));
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly("rmsprop/iteration", "rmsprop/w_velocity");
            assertThat(optimizer.learningRate()).isEqualTo(0.5);
            assertThatThrownBy(rate::value).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> optimizer.setLearningRate(0.1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a schedule")
                    .hasMessageContaining("learning_rate=0.1");
            optimizer.setLearningRate(() -> 0.75);
            assertThat(optimizer.learningRate()).isEqualTo(0.75);
            assertThatThrownBy(() -> optimizer.setLearningRate(0.1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a callable");
            assertThat(optimizer.learningRate()).isEqualTo(0.75);
        }
    }

    // ---- §6 weight decay

    @ParameterizedTest(name = "{0} spares {1}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
                    bias       | none   | bias
                    ^b         | none   | bias
                    i.s        | none   | bias
                    x+ k.*l    | none   | kernel
                    ''         | none   | kernel bias
                    none       | kernel | kernel
                    bias       | kernel | kernel bias
                    (bi ern)   | none   | kernel bias
                    dense      | none   | none
                    Bias       | none   | none
                    none       | none   | none
                    """)
    final void weight_decay_spares(String patterns, String variable, String spared) {
        TensorVariable<T> kernel = variable("dense/kernel", SCALAR, i -> 8);
        TensorVariable<T> bias = variable("dense/bias", SCALAR, i -> 8);
        try (Optimizer<T> optimizer = quiet(descend().weightDecay(0.5).build())) {
            optimizer.build(List.of(kernel, bias));
            optimizer.excludeFromWeightDecay(List.of(bias), List.of("kernel"));
            optimizer.excludeFromWeightDecay(
                    variable == null ? List.of() : List.of(kernel),
                    patterns == null ? List.of() : List.of(patterns.split(" ")));
            optimizer.apply(List.of(tensor(SCALAR, i -> 0), tensor(SCALAR, i -> 0)));
        }
        List<String> names = spared == null ? List.of() : List.of(spared.split(" "));
        assertValues(kernel, names.contains("kernel") ? 8 : 6);
        assertValues(bias, names.contains("bias") ? 8 : 6);
    }

    @Test
    final void letters_of_all_alphabets_are_letters_in_a_pattern() {
        TensorVariable<T> size = variable("größe", SCALAR, i -> 8);
        try (Optimizer<T> optimizer = quiet(descend().weightDecay(0.5).build())) {
            optimizer.excludeFromWeightDecay(List.of(), List.of("^\\w+$"));
            optimizer.apply(List.of(tensor(SCALAR, i -> 0)), List.of(size));
            assertValues(size, 8);
        }
    }

    @Test
    final void a_pattern_that_is_none_is_refused_and_the_former_exclusion_stays() {
        try (Optimizer<T> optimizer = quiet(descend().weightDecay(0.5).build())) {
            optimizer.excludeFromWeightDecay(List.of(), List.of("w"));
            assertThatThrownBy(() -> optimizer.excludeFromWeightDecay(List.of(), List.of("a", "(")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[a, (]");
            assertThatThrownBy(() -> optimizer.excludeFromWeightDecay(List.of(), Arrays.asList("a", null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[a, null]");
            optimizer.apply(List.of(three(0, 0, 0)), List.of(w));
            assertValues(w, 1, 2, 3);
        }
    }

    @Test
    final void decay_comes_before_the_update_and_only_with_a_gradient() {
        TensorVariable<T> other = variable("other", THREE, i -> 8);
        try (Optimizer<T> optimizer = quiet(descend().weightDecay(0.5).build())) {
            optimizer.build(List.of(w, other));
            optimizer.apply(Arrays.asList(three(4, 4, 4), null));
            assertValues(w, 0.75 - 2, 1.5 - 2, 2.25 - 2);
            assertValues(other, 8, 8, 8);
        }
    }

    // ---- §7 averages

    @Test
    final void the_average_is_the_variable_until_the_counter_moves_and_then_follows() {
        try (Optimizer<T> optimizer =
                quiet(descend().useEma(true).emaMomentum(0.5).build())) {
            TensorVariable<T> other = variable("other", SCALAR, i -> 4);
            optimizer.build(List.of(w, other));
            TensorVariable<T> average = optimizer.variables().get(2);
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            assertValues(w, 0, 1, 2);
            assertValues(average, 0, 1, 2);
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            assertValues(w, -1, 0, 1);
            assertValues(average, -0.5, 0.5, 1.5);
            assertValues(optimizer.variables().get(3), 4);
            optimizer.finalizeVariableValues(List.of(w, other));
            assertValues(w, -0.5, 0.5, 1.5);
            assertValues(other, 4);
        }
    }

    @Test
    final void overwriting_sets_all_variables_also_those_without_a_gradient() {
        Settings settings =
                descend().useEma(true).emaMomentum(0.5).emaOverwriteFrequency(2).build();
        TensorVariable<T> other = variable("other", SCALAR, i -> 4);
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(w, other));
            optimizer.apply(List.of(three(2, 2, 2), tensor(SCALAR, i -> 4)));
            assertValues(other, 2);
            backend().write(other, host(SCALAR, i -> 4));
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            assertValues(w, -0.5, 0.5, 1.5);
            assertValues(other, 3);
        }
    }

    @Test
    final void overwriting_at_each_step_is_a_frequency_too() {
        Settings settings =
                descend().useEma(true).emaMomentum(0.5).emaOverwriteFrequency(1).build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.apply(List.of(three(2, 2, 2)), List.of(w));
            assertValues(w, 0, 1, 2);
            optimizer.apply(List.of(three(2, 2, 2)));
            assertValues(w, -0.5, 0.5, 1.5);
        }
    }

    @Test
    final void overwriting_leaves_flagged_variables_alone() {
        TensorVariable<T> amax = flagged("amax", 7);
        Settings settings = descend()
                .useEma(true)
                .emaOverwriteFrequency(1)
                .gradientAccumulationSteps(2)
                .build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(w, amax));
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            assertValues(w, 0, 1, 2);
            assertValues(amax, 7);
        }
    }

    @Test
    final void a_momentum_that_is_nan_makes_the_first_average_nan() {
        try (Optimizer<T> optimizer =
                quiet(descend().useEma(true).emaMomentum(Double.NaN).build())) {
            optimizer.apply(List.of(three(2, 2, 2)), List.of(w));
            assertValues(w, 0, 1, 2);
            assertValues(optimizer.variables().get(2), Double.NaN, Double.NaN, Double.NaN);
        }
    }

    @Test
    final void finalizing_is_refused_whole() {
        DType otherType = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        TensorVariable<T> other = variable("other", THREE, i -> 4);
        List<TensorVariable<T>> unfit = List.of(
                variable("short", Shape.of(2), i -> 0),
                variable("row", Shape.of(1, 3), i -> 0),
                backend().wrap(backend().tensor(HostTensor.filled(otherType, THREE, 0)), "cast"));
        try (Optimizer<T> optimizer = quiet(descend().useEma(true).build())) {
            optimizer.build(List.of(w, other));
            for (TensorVariable<T> variable : unfit) {
                assertThatThrownBy(() -> optimizer.finalizeVariableValues(List.of(w, variable)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("The average descend/other_average is")
                        .hasMessageContaining("Received the variable " + variable.path());
            }
            assertThatThrownBy(() -> optimizer.finalizeVariableValues(List.of(w, w)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("w stands twice");
            assertValues(w, 1, 2, 3);
        }
    }

    @Test
    final void finalizing_needs_the_variables_that_were_built() {
        try (Optimizer<T> plain = quiet(descend().build());
                Optimizer<T> averaging = quiet(descend().useEma(true).build())) {
            plain.finalizeVariableValues(List.of());
            assertThatThrownBy(() -> averaging.finalizeVariableValues(List.of(w)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not built");
            averaging.build(List.of(w));
            assertThatThrownBy(() -> averaging.finalizeVariableValues(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(0)")
                    .hasMessageContaining("(1)");
            assertThatThrownBy(() -> averaging.finalizeVariableValues(List.of(variable("s", SCALAR, i -> 0))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("descend/w_average");
            assertValues(w, 1, 2, 3);
        }
    }

    // ---- §8 loss scale

    @Test
    final void a_loss_scale_factor_scales_the_loss_and_unscales_gradients() {
        try (Optimizer<T> optimizer = quiet(takeGradient().lossScaleFactor(8.0).build())) {
            assertThat(optimizer.scaleLoss(3)).isEqualTo(24);
            optimizer.apply(List.of(three(8, 16, 4)), List.of(w));
            assertValues(w, 1, 2, 0.5);
        }
        try (Optimizer<T> optimizer = quiet(takeGradient().build())) {
            assertThat(optimizer.scaleLoss(3)).isEqualTo(3);
        }
        try (Optimizer<T> optimizer = quiet(takeGradient().lossScaleFactor(0.0).build())) {
            optimizer.apply(List.of(three(0, 1, -1)), List.of(w));
            assertValues(w, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    final void a_dynamic_scale_grows_and_halves() {
        LossScale settings = new LossScale(takeGradient().build(), 8, 2, "scale");
        try (Optimizer<T> optimizer = quiet(settings)) {
            assertThat(optimizer.scaleLoss(1)).isEqualTo(8);
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly("scale/iteration", "scale/learning_rate", "take/iteration", "take/learning_rate");
            optimizer.build(List.of(w));
            optimizer.build(List.of(w));
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactly(
                            "scale/iteration",
                            "scale/learning_rate",
                            "scale/step_counter",
                            "scale/dynamic_scale",
                            "take/iteration",
                            "take/learning_rate");
            double[][] steps = {{8, 1, 8}, {8, 0, 16}, {Double.POSITIVE_INFINITY, 0, 8}, {16, 1, 8}};
            double[] variable = {1, 1, 1, 2};
            for (int i = 0; i < steps.length; i++) {
                double gradient = steps[i][0];
                optimizer.apply(List.of(three(gradient, gradient, gradient)));
                assertValues(optimizer.variables().get(2), steps[i][1]);
                assertValues(optimizer.variables().get(3), steps[i][2]);
                assertValues(w, variable[i], variable[i], variable[i]);
                assertThat(optimizer.scaleLoss(0.5)).isEqualTo(steps[i][2] / 2);
            }
            assertThat(optimizer.iterations()).isEqualTo(3);
            optimizer.apply(List.of());
            assertThat(optimizer.iterations()).isEqualTo(3);
            assertThat(optimizer.scaleLoss(1)).isEqualTo(16);
        }
    }

    @ParameterizedTest(
            name = "gradients of {0}, scale {1}, growth steps {2}: after {3} steps {4} good ones and scale {5}")
    @CsvSource({
        "8,        8, 2,  4, 0, 32",
        "8,        8, 0,  3, 3, 8",
        "8,        8, -1, 3, 3, 8",
        "Infinity, 1, 2,  2, 0, 0.25",
        "NaN,      8, 1,  1, 0, 4"
    })
    final void a_dynamic_scale_follows_the_gradients(
            double gradient, double initialScale, int growthSteps, int steps, double good, double scale) {
        LossScale settings = new LossScale(takeGradient().build(), initialScale, growthSteps, "scale");
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(w));
            for (int step = 0; step < steps; step++) {
                optimizer.apply(List.of(three(gradient, gradient, gradient)));
            }
            assertValues(optimizer.variables().get(2), good);
            assertThat(optimizer.scaleLoss(1)).isEqualTo(scale);
        }
    }

    @Test
    final void an_infinite_gradient_of_a_flagged_variable_halves_a_dynamic_scale_too() {
        TensorVariable<T> amax = flagged("amax", 7);
        try (Optimizer<T> optimizer = quiet(new LossScale(takeGradient().build(), 8, 2, "scale"))) {
            optimizer.apply(List.of(three(8, 8, 8), three(Double.POSITIVE_INFINITY)), List.of(w, amax));
            assertValues(w, 1, 2, 3);
            assertValues(amax, 7);
            assertThat(optimizer.scaleLoss(1)).isEqualTo(4);
            assertThat(optimizer.iterations()).isZero();
        }
    }

    @Test
    final void an_empty_first_step_builds_a_dynamic_scale_if_the_variables_are_good() {
        try (Optimizer<T> optimizer = quiet(new LossScale(new RMSprop(0.1), 8, 2, "scale"))) {
            assertThatThrownBy(() -> optimizer.apply(List.of(), List.of(w, w)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("w stands twice");
            assertThat(optimizer.built()).isFalse();
            optimizer.apply(List.of(), List.of(w));
            assertThat(optimizer.built()).isTrue();
            assertValues(optimizer.variables().get(2), 1);
            assertThat(optimizer.iterations()).isZero();
        }
    }

    @Test
    final void a_dynamic_scale_built_by_its_first_step_begins_the_paths_of_the_state() {
        try (Optimizer<T> optimizer = quiet(new LossScale(new RMSprop(0.1), 8, 2, "scale"))) {
            optimizer.apply(List.of(three(8, 8, 8)), List.of(w));
            assertThat(optimizer.variables().get(6).path()).isEqualTo("scale/rmsprop/w_velocity");
        }
    }

    @Test
    final void a_dynamic_scale_hands_on_what_is_the_inner_optimizers() {
        RuleSettings inner = descend().useEma(true).weightDecay(0.5).build();
        try (Optimizer<T> optimizer = quiet(new LossScale(inner, 4, 10, "scale"))) {
            optimizer.excludeFromWeightDecay(List.of(), List.of("w"));
            optimizer.setLearningRate(0.25);
            assertThat(optimizer.learningRate()).isEqualTo(0.25);
            optimizer.apply(List.of(three(16, 16, 16)), List.of(w));
            assertValues(w, 0, 1, 2);
            backend().write(w, host(THREE, i -> 9));
            optimizer.finalizeVariableValues(List.of(w));
            assertValues(w, 0, 1, 2);
            optimizer.setRawIteration(7);
            assertThat(optimizer.iterations()).isEqualTo(7);
            assertThat(optimizer.rawIteration()).isEqualTo(7);
            optimizer.updateStep(three(4, 4, 4), w, 1);
            assertValues(w, -4, -3, -2);
            optimizer.setLearningRate(new ExponentialDecay(0.5, 10, 0.5));
            assertThat(optimizer.getConfig().toString()).contains("ExponentialDecay", "initial_scale=4.0");
            optimizer.setLearningRate(() -> 0.125);
            assertThat(optimizer.learningRate()).isEqualTo(0.125);
        }
    }

    @Test
    final void a_refused_first_step_leaves_a_dynamic_scale_unbuilt() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        try (Optimizer<T> optimizer = new LossScale(new RMSprop(0.1), 8, 2, "scale").on(counting)) {
            assertThatThrownBy(() -> optimizer.apply(List.of(three(1, 2)), List.of(w)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> optimizer.apply(List.of(three(1, 2, 3)), List.of(w, w)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> optimizer.apply(List.of(three(1, 2, 3))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not built");
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).hasSize(4);
            assertThat(counting.open()).isZero();
        }
    }

    // ---- §9 accumulation

    @Test
    final void accumulation_averages_over_the_window_whoever_had_a_gradient() {
        TensorVariable<T> other = variable("other", SCALAR, i -> 100);
        try (Optimizer<T> optimizer =
                quiet(descend().gradientAccumulationSteps(2).build())) {
            optimizer.build(List.of(w, other));
            optimizer.apply(Arrays.asList(three(4, 4, 4), null));
            assertValues(w, 1, 2, 3);
            assertValues(optimizer.variables().get(2), 4, 4, 4);
            assertThat(optimizer.iterations()).isZero();
            assertThat(optimizer.rawIteration()).isEqualTo(1);
            optimizer.apply(List.of(three(8, 8, 8), tensor(SCALAR, i -> 8)));
            assertValues(w, -2, -1, 0);
            assertValues(other, 98);
            assertValues(optimizer.variables().get(2), 0, 0, 0);
            assertThat(optimizer.iterations()).isEqualTo(1);
            // What other accumulates now is lost: it has no gradient when the window ends.
            optimizer.apply(List.of(three(0, 0, 0), tensor(SCALAR, i -> 8)));
            optimizer.apply(Arrays.asList(three(0, 0, 0), null));
            assertValues(other, 98);
            assertValues(optimizer.variables().get(3), 0);
        }
    }

    @Test
    final void flagged_variables_take_their_gradient_raw() {
        TensorVariable<T> amax = flagged("amax", 7, 7);
        Settings settings = descend()
                .weightDecay(0.5)
                .lossScaleFactor(2.0)
                .clipvalue(0.25)
                .useEma(true)
                .build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(w, amax));
            optimizer.apply(Arrays.asList(null, three(-3, 5)));
            assertValues(amax, -3, 5);
            // Nothing but flagged gradients: averages stand still, the counter moves.
            assertValues(optimizer.variables().get(2), 0, 0, 0);
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void flagged_variables_accumulate_their_maximum_from_zero() {
        TensorVariable<T> amax = flagged("amax", 7, 7);
        try (Optimizer<T> optimizer =
                quiet(descend().gradientAccumulationSteps(2).build())) {
            optimizer.build(List.of(amax, w));
            optimizer.apply(List.of(three(-1, 3), three(0, 0, 0)));
            assertValues(amax, 7, 7);
            optimizer.apply(List.of(three(-5, 2), three(0, 0, 0)));
            assertValues(amax, 0, 3);
            assertValues(optimizer.variables().get(2), 0, 0);
            optimizer.apply(List.of(three(9, 9), three(0, 0, 0)));
            optimizer.apply(Arrays.asList(null, three(0, 0, 0)));
            assertValues(amax, 0, 3);
            assertValues(optimizer.variables().get(2), 0, 0);
        }
    }

    @Test
    final void each_variable_stands_in_one_update_of_a_step() {
        TensorVariable<T> amax = flagged("amax", 7);
        TensorVariable<T> other = variable("other", SCALAR, i -> 4);
        Settings settings = descend().useEma(true).gradientAccumulationSteps(2).build();
        try (Optimizer<T> optimizer = settings.on(new CountingBackend<>(backend(), Integer.MAX_VALUE))) {
            optimizer.onWarning(warning -> {});
            optimizer.build(List.of(w, amax, other));
            optimizer.apply(Arrays.asList(three(2, 2, 2), three(3), null));
            optimizer.apply(Arrays.asList(three(2, 2, 2), three(1), null));
            assertValues(w, 0, 1, 2);
            assertValues(amax, 3);
            assertValues(other, 4);
        }
    }

    @Test
    final void a_negative_zero_is_no_maximum() {
        TensorVariable<T> amax = flagged("amax", 7);
        try (Optimizer<T> optimizer =
                quiet(descend().gradientAccumulationSteps(2).build())) {
            optimizer.build(List.of(amax));
            optimizer.apply(List.of(three(-0.0)));
            assertValues(optimizer.variables().get(2), 0.0);
            optimizer.apply(List.of(three(-0.0)));
            assertValues(amax, 0.0);
        }
    }

    // ---- §3.10 constraints

    private TensorVariable<T> constrained(Constraint constraint) {
        return backend().wrap(tensor(THREE, i -> 1 + i), VariableInfo.of("c").constrainedBy(constraint));
    }

    @Test
    final void constraints_hold_after_each_call_and_averages_do_not_see_them() {
        TensorVariable<T> c = constrained(new NonNeg());
        Settings settings = descend().useEma(true).gradientAccumulationSteps(2).build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(c, w));
            backend().write(c, host(THREE, i -> -1));
            optimizer.apply(Arrays.asList(null, three(0, 0, 0)));
            assertValues(c, -1, -1, -1);
            assertValues(optimizer.variables().get(2), -1, -1, -1);
            optimizer.setRawIteration(0);
            optimizer.apply(List.of(three(0, 0, 0), three(0, 0, 0)));
            assertValues(c, 0, 0, 0);
            assertValues(optimizer.variables().get(2), -1, -1, -1);
        }
    }

    @Test
    final void somebody_elses_constraint_gets_the_values_and_may_throw() {
        boolean[] throwing = {false};
        TensorVariable<T> c = constrained(values -> {
            values.set(0, values.get(0) + 0.5);
            if (throwing[0]) {
                throw new IllegalStateException("thrown by the constraint");
            }
        });
        try (Optimizer<T> optimizer = quiet(descend().useEma(true).build())) {
            optimizer.apply(List.of(three(2, 2, 2), three(2, 2, 2)), List.of(c, w));
            assertValues(c, 0.5, 1, 2);
            throwing[0] = true;
            List<HostTensor> before =
                    optimizer.variables().stream().map(this::values).toList();
            assertThatThrownBy(() -> optimizer.apply(List.of(three(2, 2, 2), three(2, 2, 2))))
                    .hasMessage("thrown by the constraint");
            assertValues(c, 0.5, 1, 2);
            assertValues(w, 0, 1, 2);
            for (int i = 0; i < before.size(); i++) {
                Bits.assertEqual(
                        "state", before.get(i), values(optimizer.variables().get(i)), Allowance.NONE);
            }
        }
    }

    static Stream<Settings> plainAndAveragedAndScaled() {
        return Stream.of(
                descend().build(),
                descend().useEma(true).gradientAccumulationSteps(2).build(),
                new LossScale(descend().build(), 8, 2, "scale"));
    }

    @ParameterizedTest
    @MethodSource("plainAndAveragedAndScaled")
    final void an_error_takes_the_first_step_back_too(Settings settings) {
        TensorVariable<T> c = constrained(values -> {
            values.set(0, 9);
            throw new StackOverflowError("thrown by the constraint");
        });
        try (Optimizer<T> optimizer = quiet(settings)) {
            List<TensorVariable<T>> before = optimizer.variables();
            assertThatThrownBy(() -> optimizer.apply(List.of(three(2, 2, 2), three(2, 2, 2)), List.of(w, c)))
                    .hasMessage("thrown by the constraint");
            assertValues(w, 1, 2, 3);
            assertValues(c, 1, 2, 3);
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).isEqualTo(before);
        }
    }

    // ---- §3 update_step, §11 state

    @Test
    final void update_step_runs_the_rule_alone() {
        Settings settings =
                descend().weightDecay(0.5).useEma(true).clipnorm(0.1).build();
        TensorVariable<T> amax = flagged("amax", 7);
        try (Optimizer<T> optimizer = quiet(settings)) {
            assertThatThrownBy(() -> optimizer.updateStep(three(1, 1, 1), w, 0.25))
                    .isInstanceOf(IllegalStateException.class);
            optimizer.build(List.of(w, amax));
            optimizer.updateStep(three(4, 4, 4), w, 0.25);
            assertValues(w, 0, 1, 2);
            assertValues(optimizer.variables().get(2), 0, 0, 0);
            assertThat(optimizer.iterations()).isZero();
            assertThatThrownBy(() -> optimizer.updateStep(null, w, 1)).hasMessageContaining("gradient=null");
            assertThatThrownBy(() -> optimizer.updateStep(three(1), amax, 1)).hasMessageContaining("amax");
            assertThatThrownBy(() -> optimizer.updateStep(three(1), w, 1)).hasMessageContaining("(3,)");
            TensorVariable<T> stranger = variable("stranger", THREE, i -> 0);
            assertThatThrownBy(() -> optimizer.updateStep(three(1, 1, 1), stranger, 1))
                    .hasMessageContaining("Unknown variable");
            assertValues(w, 0, 1, 2);
        }
    }

    private static Settings everything() {
        return RMSprop.builder()
                .learningRate(0.01)
                .momentum(0.9)
                .centered(true)
                .weightDecay(0.01)
                .globalClipnorm(1.0)
                .useEma(true)
                .emaOverwriteFrequency(3)
                .lossScaleFactor(2.0)
                .gradientAccumulationSteps(2)
                .build();
    }

    private T gradient(int step) {
        return tensor(THREE, i -> Math.sin(step * 3.0 + i));
    }

    static Stream<Settings> stateless() {
        return Stream.of(
                everything(),
                new LossScale(everything(), 8, 2, "scale"),
                descend().build());
    }

    @ParameterizedTest
    @MethodSource("stateless")
    final void a_stateless_step_is_the_step_and_changes_nothing(Settings settings) {
        TensorVariable<T> c = constrained(new NonNeg());
        List<TensorVariable<T>> model = List.of(w, c);
        try (Optimizer<T> optimizer = quiet(settings)) {
            TensorVariable<T> added = optimizer.addVariable(THREE, dtype(), 4, "added");
            optimizer.build(model);
            optimizer.excludeFromWeightDecay(List.of(w), List.of());
            List<T> before = copies(optimizer.variables());
            List<T> state = copies(optimizer.variables());
            List<T> weights = copies(model);
            for (int step = 0; step < 4; step++) {
                List<T> gradients = List.of(gradient(step), gradient(step + 50));
                StatelessResult<T> result = optimizer.statelessApply(state, gradients, weights);
                state = result.optimizerVariables();
                weights = result.trainableVariables();
                assertSame(before, optimizer.variables());
                assertValues(w, 1, 2, 3);
                assertThat(optimizer.iterations()).isZero();
            }
            for (int step = 0; step < 4; step++) {
                optimizer.apply(List.of(gradient(step), gradient(step + 50)));
            }
            assertSame(weights, model);
            assertSame(state, optimizer.variables());
            assertValues(added, 4, 4, 4);
        }
    }

    private List<T> copies(List<TensorVariable<T>> variables) {
        return variables.stream()
                .map(variable -> backend().tensor(values(variable)))
                .toList();
    }

    private void assertSame(List<T> expected, List<TensorVariable<T>> actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            Bits.assertEqual(
                    actual.get(i).path(), backend().read(expected.get(i)), values(actual.get(i)), Allowance.NONE);
        }
    }

    @Test
    final void a_stateless_step_goes_on_from_the_numbers_it_is_given() {
        try (Optimizer<T> optimizer = quiet(descend().build())) {
            optimizer.build(List.of(w));
            StatelessResult<T> result = optimizer.statelessApply(
                    List.of(tensor(SCALAR, i -> 4), tensor(SCALAR, i -> 0.25)),
                    List.of(three(4, 4, 4)),
                    List.of(three(10, 20, 30)));
            assertTensors(result.trainableVariables(), host(THREE, i -> 9 + 10 * i));
            assertTensors(result.optimizerVariables(), HostTensor.of(SCALAR, 5), HostTensor.of(SCALAR, 0.25f));
            assertThat(optimizer.iterations()).isZero();
            assertThat(optimizer.learningRate()).isEqualTo(0.5);
        }
    }

    private void assertTensors(List<T> actual, HostTensor... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            Bits.assertEqual("tensor " + i, expected[i], backend().read(actual.get(i)), Allowance.NONE);
        }
    }

    @Test
    final void a_stateless_step_knows_constraints_flags_and_short_names() {
        TensorVariable<T> c = constrained(new NonNeg());
        TensorVariable<T> amax = flagged("amax", 7);
        TensorVariable<T> kernel = variable("dense/kernel", SCALAR, i -> 8);
        List<TensorVariable<T>> model = List.of(c, amax, kernel);
        try (Optimizer<T> optimizer = quiet(descend().weightDecay(0.5).build())) {
            optimizer.build(model);
            optimizer.excludeFromWeightDecay(List.of(), List.of("^kernel"));
            StatelessResult<T> result = optimizer.statelessApply(
                    copies(optimizer.variables()),
                    List.of(three(8, 0, 0), three(3), tensor(SCALAR, i -> 0)),
                    copies(model));
            assertTensors(
                    result.trainableVariables(),
                    host(THREE, i -> i == 0 ? 0 : 0.75 * (1 + i)),
                    host(Shape.of(1), i -> 3),
                    host(SCALAR, i -> 8));
        }
    }

    @Test
    final void a_stateless_step_that_finds_no_memory_leaves_none() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), 4);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(counting)) {
            optimizer.build(List.of(w));
            List<T> state = copies(optimizer.variables());
            assertThat(counting.open()).isEqualTo(3);
            assertThatThrownBy(() -> optimizer.statelessApply(state, List.of(gradient(0)), List.of(gradient(1))))
                    .hasMessage("no memory for more than 4");
            assertThat(counting.open()).isEqualTo(3);
        }
    }

    @Test
    final void a_stateless_step_needs_one_value_for_each_variable_and_leaves_no_memory() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(counting)) {
            assertThatThrownBy(() -> optimizer.statelessApply(List.of(), List.of(), List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not built");
            optimizer.build(List.of(w));
            List<T> state = copies(optimizer.variables());
            int open = counting.open();
            assertThatThrownBy(() -> optimizer.statelessApply(List.of(), List.of(gradient(0)), List.of(gradient(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("`optimizerVariables`")
                    .hasMessageContaining("Received 0 tensors, expected 3");
            assertThatThrownBy(() -> optimizer.statelessApply(state, List.of(gradient(0)), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("`trainableVariables`")
                    .hasMessageContaining("Received 0 tensors, expected 1");
            assertThatThrownBy(() -> optimizer.statelessApply(state, List.of(three(1)), List.of(gradient(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gradient of w");
            optimizer.statelessApply(state, List.of(gradient(0)), List.of(gradient(1)));
            assertThat(counting.open()).isEqualTo(open);
        }
    }

    @ParameterizedTest
    @MethodSource("stateless")
    final void saved_state_continues_bit_for_bit(Settings settings) {
        List<TensorVariable<T>> model = List.of(w);
        Optimizer<T> first = quiet(settings);
        first.build(model);
        for (int step = 0; step < 3; step++) {
            first.apply(List.of(gradient(step)));
        }
        OptimizerState state = first.saveOwnVariables();
        List<T> weights = copies(model);
        first.apply(List.of(gradient(3)));
        List<T> expected = copies(model);
        List<T> expectedState = copies(first.variables());
        first.close();
        try (Optimizer<T> second = quiet(settings)) {
            second.build(model);
            second.assign(w, weights.get(0));
            second.loadOwnVariables(state);
            second.apply(List.of(gradient(3)));
            assertSame(expected, model);
            assertSame(expectedState, second.variables());
        }
    }

    @Test
    final void state_of_another_size_is_not_loaded_with_a_warning() {
        List<String> warnings = new ArrayList<>();
        try (Optimizer<T> optimizer = quiet(new RMSprop(0.1))) {
            optimizer.onWarning(warnings::add);
            optimizer.setRawIteration(5);
            optimizer.loadOwnVariables(new OptimizerState(List.of()));
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("'rmsprop'", "it has 2 variables", "has 0 variables");
            assertThat(optimizer.iterations()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource("plainAndAveragedAndScaled")
    final void each_warning_is_heard_once(Settings settings) {
        List<String> warnings = new ArrayList<>();
        TensorVariable<T> other = variable("other", THREE, i -> 4);
        List<TensorVariable<T>> model = List.of(w, other);
        try (Optimizer<T> optimizer = settings.on(backend())) {
            optimizer.onWarning(warnings::add);
            optimizer.apply(List.of(gradient(0), gradient(1)), model);
            assertThat(warnings).isEmpty();
            optimizer.apply(Arrays.asList(gradient(0), null));
            assertThat(warnings).hasSize(1).last().asString().contains("[other]");
            optimizer.statelessApply(copies(optimizer.variables()), Arrays.asList(null, gradient(0)), copies(model));
            assertThat(warnings).hasSize(2).last().asString().contains("[w]");
            optimizer.loadOwnVariables(new OptimizerState(List.of()));
            assertThat(warnings).hasSize(3).last().asString().contains("'" + settings.name() + "'");
        }
    }

    @Test
    final void a_warning_that_nobody_listens_for_is_logged_once() {
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getLevel() + " " + entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("io.gradstep");
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        OptimizerState other = new OptimizerState(List.of(new NamedArray("x", HostTensor.of(SCALAR, 1f))));
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.loadOwnVariables(new OptimizerState(List.of()));
            optimizer.loadOwnVariables(new OptimizerState(List.of()));
            optimizer.loadOwnVariables(other);
        } finally {
            log.removeHandler(handler);
            log.setUseParentHandlers(true);
        }
        assertThat(logged)
                .satisfiesExactly(
                        entry -> assertThat(entry)
                                .startsWith("WARNING Skipping variable loading")
                                .contains("has 0 variables"),
                        entry -> assertThat(entry).contains("has 1 variables"));
    }

    @Test
    final void saved_arrays_have_the_paths_of_their_variables() {
        try (Optimizer<T> optimizer = quiet(new LossScale(new RMSprop(0.1), 8, 2, "scale"))) {
            optimizer.build(List.of(variable("dense/kernel", THREE, i -> i)));
            assertThat(optimizer.saveOwnVariables().arrays())
                    .extracting(NamedArray::name)
                    .containsExactly(
                            "scale/iteration",
                            "scale/learning_rate",
                            "scale/step_counter",
                            "scale/dynamic_scale",
                            "rmsprop/iteration",
                            "rmsprop/learning_rate",
                            "rmsprop/dense_kernel_velocity");
        }
    }

    @Test
    final void state_of_another_shape_is_refused_whole() {
        try (Optimizer<T> optimizer = quiet(new RMSprop(0.1))) {
            optimizer.build(List.of(w));
            List<NamedArray> arrays =
                    new ArrayList<>(optimizer.saveOwnVariables().arrays());
            arrays.set(0, new NamedArray("iteration", HostTensor.of(SCALAR, 9)));
            arrays.set(2, new NamedArray("velocity", HostTensor.of(Shape.of(2), 1f, 2f)));
            assertThatThrownBy(() -> optimizer.loadOwnVariables(new OptimizerState(arrays)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rmsprop/w_velocity has the shape (3,)")
                    .hasMessageContaining("(2,)");
            assertThat(optimizer.iterations()).isZero();
            T rate = tensor(SCALAR, i -> 0.5);
            assertThatThrownBy(() -> optimizer.setWeights(List.of(rate, rate, rate)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rmsprop/w_velocity has the shape (3,)");
            assertThat(optimizer.learningRate()).isEqualTo(0.1f);
        }
    }

    @Test
    final void weights_are_cast_and_surplus_ones_ignored() {
        try (Optimizer<T> optimizer = quiet(new RMSprop(0.1))) {
            T count = tensor(SCALAR, i -> 3.7);
            assertThatThrownBy(() -> optimizer.setWeights(List.of(count)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not built");
            optimizer.build(List.of(w));
            optimizer.setWeights(List.of(count));
            assertThat(optimizer.iterations()).isEqualTo(3);
            optimizer.setWeights(List.of(count, tensor(SCALAR, i -> 0.5), three(1, 2, 3), count));
            assertThat(optimizer.learningRate()).isEqualTo(0.5);
            assertValues(optimizer.variables().get(2), 1, 2, 3);
        }
        try (Optimizer<T> optimizer = quiet(new LossScale(new RMSprop(0.1), 8, 2, "scale"))) {
            optimizer.build(List.of(w));
            T four = tensor(SCALAR, i -> 4);
            optimizer.setWeights(List.of(four, four, four, four, four));
            assertThat(optimizer.scaleLoss(1)).isEqualTo(4);
            assertThat(optimizer.iterations()).isZero();
        }
    }

    @Test
    final void the_configuration_has_the_present_learning_rate() {
        try (Optimizer<T> optimizer =
                quiet(RMSprop.builder().learningRate(() -> 1).build())) {
            assertThatThrownBy(optimizer::getConfig).isInstanceOf(UnsupportedOperationException.class);
            optimizer.setLearningRate(new ExponentialDecay(0.5, 10, 0.5));
            assertThat(optimizer.getConfig().get("learning_rate").toString()).contains("ExponentialDecay");
        }
        try (Optimizer<T> optimizer = quiet(everything())) {
            assertThat(optimizer.getConfig()).isEqualTo(everything().config());
            optimizer.setLearningRate(0.3);
            assertThat(optimizer.getConfig()).containsEntry("learning_rate", (double) 0.3f);
        }
    }

    @Test
    final void the_counter_is_an_int32_as_in_keras() {
        try (Optimizer<T> optimizer = quiet(descend().build())) {
            optimizer.setRawIteration(Integer.MAX_VALUE);
            optimizer.apply(List.of(three(0, 0, 0)), List.of(w));
            assertThat(optimizer.rawIteration()).isEqualTo(Integer.MIN_VALUE);
            assertThatThrownBy(() -> optimizer.setRawIteration(1L << 31))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2147483648");
        }
    }

    @ParameterizedTest(name = "{0} steps are {1} updates of two")
    @CsvSource({"0, 0", "1, 0", "2, 1", "3, 1", "-1, -1", "-2, -1", "-3, -2"})
    final void the_count_of_updates_is_rounded_down(long steps, long updates) {
        try (Optimizer<T> optimizer =
                quiet(descend().gradientAccumulationSteps(2).build())) {
            optimizer.setRawIteration(steps);
            assertThat(optimizer.iterations()).isEqualTo(updates);
        }
    }

    // ---- §12 helpers

    @Test
    final void state_for_several_names_is_made_reference_by_reference() {
        TensorVariable<T> amax = flagged("amax", 7);
        TensorVariable<T> bias = variable("dense/bias", SCALAR, i -> 0);
        try (Optimizer<T> optimizer = quiet(descend().build())) {
            List<List<TensorVariable<T>>> lists =
                    optimizer.addOptimizerVariables(List.of(w, amax, bias), List.of("k", "q"), List.of(0.0, 2.0));
            assertThat(optimizer.variables().subList(2, 6))
                    .extracting(TensorVariable::name)
                    .containsExactly("w_k", "w_q", "dense_bias_k", "dense_bias_q");
            assertThat(lists).hasSize(2);
            assertThat(lists.get(0)).hasSize(3).element(1).isNull();
            assertValues(lists.get(1).get(0), 2, 2, 2);
            assertThat(optimizer.addOptimizerVariables(List.of(amax, w), "s", 1.0))
                    .hasSize(2)
                    .first()
                    .isNull();
            assertThatThrownBy(() -> optimizer.addOptimizerVariables(List.of(w), List.of("k", "q"), List.of(0.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[k, q]")
                    .hasMessageContaining("[0.0]");
            assertThatThrownBy(
                            () -> optimizer.addOptimizerVariables(List.of(w), List.of("k", "a/b"), List.of(0.0, 0.0)))
                    .hasMessageContaining("name=a/b");
            assertThat(optimizer.variables()).hasSize(7);
        }
    }

    @Test
    final void an_added_variable_may_begin_with_values() {
        try (Optimizer<T> optimizer = quiet(descend().build())) {
            HostTensor initial = host(THREE, i -> i);
            TensorVariable<T> added = optimizer.addVariable(initial, "table");
            initial.set(0, 9);
            assertValues(added, 0, 1, 2);
            assertThat(added.path()).isEqualTo("descend/table");
            assertThat(optimizer.variables()).contains(added);
            assertThatThrownBy(() -> optimizer.addVariable(initial, "a/b")).hasMessageContaining("name=a/b");
            assertThatThrownBy(() -> optimizer.addOptimizerVariables(
                            Arrays.asList((TensorVariable<T>) null), List.of("k"), List.of(0.0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("variable is null");
            assertThat(optimizer.addVariable(initial, null).name()).startsWith("variable");
            assertThat(optimizer.addVariable(initial, "").name()).startsWith("variable");
            assertThat(optimizer.addVariable(THREE, dtype(), 0, "").name()).startsWith("variable");
            assertThat(optimizer.addOptimizerVariables(List.of(w), "", 0).get(0).name())
                    .isEqualTo("w_var");
        }
    }

    // ---- refusals

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 27, 36})
    final void refused_calls_among_others_leave_no_trace(long seed) {
        new RandomCalls<>(backend(), dtype(), seed).run();
    }

    @ParameterizedTest
    @MethodSource("stateless")
    final void a_closed_optimizer_refuses_every_call(Settings settings) {
        Optimizer<T> optimizer = settings.on(backend());
        optimizer.build(List.of(w));
        OptimizerState state = optimizer.saveOwnVariables();
        T gradient = three(1, 2, 3);
        optimizer.close();
        optimizer.close();
        List<Runnable> calls = List.of(
                optimizer::built,
                () -> optimizer.build(List.of(w)),
                () -> optimizer.apply(List.of()),
                () -> optimizer.apply(List.of(), List.of()),
                () -> optimizer.apply(List.of(gradient), List.of(w)),
                () -> optimizer.applyGradients(List.of()),
                () -> optimizer.applyGradients(null),
                () -> optimizer.minimize((variables, scale) -> new Loss.Evaluation<>(1, List.of()), List.of()),
                () -> optimizer.updateStep(gradient, w, 1),
                () -> optimizer.statelessApply(List.of(), List.of(), List.of()),
                () -> optimizer.scaleLoss(1),
                optimizer::iterations,
                optimizer::rawIteration,
                () -> optimizer.setRawIteration(1),
                optimizer::learningRate,
                () -> optimizer.setLearningRate(1),
                () -> optimizer.setLearningRate(new ExponentialDecay(0.5, 10, 0.5)),
                () -> optimizer.setLearningRate(() -> 1),
                () -> optimizer.excludeFromWeightDecay(List.of(), List.of()),
                () -> optimizer.finalizeVariableValues(List.of(w)),
                optimizer::variables,
                () -> optimizer.addVariable(THREE, dtype(), 0, "a"),
                () -> optimizer.addVariable(host(THREE, i -> 0), "a"),
                () -> optimizer.addVariableFromReference(w, "a", 0),
                () -> optimizer.addOptimizerVariables(List.of(w), "a", 0),
                () -> optimizer.assign(w, gradient),
                () -> optimizer.assignAdd(w, gradient),
                () -> optimizer.assignSub(w, gradient),
                optimizer::saveOwnVariables,
                () -> optimizer.loadOwnVariables(state),
                () -> optimizer.setWeights(List.of()),
                optimizer::getConfig,
                optimizer::execution,
                () -> optimizer.onWarning(warning -> {}));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("The optimizer " + optimizer.name() + " is closed"));
        assertValues(w, 1, 2, 3);
    }

    @Test
    final void closing_a_dynamic_scale_frees_what_it_and_the_inner_optimizer_made() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        Optimizer<T> optimizer = new LossScale(everything(), 8, 2, "scale").on(counting);
        optimizer.build(List.of(w));
        optimizer.variables().forEach(TensorVariable::value);
        assertThat(counting.open()).isEqualTo(optimizer.variables().size());
        optimizer.close();
        assertThat(counting.open()).isZero();
    }

    @Test
    final void a_dynamic_scale_warns_whoever_listens() {
        List<String> warnings = new ArrayList<>();
        try (Optimizer<T> optimizer = new LossScale(new RMSprop(0.1), 8, 2, "scale").on(backend())) {
            optimizer.onWarning(warnings::add);
            optimizer.loadOwnVariables(new OptimizerState(List.of()));
            optimizer.apply(Arrays.asList(null, three(1, 1, 1)), List.of(variable("v", SCALAR, i -> 0), w));
            assertThat(warnings)
                    .satisfiesExactly(
                            warning -> assertThat(warning).contains("'scale'", "it has 4 variables"),
                            warning -> assertThat(warning).contains("[v]"));
        }
    }

    @Test
    final void a_rule_that_fails_in_a_first_step_leaves_a_dynamic_scale_unbuilt() {
        CountingBackend<T> counting = new CountingBackend<>(backend(), Integer.MAX_VALUE);
        Settings inner = descend()
                .learningRate(() -> {
                    throw new IllegalStateException("no rate");
                })
                .useEma(true)
                .build();
        try (Optimizer<T> optimizer = new LossScale(inner, 8, 2, "scale").on(counting)) {
            assertThatThrownBy(() -> optimizer.apply(List.of(three(1, 1, 1)), List.of(w)))
                    .hasMessage("no rate");
            assertThat(optimizer.built()).isFalse();
            assertThat(optimizer.variables()).hasSize(3);
            assertThat(counting.open()).isZero();
            optimizer.setLearningRate(() -> 0.5);
            optimizer.apply(List.of(three(8, 8, 8)), List.of(w));
            assertValues(w, 0.5, 1.5, 2.5);
        }
    }

    @Test
    final void a_constraint_that_does_not_fit_is_refused_before_any_step() {
        TensorVariable<T> c = constrained(new UnitNorm(1));
        try (Optimizer<T> optimizer = descend().build().on(backend())) {
            for (Runnable call : List.<Runnable>of(
                    () -> optimizer.build(List.of(w, c)), () -> optimizer.apply(List.of(three(0, 0, 0)), List.of(c)))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("The constraint of the variable c does not fit")
                        .hasMessageContaining("(3,)");
                assertThat(optimizer.built()).isFalse();
            }
        }
    }

    private record Slotted(List<Slot> slots, List<List<Slot>> blocks) implements UpdateRule {
        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
        }
    }

    @Test
    final void a_rules_slots_have_names_of_their_own_and_stand_in_their_blocks_in_order() {
        Slot a = new Slot("a", 0);
        Slot b = new Slot("b", 0);
        Slot reserved = new Slot("base.average", 0);
        for (Slotted rule : List.of(
                new Slotted(List.of(a, a), List.of(List.of(a, a))),
                new Slotted(List.of(reserved), List.of(List.of(reserved))))) {
            assertRefused(rule, "twice");
        }
        for (Slotted rule : List.of(
                new Slotted(List.of(a, b), List.of(List.of(a))),
                new Slotted(List.of(a, b), List.of(List.of(b), List.of(a))),
                new Slotted(List.of(a), List.of(List.of(a), List.of(b))))) {
            assertRefused(rule, "blocks()");
        }
        Slot average = new Slot("average", 3);
        try (Optimizer<T> optimizer = Settings.of(new Slotted(List.of(average), List.of(List.of(average))))
                .name("averaging")
                .learningRate(1)
                .useEma(true)
                .build()
                .on(backend())) {
            optimizer.apply(List.of(three(1, 1, 1)), List.of(w));
            assertValues(optimizer.variables().get(2), 0, 1, 2);
            assertValues(optimizer.variables().get(3), 3, 3, 3);
        }
    }

    private void assertRefused(UpdateRule rule, String message) {
        try (Optimizer<T> optimizer = Settings.of(rule).learningRate(1).build().on(backend())) {
            assertThatThrownBy(() -> optimizer.build(List.of(w)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Slotted")
                    .hasMessageContaining(message);
            assertThat(optimizer.variables()).hasSize(2);
        }
    }

    @Test
    final void a_callable_is_not_asked_where_nothing_is_updated() {
        AtomicInteger calls = new AtomicInteger();
        TensorVariable<T> amax = flagged("amax", 7);
        Settings settings = descend()
                .learningRate(() -> calls.incrementAndGet())
                .gradientAccumulationSteps(2)
                .build();
        try (Optimizer<T> optimizer = quiet(settings)) {
            optimizer.build(List.of(w, amax));
            optimizer.apply(List.of(three(1, 1, 1), three(1)));
            optimizer.apply(Arrays.asList(null, three(2)));
            assertValues(amax, 2);
            assertThat(calls).hasValue(0);
        }
    }

    @Test
    final void an_optimizer_does_not_train_its_own_state() {
        try (Optimizer<T> optimizer = descend().build().on(backend())) {
            TensorVariable<T> added = optimizer.addVariable(THREE, dtype(), 0, "added");
            assertThatThrownBy(() -> optimizer.build(List.of(w, added)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("descend/added is the optimizer's own");
            assertThatThrownBy(() -> optimizer.apply(List.of(three(1, 1, 1)), List.of(added)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(optimizer.built()).isFalse();
        }
    }

    @Test
    final void a_loss_gives_a_gradient_for_each_variable() {
        try (Optimizer<T> optimizer = descend().build().on(backend())) {
            assertThatThrownBy(() ->
                            optimizer.minimize((variables, scale) -> new Loss.Evaluation<>(1, List.of()), List.of(w)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0 gradients, 1 variables");
            assertThat(optimizer.built()).isFalse();
        }
    }

    @Test
    final void a_number_gives_way_to_a_callable() {
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.setLearningRate(() -> 0.75);
            assertThat(optimizer.variables()).extracting(TensorVariable::name).containsExactly("iteration");
        }
    }

    @Test
    final void a_frequency_without_averages_and_a_flagged_variable_are_left_alone_by_overwriting() {
        TensorVariable<T> amax = flagged("amax", 7);
        try (Optimizer<T> optimizer = quiet(descend().emaOverwriteFrequency(1).build())) {
            optimizer.apply(List.of(three(2, 2, 2)), List.of(w));
            assertValues(w, 0, 1, 2);
        }
        try (Optimizer<T> optimizer =
                quiet(descend().useEma(true).emaOverwriteFrequency(1).build())) {
            optimizer.build(List.of(w, amax));
            optimizer.apply(Arrays.asList(three(2, 2, 2), null));
            assertValues(w, -1, 0, 1);
            optimizer.finalizeVariableValues(List.of(w, amax));
            assertValues(amax, 7);
        }
    }

    @Test
    final void averages_do_not_go_into_variables_of_another_dtype_or_of_nobody() {
        DType other = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        TensorVariable<T> wide = backend().wrap(backend().tensor(HostTensor.filled(other, THREE, 5)), "wide");
        try (Optimizer<T> optimizer = quiet(descend().useEma(true).build())) {
            optimizer.build(List.of(w));
            assertThatThrownBy(() -> optimizer.finalizeVariableValues(List.of(wide)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("wide, " + other);
            TensorVariable<T> rate = optimizer.variables().get(1);
            assertThatThrownBy(() -> optimizer.finalizeVariableValues(List.of(rate)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("descend/learning_rate");
            assertThatThrownBy(() -> optimizer.finalizeVariableValues(Arrays.asList((TensorVariable<T>) null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("variable is null");
        }
    }

    @Test
    final void a_stateless_step_checks_each_value_and_warns() {
        List<String> warnings = new ArrayList<>();
        TensorVariable<T> v = variable("v", SCALAR, i -> 1);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.onWarning(warnings::add);
            optimizer.build(List.of(w, v));
            List<T> state = copies(optimizer.variables());
            List<T> weights = copies(List.of(w, v));
            List<T> wrong = List.of(weights.get(0), three(1));
            assertThatThrownBy(() -> optimizer.statelessApply(state, List.of(), wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("v has the shape ()");
            assertThatThrownBy(() -> optimizer.statelessApply(state, null, weights))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("gradients is null");
            optimizer.statelessApply(state, Arrays.asList(three(1, 1, 1), null), weights);
            assertThat(warnings).singleElement().asString().contains("[v]");
        }
    }

    // ---- minimize

    /** x²/2 by hand; its gradient is x. */
    private final class HalfSquare implements Loss<T> {
        @Override
        public Evaluation<T> evaluate(List<TensorVariable<T>> variables, double scale) {
            HostTensor x = values(variables.get(0));
            return new Evaluation<>(x.get(0) * x.get(0) / 2, List.of(tensor(SCALAR, i -> scale * x.get(0))));
        }
    }

    @Test
    final void minimize_scales_the_loss_and_takes_the_scale_out_again() {
        for (Settings settings : List.of(
                descend().build(),
                descend().lossScaleFactor(16.0).build(),
                new LossScale(descend().build(), 16, 2, "scale"))) {
            TensorVariable<T> x = variable("x", SCALAR, i -> 10);
            try (Optimizer<T> optimizer = quiet(settings)) {
                assertThat(optimizer.minimize(new HalfSquare(), List.of(x))).isEqualTo(50);
                assertValues(x, 5);
            }
        }
    }

    @Test
    final void minimize_takes_the_step_of_the_documented_example() {
        for (Settings settings : List.of(
                new RMSprop(0.1),
                RMSprop.builder().learningRate(0.1).lossScaleFactor(16.0).build(),
                new LossScale(new RMSprop(0.1)))) {
            TensorVariable<T> x = variable("x", SCALAR, i -> 10);
            try (Optimizer<T> optimizer = quiet(settings)) {
                assertThat(optimizer.minimize(new HalfSquare(), List.of(x))).isEqualTo(50);
                assertThat(values(x).get(0)).isCloseTo(9.683772, within(5e-7));
                assertThat(optimizer.iterations()).isEqualTo(1);
            }
        }
    }
}
