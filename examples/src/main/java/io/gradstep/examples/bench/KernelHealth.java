package io.gradstep.examples.bench;

import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Shape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * A kernel that C2 does not vectorize is right and about as slow as the interpreter, and nothing else tells. So the
 * two are measured on one thread, on plain Java arrays that all stay in the second-level cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class KernelHealth {
    /** 64 KiB for each array, 448 KiB for the seven of everything. */
    private static final Shape SHAPE = Shape.of(16_384);

    /** What runs the step. */
    @Param({"COMPILED", "INTERPRETED"})
    public ExecutionMode executor;

    /** The optimizer. */
    @Param
    public StepSettings settings;

    private LiveStep<?> live;

    /** For JMH. */
    public KernelHealth() {}

    /** Makes tensors and optimizer. */
    @Setup
    public void open() {
        live = LiveStep.open(
                "reference",
                Options.DEFAULT.withExecution(executor).withThreads(1),
                settings,
                RandomTensors.weights(SHAPE),
                RandomTensors.gradients(SHAPE));
    }

    /** A step. */
    @Benchmark
    public void step() {
        live.run();
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        live.close();
    }
}
