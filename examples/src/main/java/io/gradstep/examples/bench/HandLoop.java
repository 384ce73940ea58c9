package io.gradstep.examples.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The step as a loop written by hand: {@link HandLoops}. */
public class HandLoop extends StepBenchmark {
    /** Which loop. */
    @Param({"plain", "everything"})
    public StepSettings settings;

    private HandLoops loops;

    /** For JMH. */
    public HandLoop() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        HostArrays arrays = HostArrays.of(settings, RandomTensors.weights(model()), RandomTensors.gradients(model()));
        loops = new HandLoops(settings, arrays, threads);
    }

    /** A step. */
    @Benchmark
    public void step() {
        loops.step();
    }
}
