package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * ND4J's own plain RMSprop: its native updater, which makes the gradient an update, and the subtraction. One updater
 * for each tensor, as SameDiff has it.
 */
public class Nd4jRmsProp extends StepBenchmark {
    private final List<INDArray> weights = new ArrayList<>();
    private final List<INDArray> gradients = new ArrayList<>();
    private final List<INDArray> originals = new ArrayList<>();
    private final List<INDArray> states = new ArrayList<>();
    private final List<GradientUpdater<?>> updaters = new ArrayList<>();

    /** For JMH. */
    public Nd4jRmsProp() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        LibraryThreads.nd4j(threads);
        RandomTensors.weights(model()).forEach(tensor -> weights.add(array(tensor)));
        RandomTensors.gradients(model()).forEach(tensor -> originals.add(array(tensor)));
        RmsProp settings = new RmsProp(StepSettings.LEARNING_RATE, StepSettings.RHO, StepSettings.EPSILON);
        for (INDArray original : originals) {
            gradients.add(original.dup());
            INDArray state = Nd4j.create(1, original.length());
            states.add(state);
            updaters.add(settings.instantiate(state, true));
        }
    }

    private static INDArray array(HostTensor tensor) {
        return Nd4j.createFromArray(tensor.floats()).reshape(1, tensor.length());
    }

    /** Puts back the gradients, outside of the time that is measured: the updater has overwritten them. */
    @Setup(Level.Invocation)
    public void restoreGradients() {
        for (int i = 0; i < gradients.size(); i++) {
            gradients.get(i).assign(originals.get(i));
        }
    }

    /** A step. */
    @Benchmark
    public void step() {
        for (int i = 0; i < weights.size(); i++) {
            updaters.get(i).applyUpdater(gradients.get(i), 0, 0);
            weights.get(i).subi(gradients.get(i));
        }
    }

    /** Frees the arrays. */
    @TearDown
    public void close() {
        List.of(weights, gradients, originals, states).forEach(arrays -> {
            arrays.forEach(INDArray::close);
            arrays.clear();
        });
        updaters.clear();
    }
}
