package io.gradstep.examples.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * DJL's own Adam, the nearest to RMSprop that its PyTorch engine has ({@link DjlRmsProp}): another rule, which reads
 * and writes two states. DJL zeroes the gradient in the same call.
 */
public class DjlAdam extends StepBenchmark {
    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> gradients = new ArrayList<>();
    private final List<NDArray> originals = new ArrayList<>();
    private NDManager manager;
    private Adam adam;

    /** For JMH. */
    public DjlAdam() {}

    /** Makes the arrays. */
    @Setup
    public void open() {
        LibraryThreads.djl(threads);
        manager = NDManager.newBaseManager("PyTorch");
        RandomTensors.weights(model()).forEach(tensor -> weights.add(array(tensor)));
        RandomTensors.gradients(model()).forEach(tensor -> {
            originals.add(array(tensor));
            gradients.add(array(tensor));
        });
        adam = Optimizer.adam()
                .optLearningRateTracker(Tracker.fixed((float) StepSettings.LEARNING_RATE))
                .build();
    }

    private NDArray array(HostTensor tensor) {
        return manager.create(tensor.floats(), new Shape(tensor.length()));
    }

    /** Puts back the gradients, outside of the time that is measured. */
    @Setup(Level.Invocation)
    public void restoreGradients() {
        for (int i = 0; i < gradients.size(); i++) {
            gradients.get(i).muli(0).addi(originals.get(i));
        }
    }

    /** A step. */
    @Benchmark
    public void step() {
        for (int i = 0; i < weights.size(); i++) {
            adam.update("weight_" + i, weights.get(i), gradients.get(i));
        }
    }

    /** Frees the arrays. */
    @TearDown
    public void close() {
        List.of(weights, gradients, originals).forEach(List::clear);
        manager.close();
    }
}
