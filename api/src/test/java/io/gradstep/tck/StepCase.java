package io.gradstep.tck;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.optim.SettingsBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Settings on which all ways to run a step must give the same bits. */
@SuppressWarnings("ImmutableEnumChecker") // settings are immutable
public enum StepCase {
    /** The rule alone. */
    PLAIN(new RMSprop(0.01)),
    /** The rule alone. */
    MOMENTUM(RMSprop.builder().learningRate(0.01).momentum(0.9).build()),
    /** The rule alone. */
    CENTERED_WITH_MOMENTUM(RMSprop.builder()
            .learningRate(0.01)
            .momentum(0.7)
            .centered(true)
            .epsilon(1e-3)
            .build()),
    /** Bounds that are no zeros. */
    CLIPVALUE(RMSprop.builder().learningRate(0.01).clipvalue(0.5).build()),
    /** In float32 the bounds are two zeros. */
    CLIPVALUE_THAT_ROUNDS_TO_ZERO(
            RMSprop.builder().learningRate(0.01).clipvalue(1e-50).build()),
    /** Norms of each gradient. */
    EVERYTHING_BY_NORM(everything(RMSprop.builder().momentum(0.9).centered(true).clipnorm(3))
            .build()),
    /** One norm of all gradients. */
    EVERYTHING_BY_GLOBAL_NORM(
            everything(RMSprop.builder().momentum(0.9).centered(true).globalClipnorm(41))
                    .build()),
    /** No norms. */
    EVERYTHING_BY_VALUE(
            everything(RMSprop.builder().momentum(0.9).clipvalue(0.25)).build()),
    /** Steps with an infinite or NaN gradient are left out. */
    DYNAMIC_LOSS_SCALE(new LossScale(new RMSprop(0.01), 1024, 2, "scale")),
    /** A rule of somebody else, with a sign. */
    LION(Settings.of(new Lion(0.9, 0.99)).name("lion").learningRate(0.01).build()),
    /** A rule of somebody else, with numbers that change and a maximum. */
    ADAM(Settings.of(new Adam(0.9, 0.999, 1e-7, true))
            .name("adam")
            .learningRate(0.01)
            .build()),
    /** A rule of somebody else, with all that can stand around it. */
    EVERYTHING_AROUND_ADAM(everything(
                    Settings.of(new Adam(0.9, 0.999, 1e-7, true)).name("adam").globalClipnorm(41))
            .build());

    private final Settings settings;

    StepCase(Settings settings) {
        this.settings = settings;
    }

    private static <B extends SettingsBuilder<B>> B everything(B builder) {
        return builder.learningRate(0.01)
                .weightDecay(0.004)
                .useEma(true)
                .emaMomentum(0.9)
                .emaOverwriteFrequency(2)
                .gradientAccumulationSteps(2)
                .lossScaleFactor(3);
    }

    /**
     * Shapes of as many elements as there are in no tile, one, nearly one, a whole one, one and a bit, and several; of
     * rank 0 to 4.
     *
     * @return new shapes
     */
    public static List<Shape> shapes() {
        return Stream.of(
                        new long[] {},
                        new long[] {0},
                        new long[] {1},
                        new long[] {7},
                        new long[] {8191},
                        new long[] {8192},
                        new long[] {8193},
                        new long[] {46, 45},
                        new long[] {2, 0, 3},
                        new long[] {3, 5, 7, 40})
                .map(Shape::of)
                .toList();
    }

    /**
     * Takes steps on hard numbers, one variable of each shape. The third leaves out every other variable.
     *
     * @param <T> the tensor type
     * @param backend where
     * @param dtype of the variables
     * @param shapes of the variables
     * @param kinds of which numbers the gradients of each step are
     * @return after each step the variables, then the optimizer's variables
     */
    public <T> List<HostTensor> run(Backend<T> backend, DType dtype, List<Shape> shapes, List<HardNumbers> kinds) {
        List<TensorVariable<T>> variables = new ArrayList<>();
        for (Shape shape : shapes) {
            HostTensor values = HardNumbers.TINY.tensor(dtype, shape, variables.size());
            variables.add(backend.wrap(backend.tensor(values), "w" + variables.size()));
        }
        List<HostTensor> results = new ArrayList<>();
        try (Optimizer<T> optimizer = settings.on(backend)) {
            optimizer.onWarning(warning -> {});
            optimizer.build(variables);
            for (int step = 0; step < kinds.size(); step++) {
                List<T> gradients = new ArrayList<>();
                for (int i = 0; i < shapes.size(); i++) {
                    HostTensor values = kinds.get(step).tensor(dtype, shapes.get(i), 100L * step + i);
                    gradients.add(step == 2 && i % 2 == 1 ? null : backend.tensor(values));
                }
                optimizer.apply(gradients);
                variables.forEach(variable -> results.add(backend.read(variable)));
                optimizer.variables().forEach(variable -> results.add(backend.read(variable)));
            }
        }
        return results;
    }
}
