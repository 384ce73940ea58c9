package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.gradstep.ops.Backend;
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
import io.gradstep.optim.GradientAndVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.ExponentialDecay;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Random calls to an optimizer. The good ones are made to a second optimizer too, which never sees a bad one: after
 * each call both must be the same in everything that can be asked of them.
 */
final class RandomCalls<T> {
    private static final int CALLS = 60;
    private static final Shape KERNEL = Shape.of(2, 3);
    private static final Shape BIAS = Shape.of(3);
    private static final Shape SCALE = Shape.of(2);

    private final Backend<T> backend;
    private final DType dtype;
    private final Random random;
    private final AtomicBoolean broken = new AtomicBoolean();
    private final Side subject;
    private final Side witness;

    /** An optimizer with the variables that it trains. */
    private final class Side {
        private final List<TensorVariable<T>> model = new ArrayList<>();
        private final Optimizer<T> optimizer;

        Side(Settings settings) {
            model.add(variable(VariableInfo.of("dense/kernel"), KERNEL));
            model.add(variable(
                    VariableInfo.of("dense/bias").constrainedBy(values -> {
                        values.set(0, Math.abs(values.get(0)));
                        throwIfBroken();
                    }),
                    BIAS));
            model.add(variable(VariableInfo.of("amax").overwrittenWithGradient(), SCALE));
            optimizer = settings.on(backend);
            optimizer.onWarning(warning -> {});
        }
    }

    private void throwIfBroken() {
        if (broken.get()) {
            throw new IllegalStateException("broken");
        }
    }

