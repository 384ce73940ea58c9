package io.gradstep.examples.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * DJL's own Adam, the nearest to RMSprop that its PyTorch engine has ({@link DjlRmsProp}): another rule, which reads
 * and writes two states.
 */
public class DjlAdam extends StepBenchmark {
    /** The memory traffic that its step cannot do without: one state to read and write more than plain RMSprop. */
    public static final int BYTES_PER_PARAMETER = 28;

    private DjlAdamStep live;

    /** For JMH. */
    public DjlAdam() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        LibraryThreads.djl(threads);
        live = new DjlAdamStep(RandomTensors.weights(model()), RandomTensors.gradients(model()));
    }

    /** Puts back the gradients, outside of the time that is measured. */
    @Setup(Level.Invocation)
    public void restoreGradients() {
        live.prepare();
    }

    /** A step. */
    @Benchmark
    public void step() {
        live.run();
    }

    /** Frees the arrays. */
    @TearDown
    public void close() {
        live.close();
    }
}
