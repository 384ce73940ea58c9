package io.gradstep.examples.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The memory traffic of a step without the step: {@link Traffic}. */
public class Bandwidth extends StepBenchmark {
    /** Whose arrays. */
    @Param({"plain", "everything"})
    public StepSettings settings;

    private Traffic traffic;

    /** For JMH. */
    public Bandwidth() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        HostArrays arrays = HostArrays.of(settings, RandomTensors.weights(model()), RandomTensors.gradients(model()));
        traffic = new Traffic(settings, arrays, threads);
    }

    /**
     * A pass.
     *
     * @return a sum of what was read
     */
    @Benchmark
    public float pass() {
        return traffic.pass();
    }
}