    /** Descends, with a number per step that can fail. */
    private record Fragile(AtomicBoolean broken) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("sum", 0));
        }

        @Override
        public double input(String name, long iteration, DType dtype) {
            if (broken.get()) {
                throw new IllegalStateException("broken");
            }
            return 1.0 / (iteration + 1);
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assignAdd(slots.slot("sum"), slots.gradient());
            V rate = ops.multiply(slots.learningRate(), slots.input("decay"));
            ops.assignSub(slots.variable(), ops.multiply(rate, ops.read(slots.slot("sum"))));
        }
    }

    RandomCalls(Backend<T> backend, DType dtype, long seed) {
        this.backend = backend;
        this.dtype = dtype;
        this.random = new Random(seed);
        Settings settings = settings(seed);
        this.subject = new Side(settings);
        this.witness = new Side(settings);
    }

    private Settings settings(long seed) {
        if (seed % 3 != 0) {
            return RandomScenario.settings(seed);
        }
        Settings fragile = Settings.of(new Fragile(broken))
                .name("fragile")
                .learningRate(0.1)
                .useEma(true)
                .weightDecay(0.1)
                .gradientAccumulationSteps(seed % 2 == 0 ? 2 : null)
                .build();
        return seed % 4 == 0 ? new LossScale(fragile, 8, 2, "scale") : fragile;
    }

    void run() {
        try {
            for (int call = 0; call < CALLS; call++) {
                if (random.nextInt(3) == 0) {
                    good();
                } else {
                    bad(call);
                }
                compare(call);
            }
        } finally {
            subject.optimizer.close();
            witness.optimizer.close();
        }
    }

    // ---- the calls

    private void good() {
        List<Consumer<Side>> calls = new ArrayList<>();
        List<T> gradients = List.of(tensor(KERNEL), tensor(BIAS), tensor(SCALE));
        calls.add(side -> side.optimizer.build(side.model));
        calls.add(side -> side.optimizer.apply(gradients, side.model));
        calls.add(side -> side.optimizer.apply(Arrays.asList(null, gradients.get(1), null), side.model));
        int count = random.nextInt(10);
        calls.add(side -> side.optimizer.setRawIteration(count));
        calls.add(side -> side.optimizer.excludeFromWeightDecay(List.of(), List.of("bias")));
        calls.add(side -> side.optimizer.assign(side.model.get(1), gradients.get(1)));
        calls.add(side -> side.optimizer.loadOwnVariables(side.optimizer.saveOwnVariables()));
        if (subject.optimizer.built()) {
            calls.add(side -> side.optimizer.updateStep(gradients.get(0), side.model.get(0), 0.25));
            calls.add(side -> side.optimizer.finalizeVariableValues(side.model));
            calls.add(side -> side.optimizer.apply(
                    List.of(gradients.get(2), gradients.get(0)), List.of(side.model.get(2), side.model.get(0))));
        }
        calls.add(side -> side.optimizer.setLearningRate(new ExponentialDecay(0.25, 2, 0.5)));
        Consumer<Side> chosen = calls.get(random.nextInt(calls.size()));
        chosen.accept(subject);
        chosen.accept(witness);
    }

    private void bad(int call) {
        List<Runnable> calls = badCalls(subject.optimizer, subject.model);
        int chosen = random.nextInt(calls.size());
        try {
            calls.get(chosen).run();
        } catch (IllegalArgumentException | IllegalStateException | NullPointerException e) {
            assertThat(e.getMessage()).as("call %d, bad call %d", call, chosen).isNotBlank();
            return;
        } finally {
            broken.set(false);
        }
        fail("call %d: bad call %d was not refused", call, chosen);
    }

    private List<Runnable> badCalls(Optimizer<T> optimizer, List<TensorVariable<T>> model) {
        T kernel = tensor(KERNEL);
        T bias = tensor(BIAS);
        T amax = tensor(SCALE);
        T turned = tensor(Shape.of(3, 2));
        T otherDtype =
                backend.tensor(HostTensor.filled(dtype == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32, KERNEL, 1));
        TensorVariable<T> stranger = backend.wrap(tensor(BIAS), "stranger");
        List<T> good = List.of(kernel, bias, amax);
        List<Runnable> calls = new ArrayList<>(List.of(
                () -> optimizer.apply(List.of(kernel, bias), model),
                () -> optimizer.apply(List.of(turned, bias, amax), model),
                () -> optimizer.apply(List.of(otherDtype, bias, amax), model),
                () -> optimizer.apply(Arrays.asList(null, null, null), model),
                () -> optimizer.apply(List.of(kernel, kernel), List.of(model.get(0), model.get(0))),
                () -> optimizer.apply(List.of(kernel), Arrays.asList((TensorVariable<T>) null)),
                () -> optimizer.apply(null, model),
                () -> optimizer.apply(good, null),
                () -> optimizer.applyGradients(List.of()),
                () -> optimizer.applyGradients(Arrays.asList((GradientAndVariable<T>) null)),
                () -> optimizer.updateStep(null, model.get(0), 1),
                () -> optimizer.updateStep(turned, model.get(0), 1),
                () -> optimizer.updateStep(amax, model.get(2), 1),
                () -> optimizer.statelessApply(List.of(), good, List.of()),
                () -> optimizer.setLearningRate((LearningRateSchedule) null),
                () -> optimizer.setRawIteration(1L << 40),
                () -> optimizer.excludeFromWeightDecay(List.of(), List.of("(")),
                () -> optimizer.excludeFromWeightDecay(null, List.of("kernel")),
                () -> optimizer.addVariable(BIAS, dtype, 0, "a/b"),
                () -> optimizer.addVariableFromReference(null, "a", 0),
                () -> optimizer.addOptimizerVariables(model, List.of("good", "a/b"), List.of(0.0, 0.0)),
                () -> optimizer.assign(model.get(0), turned),
                () -> optimizer.assignAdd(model.get(0), null),
                () -> optimizer.onWarning(null),
                () -> optimizer.loadOwnVariables(null),
                () -> optimizer.loadOwnVariables(turnedState(optimizer)),
                () -> optimizer.setWeights(Arrays.asList((T) null)),
                () -> optimizer.setWeights(List.of(bias)),
                () -> optimizer.minimize(new BrokenLoss(), model),
                () -> optimizer.minimize((variables, scale) -> new Loss.Evaluation<>(1, List.of(turned)), model),
                // The constraint throws when all else is done.
                () -> whileBroken(() -> optimizer.apply(good, model))));
        if (optimizer.built()) {
            calls.add(() -> optimizer.apply(List.of(bias), List.of(stranger)));
            calls.add(() -> optimizer.updateStep(bias, stranger, 1));
            calls.add(() -> optimizer.apply(good.subList(0, 2)));
            calls.add(() -> optimizer.statelessApply(
                    optimizer.variables().stream().map(TensorVariable::value).toList(),
                    List.of(turned, bias, amax),
                    model.stream().map(TensorVariable::value).toList()));
        } else {
            calls.add(() -> optimizer.build(List.of(model.get(0), model.get(0))));
            calls.add(() -> optimizer.build(null));
            calls.add(() -> optimizer.apply(good));
            calls.add(() -> optimizer.setWeights(List.of()));
        }
        return calls;
    }

    private void whileBroken(Runnable call) {
        broken.set(true);
        call.run();
    }

    /** Good up to the last array, which has another shape. */
    private OptimizerState turnedState(Optimizer<T> optimizer) {
        List<NamedArray> arrays = new ArrayList<>();
        for (NamedArray array : optimizer.saveOwnVariables().arrays()) {
            arrays.add(new NamedArray(
                    array.name(),
                    HostTensor.filled(array.values().dtype(), array.values().shape(), 3)));
        }
        arrays.set(arrays.size() - 1, new NamedArray("turned", HostTensor.filled(dtype, Shape.of(3, 2), 1)));
        return new OptimizerState(arrays);
    }

    private final class BrokenLoss implements Loss<T> {
        @Override
        public Evaluation<T> evaluate(List<TensorVariable<T>> variables, double scale) {
            throw new IllegalStateException("broken");
        }
    }

    // ---- the comparison

    private void compare(int call) {
        Optimizer<T> actual = subject.optimizer;
        Optimizer<T> expected = witness.optimizer;
        assertThat(actual.built()).isEqualTo(expected.built());
        assertThat(actual.rawIteration()).isEqualTo(expected.rawIteration());
        assertThat(actual.iterations()).isEqualTo(expected.iterations());
        assertThat(Double.valueOf(actual.learningRate())).isEqualTo(expected.learningRate());
        assertThat(Double.valueOf(actual.scaleLoss(1))).isEqualTo(expected.scaleLoss(1));
        assertThat(actual.getConfig()).isEqualTo(expected.getConfig());
        assertThat(actual.variables())
                .extracting(TensorVariable::path)
                .containsExactlyElementsOf(
                        expected.variables().stream().map(TensorVariable::path).toList());
        List<HostTensor> wanted = values(witness);
        List<HostTensor> found = values(subject);
        for (int i = 0; i < wanted.size(); i++) {
            Bits.assertEqual("after call " + call + ", tensor " + i, wanted.get(i), found.get(i), Allowance.NONE);
        }
    }

    private List<HostTensor> values(Side side) {
        return Stream.concat(side.model.stream(), side.optimizer.variables().stream())
                .map(variable -> backend.read(variable.value()))
                .toList();
    }

    // ---- tensors

    private TensorVariable<T> variable(VariableInfo info, Shape shape) {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, 0.5 - i);
        }
        return backend.wrap(backend.tensor(values), info);
    }

    private T tensor(Shape shape) {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextGaussian());
        }
        return backend.tensor(values);
    }
}
