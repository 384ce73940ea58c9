package io.gradstep.examples.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time of one call in a JVM of its own: short, so that all benchmarks together end in minutes. Options of JMH
 * change what the annotations say.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public abstract class StepBenchmark {
    /** The model: {@link ModelSize}. */
    @Param({"1000", "1M", "16M", "resnet50"})
    public String size;

    /** How many threads work on one step; not JMH's threads. */
    @Param("2")
    public int threads;

    /** For JMH. */
    protected StepBenchmark() {}

    ModelSize model() {
        return ModelSize.of(size);
    }
}
