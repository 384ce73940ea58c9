package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.constraint.NonNeg;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.GradientAndVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An optimizer keeps what it has prepared for a step as long as steps are alike. Here they are alike mostly: nobody
 * may notice that it keeps anything.
 *
 * @param <T> the tensor type
 */
public abstract class RepeatedStepsTck<T> extends BaseOptimizerTck<T> {
    private static final int STEPS = 24;
    private static final Shape THREE = Shape.of(3);
    private static final List<Shape> SHAPES = List.of(Shape.of(2, 3), THREE, Shape.of(2), THREE);

    /** For subclasses. */
    protected RepeatedStepsTck() {}

    private static RMSprop.Builder descent() {
        return RMSprop.builder()
                .name("rmsprop")
                .learningRate(0.125)
                .momentum(0.5)
                .weightDecay(0.25)
                .useEma(true)
                .emaMomentum(0.75);
    }

    // ---- against an optimizer that cannot keep anything

    static Stream<Arguments> rows() {
        List<Settings> settings = List.of(
                descent().globalClipnorm(0.5).emaOverwriteFrequency(3).build(),
                descent().clipnorm(0.5).gradientAccumulationSteps(2).build(),
                descent()
                        .globalClipnorm(0.5)
                        .gradientAccumulationSteps(3)
                        .emaOverwriteFrequency(2)
                        .build(),
                new LossScale(descent().globalClipnorm(0.5).build(), 8, 3, "scale"));
        return IntStream.range(0, settings.size())
                .boxed()
                .flatMap(row -> IntStream.range(0, 4).mapToObj(seed -> Arguments.of(settings.get(row), seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("rows")
    final void steps_are_those_of_a_new_optimizer_each_time(Settings settings, int seed) {
        Random random = new Random(seed);
        List<TensorVariable<T>> model = model();
        List<TensorVariable<T>> twins = model();
        Call call = new Call(List.of(0, 1, 2, 3), List.of(), "", false);
        try (Optimizer<T> optimizer = settings.on(backend())) {
            optimizer.build(model);
            OptimizerState state = optimizer.saveOwnVariables();
            for (int step = 0; step < STEPS; step++) {
                String spared = call.spared();
                call = random.nextInt(4) == 0 ? randomCall(random) : call.changedALittle(random);
                if (!call.spared().equals(spared)) {
                    call.exclude(optimizer);
                }
                List<T> gradients = gradients(random);
                List<String> warnings = call.make(optimizer, model, gradients, this);
                try (Optimizer<T> forgetful = settings.on(backend())) {
                    forgetful.build(twins);
                    forgetful.loadOwnVariables(state);
                    call.exclude(forgetful);
                    assertThat(warnings).isEqualTo(call.make(forgetful, twins, gradients, this));
                    state = forgetful.saveOwnVariables();
                }
                assertSame("after step " + step + ", " + call, twins, model);
                assertSame("after step " + step + ", " + call, state, optimizer.saveOwnVariables());
            }
        }
    }

    /**
     * A step.
     *
     * @param order which variables, in which order
     * @param missing which of them have no gradient
     * @param spared the pattern of variables without decay; empty for none
     * @param inPairs whether it is made by {@code applyGradients}
     */
    private record Call(List<Integer> order, List<Integer> missing, String spared, boolean inPairs) {
        /** One thing is different, or nothing. */
        Call changedALittle(Random random) {
            Call other = randomCall(random);
            return switch (random.nextInt(8)) {
                case 0 -> new Call(other.order, missing, spared, inPairs).orIfNothingIsLeft(this);
                case 1 -> new Call(order, other.missing, spared, inPairs).orIfNothingIsLeft(this);
                case 2 -> new Call(order, missing, other.spared, inPairs);
                case 3 -> new Call(order, missing, spared, !inPairs);
                default -> this;
            };
        }

        private Call orIfNothingIsLeft(Call other) {
            return missing.containsAll(order) ? other : this;
        }

        void exclude(Optimizer<?> optimizer) {
            optimizer.excludeFromWeightDecay(List.of(), spared.isEmpty() ? List.of() : List.of(spared));
        }

        <V> List<String> make(
                Optimizer<V> optimizer, List<TensorVariable<V>> model, List<V> gradients, RepeatedStepsTck<V> kit) {
            List<String> warnings = new ArrayList<>();
            optimizer.onWarning(warnings::add);
            List<GradientAndVariable<V>> pairs = order.stream()
                    .map(i -> new GradientAndVariable<>(missing.contains(i) ? null : gradients.get(i), model.get(i)))
                    .toList();
            kit.step(optimizer, pairs, inPairs);
            return warnings;
        }
    }

    private static Call randomCall(Random random) {
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
        if (random.nextBoolean()) {
            Collections.shuffle(order, random);
        }
        int count = random.nextBoolean() ? order.size() : 2 + random.nextInt(2);
        List<Integer> missing = random.nextBoolean() ? List.of() : List.of(order.get(random.nextInt(2)));
        String spared = List.of("", "kernel", "bias").get(random.nextInt(3));
        return new Call(List.copyOf(order.subList(0, count)), missing, spared, random.nextInt(4) == 0);
    }

    private void step(Optimizer<T> optimizer, List<GradientAndVariable<T>> pairs, boolean inPairs) {
        List<T> gradients = new ArrayList<>();
        pairs.forEach(pair -> gradients.add(pair.gradient()));
        List<TensorVariable<T>> variables =
                pairs.stream().map(GradientAndVariable::variable).toList();
        if (inPairs) {
            optimizer.applyGradients(pairs);
        } else {
            optimizer.apply(gradients, variables);
        }
    }

    private List<TensorVariable<T>> model() {
        List<VariableInfo> infos = List.of(
                VariableInfo.of("dense/kernel"),
                VariableInfo.of("dense/bias").constrainedBy(new NonNeg()),
                VariableInfo.of("amax").overwrittenWithGradient(),
                VariableInfo.of("norm/bias"));
        return IntStream.range(0, SHAPES.size())
                .mapToObj(i -> backend().wrap(tensor(SHAPES.get(i), place -> 1 + i + 0.5 * place), infos.get(i)))
                .toList();
    }

    private List<T> gradients(Random random) {
        return SHAPES.stream()
                .map(shape -> tensor(shape, i -> random.nextGaussian()))
                .toList();
    }

    private void assertSame(String when, List<TensorVariable<T>> expected, List<TensorVariable<T>> actual) {
        for (int i = 0; i < expected.size(); i++) {
            HostTensor wanted = values(expected.get(i));
            Bits.assertEqual(when + ": " + expected.get(i).path(), wanted, values(actual.get(i)), Allowance.NONE);
        }
    }

    private static void assertSame(String when, OptimizerState expected, OptimizerState actual) {
        assertThat(actual.arrays()).hasSameSizeAs(expected.arrays());
        for (int i = 0; i < expected.arrays().size(); i++) {
            Bits.assertEqual(
                    when + ": " + expected.arrays().get(i).name(),
                    expected.arrays().get(i).values(),
                    actual.arrays().get(i).values(),
                    Allowance.NONE);
        }
    }

    // ---- what is refused in a first step is refused in a later one

    private final class Pair {
        final TensorVariable<T> first = variable("first", THREE, i -> 1);
        final TensorVariable<T> second = variable("second", THREE, i -> 2);
        final T gradient = tensor(THREE, i -> 1);

        List<TensorVariable<T>> variables() {
            return List.of(first, second);
        }

        List<T> gradients() {
            return List.of(gradient, gradient);
        }
    }

    @Test
    final void a_variable_that_was_closed_between_two_steps_is_found_before_anything_is_written() {
        Pair pair = new Pair();
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.apply(pair.gradients(), pair.variables());
            HostTensor before = values(pair.first);
            OptimizerState state = optimizer.saveOwnVariables();
            pair.second.close();
            for (Runnable call : List.<Runnable>of(
                    () -> optimizer.apply(pair.gradients()),
                    () -> optimizer.apply(pair.gradients(), pair.variables()),
                    // It is the variable that is looked at first.
                    () -> optimizer.apply(List.of(pair.gradient, tensor(SHAPES.get(0), i -> 1))))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("The variable second is closed");
            }
            Bits.assertEqual("first", before, values(pair.first), Allowance.NONE);
            assertSame("after refusals", state, optimizer.saveOwnVariables());
        }
    }

    @Test
    final void a_gradient_that_does_not_fit_is_refused_in_a_later_step_too() {
        Pair pair = new Pair();
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.apply(pair.gradients(), pair.variables());
            HostTensor before = values(pair.first);
            assertThatThrownBy(() -> optimizer.apply(List.of(pair.gradient, tensor(SHAPES.get(0), i -> 1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The gradient of second must be", "(3,)", "(2, 3)");
            assertThatThrownBy(() -> optimizer.apply(List.of(pair.gradient)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Received: 1 gradients, 2 variables");
            assertThatThrownBy(() -> optimizer.apply(Arrays.asList(null, null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Received null for all of [first, second]");
            Bits.assertEqual("first", before, values(pair.first), Allowance.NONE);
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void variables_that_replace_others_in_a_later_step_are_refused_as_in_a_first_one() {
        Pair pair = new Pair();
        TensorVariable<T> stranger = variable("stranger", THREE, i -> 3);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            List<TensorVariable<T>> list = new ArrayList<>(pair.variables());
            optimizer.apply(pair.gradients(), list);
            // The same list, with something else in it.
            list.set(1, stranger);
            assertThatThrownBy(() -> optimizer.apply(pair.gradients(), list))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Unknown variable: stranger");
            list.set(1, pair.first);
            assertThatThrownBy(() -> optimizer.apply(pair.gradients(), list))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The variable first stands twice");
            assertThatThrownBy(() -> optimizer.apply(pair.gradients(), null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("The list of variables is null");
            assertThat(optimizer.iterations()).isEqualTo(1);
        }
    }

    @Test
    final void weight_decay_follows_the_exclusion_of_the_present_step() {
        Pair pair = new Pair();
        T zero = tensor(THREE, i -> 0);
        RMSprop settings = RMSprop.builder().weightDecay(0.5).learningRate(1).build();
        try (Optimizer<T> optimizer = settings.on(backend())) {
            optimizer.apply(List.of(zero, zero), pair.variables());
            optimizer.excludeFromWeightDecay(List.of(pair.first), List.of());
            optimizer.apply(List.of(zero, zero), pair.variables());
            optimizer.excludeFromWeightDecay(List.of(), List.of("second"));
            optimizer.apply(List.of(zero, zero), pair.variables());
        }
        Bits.assertEqual("first", host(THREE, i -> 0.25), values(pair.first), Allowance.NONE);
        Bits.assertEqual("second", host(THREE, i -> 0.5), values(pair.second), Allowance.NONE);
    }

    // ---- how they are run

    static Stream<Settings> plainAndDynamic() {
        return Stream.of(descent().build(), new LossScale(descent().build(), 8, 2, "scale"));
    }

    @ParameterizedTest
    @MethodSource("plainAndDynamic")
    final void an_optimizer_says_how_the_steps_on_each_variable_are_run(Settings settings) {
        List<TensorVariable<T>> model = model();
        try (Optimizer<T> optimizer = settings.on(backend())) {
            assertThatThrownBy(optimizer::execution)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is not built");
            optimizer.build(model);
            assertThat(optimizer.execution().entrySet())
                    .containsExactlyElementsOf(model.stream()
                            .map(variable ->
                                    Map.entry(variable.path(), backend().execution(variable)))
                            .toList());
        }
    }
}
