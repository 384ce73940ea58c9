package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import java.util.function.UnaryOperator;

/** Another loss, scaled where it is computed to be differentiated and as it is where it is reported. */
final class ScaledLoss extends Loss {
    private final Loss loss;
    private final UnaryOperator<NDArray> scale;

    ScaledLoss(Loss loss, UnaryOperator<NDArray> scale) {
        super(loss.getName());
        this.loss = loss;
        this.scale = scale;
    }

    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        return scale.apply(loss.evaluate(labels, predictions));
    }

    @Override
    public void addAccumulator(String key) {
        loss.addAccumulator(key);
    }

    @Override
    public void updateAccumulator(String key, NDList labels, NDList predictions) {
        loss.updateAccumulator(key, labels, predictions);
    }

    @Override
    public void updateAccumulators(String[] keys, NDList labels, NDList predictions) {
        loss.updateAccumulators(keys, labels, predictions);
    }

    @Override
    public void resetAccumulator(String key) {
        loss.resetAccumulator(key);
    }

    @Override
    public float getAccumulator(String key) {
        return loss.getAccumulator(key);
    }
}
