package io.gradstep.examples.bench;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.Backends;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a rule costs once: from new settings to the end of the first step, tracing and compiling included, in a JVM
 * that has long been stepping other rules. Each shot has a rule that this JVM has never seen: {@link VariantRule}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 15)
public class FirstStep {
    private static final int STEPS_OF_OTHER_RULES = 5_000;

    /** The tensor library. */
    @Param("reference")
    public String backend;

    private Shots<?> shots;
    private int variant;
    private Settings settings;

    /** For JMH. */
    public FirstStep() {}

    /** Makes the tensors, and steps other rules. */
    @Setup
    public void open() {
        LibraryThreads.of(backend, 1);
        shots = shots(Backends.open(backend, Options.DEFAULT));
        for (StepSettings known : List.of(StepSettings.plain, StepSettings.centered)) {
            shots.steps(known.rmsprop(), STEPS_OF_OTHER_RULES);
        }
    }

    private static <T> Shots<T> shots(Backend<T> backend) {
        return new Shots<>(backend);
    }

    /** Makes a rule that nobody has seen. */
    @Setup(Level.Invocation)
    public void next() {
        variant++;
        settings = Settings.of(new VariantRule(variant))
                .learningRate(StepSettings.LEARNING_RATE)
                .build();
    }

    /** The first step. */
    @Benchmark
    public void newRule() {
        shots.steps(settings, 1);
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        shots.close();
    }

    /** Weights and gradients, for one optimizer after the other. */
    private static final class Shots<T> implements AutoCloseable {
        private final Backend<T> backend;
        private final List<TensorVariable<T>> weights = new ArrayList<>();
        private final List<T> gradients;

        Shots(Backend<T> backend) {
            this.backend = backend;
            for (HostTensor values : RandomTensors.weights(ModelSize.THOUSAND)) {
                weights.add(backend.wrap(backend.tensor(values), "weight_" + weights.size()));
            }
            this.gradients = RandomTensors.gradients(ModelSize.THOUSAND).stream()
                    .map(backend::tensor)
                    .toList();
        }

        void steps(Settings settings, int count) {
            try (Optimizer<T> optimizer = settings.on(backend)) {
                optimizer.build(weights);
                for (int i = 0; i < count; i++) {
                    optimizer.apply(gradients);
                }
            }
        }

        @Override
        public void close() {
            weights.forEach(TensorVariable::close);
            backend.close();
        }
    }
}
