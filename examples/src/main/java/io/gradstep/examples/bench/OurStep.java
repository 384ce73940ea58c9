package io.gradstep.examples.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** {@code Optimizer.apply}, as a user calls it: the buffers of the tensors are fetched inside. */
public class OurStep extends StepBenchmark {
    /** The tensor library. */
    @Param({"reference", "nd4j", "djl"})
    public String backend;

    /** How operations are run: {@link StepExecution}. */
    @Param({"fused", "eager"})
    public StepExecution execution;

    /** The optimizer: {@link StepSettings}. With everything on, each step is one that ends a window. */
    @Param({"plain", "everything"})
    public StepSettings settings;

    private LiveStep<?> live;

    /** For JMH. */
    public OurStep() {}

    /** Makes tensors and optimizer. */
    @Setup
    public void open() {
        LibraryThreads.of(backend, threads);
        live = LiveStep.open(
                backend,
                execution.options().withThreads(threads),
                settings,
                RandomTensors.weights(model()),
                RandomTensors.gradients(model()));
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
