package io.gradstep.examples.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** ND4J's own plain RMSprop: {@link Nd4jRmsPropStep}. */
public class Nd4jRmsProp extends StepBenchmark {
    private Nd4jRmsPropStep live;

    /** For JMH. */
    public Nd4jRmsProp() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        LibraryThreads.nd4j(threads);
        live = new Nd4jRmsPropStep(RandomTensors.weights(model()), RandomTensors.gradients(model()));
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
