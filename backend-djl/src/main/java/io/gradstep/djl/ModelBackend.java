package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The backend of one model, where frozen parameters stand still, and all their state. By itself an optimizer goes on
 * moving the averages of variables without a gradient, as Keras does, and sets the variables to them.
 */
final class ModelBackend extends DjlBackend {
    /** State that is gone, its optimizer closed, is forgotten. */
    private final Map<TensorVariable<NDArray>, String> owners = new WeakHashMap<>();

    private Set<TensorVariable<NDArray>> frozen = Set.of();

    ModelBackend(NDManager manager, Options options) {
        super(manager, options);
    }

    /** Lets these variables stand still, and no others. */
    void freeze(Set<TensorVariable<NDArray>> variables) {
        frozen = Set.copyOf(variables);
    }

    @Override
    public TensorVariable<NDArray> state(TensorVariable<NDArray> reference, VariableInfo info, double initial) {
        TensorVariable<NDArray> state = super.state(reference, info, initial);
        owners.put(state, reference.path());
        return state;
    }

    /** The path of the parameter that a piece of state belongs to; null if it belongs to none. */
    String ownerOf(TensorVariable<NDArray> state) {
        return owners.get(state);
    }

    @Override
    public void run(List<Update<NDArray>> updates) {
        super.run(
                frozen.isEmpty()
                        ? updates
                        : updates.stream()
                                .filter(update -> !frozen.contains(update.variable()))
                                .toList());
    }
}
