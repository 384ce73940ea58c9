package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arrays of an optimizer, each with the parameter that it belongs to, for another optimizer of the same settings to
 * take those of its own parameters. Names alone would not do: {@code a/b} and {@code a_b} have state of one name.
 */
final class ModelState {
    private final Map<Key, NamedArray> arrays = new HashMap<>();

    /**
     * Which array it is.
     *
     * @param parameter the path of the parameter; null if it belongs to none
     * @param array the path of the array itself
     */
    private record Key(String parameter, String array) {}

    /** What an optimizer has, copied. */
    static ModelState of(Optimizer<NDArray> optimizer, ModelBackend backend) {
        ModelState state = new ModelState();
        state.addMissing(optimizer, backend);
        return state;
    }

    /** Adds what another optimizer has and this does not. */
    void addMissing(Optimizer<NDArray> optimizer, ModelBackend backend) {
        List<NamedArray> saved = optimizer.saveOwnVariables().arrays();
        List<TensorVariable<NDArray>> variables = optimizer.variables();
        for (int i = 0; i < saved.size(); i++) {
            arrays.putIfAbsent(key(variables.get(i), backend), saved.get(i));
        }
    }

    private static Key key(TensorVariable<NDArray> variable, ModelBackend backend) {
        return new Key(backend.ownerOf(variable), variable.path());
    }

    /** The state that an optimizer has, but where this has an array of the same shape. */
    OptimizerState over(Optimizer<NDArray> optimizer, ModelBackend backend) {
        List<NamedArray> merged = new ArrayList<>(optimizer.saveOwnVariables().arrays());
        List<TensorVariable<NDArray>> variables = optimizer.variables();
        for (int i = 0; i < merged.size(); i++) {
            NamedArray ours = arrays.get(key(variables.get(i), backend));
            if (ours != null && ours.values().shape().equals(variables.get(i).shape())) {
                merged.set(i, ours);
            }
        }
        return new OptimizerState(merged);
    }
}
