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

/** DJL's own Adam. DJL zeroes the gradient in the same call. */
final class DjlAdamStep implements PreparedWork {
    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> gradients = new ArrayList<>();
    private final List<NDArray> originals = new ArrayList<>();
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final Adam adam = Optimizer.adam()
            .optLearningRateTracker(Tracker.fixed((float) StepSettings.LEARNING_RATE))
            .build();

    DjlAdamStep(List<HostTensor> weights, List<HostTensor> gradients) {
        weights.forEach(tensor -> this.weights.add(array(tensor)));
        gradients.forEach(tensor -> {
            originals.add(array(tensor));
            this.gradients.add(array(tensor));
        });
    }

    private NDArray array(HostTensor tensor) {
        return manager.create(tensor.floats(), new Shape(tensor.length()));
    }

    /** Puts back the gradients. */
    @Override
    public void prepare() {
        for (int i = 0; i < gradients.size(); i++) {
            gradients.get(i).muli(0).addi(originals.get(i));
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < weights.size(); i++) {
            adam.update("weight_" + i, weights.get(i), gradients.get(i));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
