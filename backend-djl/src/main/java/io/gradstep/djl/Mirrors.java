package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of a model's parameters on the devices of a trainer. DJL adds up the gradients of a parameter and has each of
 * its copies updated, parameter by parameter: there is no moment in which all gradients are there. So each copy has an
 * optimizer of its own, which counts its own steps; what looks at all gradients at once is refused.
 */
final class Mirrors implements AutoCloseable {
    private final ModelBackend backend;
    private final LiveSettings settings;
    /** What copies begin with. */
    private final ModelState initial;

    private final Map<Place, Mirror> mirrors = new LinkedHashMap<>();

    private record Place(String path, Device device) {}

    private record Mirror(NDArray array, TensorVariable<NDArray> variable, Optimizer<NDArray> optimizer) {}

    /**
     * None yet.
     *
     * @param initial the state of the whole model
     */
    Mirrors(ModelBackend backend, LiveSettings settings, ModelState initial) {
        this.backend = backend;
        this.settings = settings;
        this.initial = initial;
    }

    static void ensurePossible(Settings settings) {
        Double limit = settings.base().globalClipnorm();
        String reason = settings instanceof LossScale
                ? "A LossScale looks at all gradients"
                : limit != null && !(limit <= 0) ? "A global norm is that of all gradients" : null;
        if (reason != null) {
            throw new IllegalStateException(
                    reason + ", but DJL updates the copies of a model on several devices, or on "
                            + "another device than its own, one parameter after the other. Train on the model's device alone: "
                            + "optDevices(new Device[] {model.getNDManager().getDevice()}); or use clipnorm, clipvalue or a loss "
                            + "scale factor. It is the same if a model was loaded after its trainer had been made: then make "
                            + "another trainer. Nothing was changed");
        }
    }

    /** Updates one copy with the gradients of all. */
    void update(ModelParameter parameter, NDArray copy, NDArray gradient) {
        Place place = new Place(parameter.path(), copy.getDevice());
        Mirror mirror = mirrors.get(place);
        if (mirror == null || mirror.array() != copy) {
            ModelState before = mirror == null ? initial : ModelState.of(mirror.optimizer(), backend);
            Mirror next = mirror(backend.wrap(copy, parameter.info()), before);
            if (mirror != null) {
                mirror.optimizer().close();
            }
            mirrors.put(place, next);
            mirror = next;
        }
        mirror.optimizer().apply(List.of(gradient));
        Torch.zeroGradient(copy);
    }

    private Mirror mirror(TensorVariable<NDArray> variable, ModelState before) {
        Optimizer<NDArray> optimizer = settings.on(backend);
        try {
            optimizer.build(List.of(variable));
            optimizer.loadOwnVariables(before.over(optimizer, backend));
        } catch (RuntimeException | Error e) {
            optimizer.close();
            throw e;
        }
        return new Mirror(variable.value(), variable, optimizer);
    }

    /** Those that have made most steps come first: what is frozen for a while makes fewer. */
    List<Optimizer<NDArray>> optimizers() {
        return mirrors.values().stream()
                .map(Mirror::optimizer)
                .sorted(Comparator.comparingLong((Optimizer<NDArray> optimizer) -> optimizer.rawIteration())
                        .reversed())
                .toList();
    }

    void finalizeVariableValues() {
        mirrors.values().forEach(mirror -> mirror.optimizer().finalizeVariableValues(List.of(mirror.variable())));
    }

    /**
     * The state of the whole model: that of any copy, as all are the same; numbers are those of the most steps.
     *
     * @param whole an optimizer of the whole model, which knows the order
     */
    OptimizerState state(Optimizer<NDArray> whole) {
        ModelState state = new ModelState();
        optimizers().forEach(optimizer -> state.addMissing(optimizer, backend));
        return state.over(whole, backend);
    }

    @Override
    public void close() {
        new ArrayList<>(mirrors.values()).forEach(mirror -> mirror.optimizer().close());
        mirrors.clear();
    }
}
