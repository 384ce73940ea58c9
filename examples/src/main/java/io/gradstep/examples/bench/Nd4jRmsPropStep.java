package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.RmsProp;

/**
 * ND4J's own plain RMSprop: its native updater, which makes the gradient an update, and the subtraction. One updater
 * for each tensor, as SameDiff has it.
 */
final class Nd4jRmsPropStep implements PreparedWork {
    private final List<INDArray> weights = new ArrayList<>();
    private final List<INDArray> gradients = new ArrayList<>();
    private final List<INDArray> originals = new ArrayList<>();
    private final List<INDArray> states = new ArrayList<>();
    private final List<GradientUpdater<?>> updaters = new ArrayList<>();

    Nd4jRmsPropStep(List<HostTensor> weights, List<HostTensor> gradients) {
        weights.forEach(tensor -> this.weights.add(array(tensor)));
        gradients.forEach(tensor -> originals.add(array(tensor)));
        RmsProp settings = new RmsProp(StepSettings.LEARNING_RATE, StepSettings.RHO, StepSettings.EPSILON);
        for (INDArray original : originals) {
            this.gradients.add(original.dup());
            INDArray state = Nd4j.create(1, original.length());
            states.add(state);
            updaters.add(settings.instantiate(state, true));
        }
    }

    private static INDArray array(HostTensor tensor) {
        return Nd4j.createFromArray(tensor.floats()).reshape(1, tensor.length());
    }

    /** Puts back the gradients: the updater has overwritten them. */
    @Override
    public void prepare() {
        for (int i = 0; i < gradients.size(); i++) {
            gradients.get(i).assign(originals.get(i));
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < weights.size(); i++) {
            updaters.get(i).applyUpdater(gradients.get(i), 0, 0);
            weights.get(i).subi(gradients.get(i));
        }
    }

    @Override
    public void close() {
        List.of(weights, gradients, originals, states).forEach(arrays -> arrays.forEach(INDArray::close));
    }
}
