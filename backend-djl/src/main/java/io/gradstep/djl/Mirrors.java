package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Copies of a model's parameters on the devices of a trainer. DJL adds up the gradients of a parameter and has each of
 * its copies updated, parameter by parameter: there is no moment in which all gradients are there. So each copy has an
 * optimizer of its own, and what looks at all gradients at once is refused. Steps are counted for all together.
 */
final class Mirrors implements AutoCloseable {
    private final LiveModel live;
    private final ModelStep step;
    private final ModelBackend backend;
    private final LiveSettings settings;
    /** What copies begin with. */
    private final ModelState initial;

    private final Map<Place, Mirror> mirrors = new LinkedHashMap<>();
    /** How many steps had been taken when the present one began; an int32, as the counter of each is. */
    private int stepsBefore;
    /** What could be trained then; empty before the first step. */
    private Set<Parameter> trainable = Set.of();
    /** The parameters that had copies then. */
    private final Set<String> pathsBefore = new HashSet<>();
    /** What was updated since. */
    private final Set<Place> updated = new HashSet<>();

    private record Place(String path, Device device) {}

    private record Mirror(
            Parameter parameter, NDArray array, TensorVariable<NDArray> variable, Optimizer<NDArray> optimizer) {}

    /** None yet; they begin with the state that the model has now. */
    Mirrors(LiveModel live, ModelStep step, ModelBackend backend, LiveSettings settings) {
        this.live = live;
        this.step = step;
        this.backend = backend;
        this.settings = settings;
        this.initial = live.stateByParameter();
        this.stepsBefore = (int) live.optimizer().rawIteration() - 1;
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
        beginStepIfNew(parameter.parameter(), place);
        Mirror mirror = mirrors.get(place);
        if (mirror == null && pathsBefore.contains(place.path())) {
            throw new IllegalStateException("The parameter " + place.path() + " is on " + place.device()
                    + " now, where it was not in the step before. Between trainers on other devices call "
                    + "optimizer.restore(optimizer.state())");
        }
        if (mirror == null || mirror.array() != copy) {
            Mirror former = mirror;
            mirror = mirror(parameter, copy, former == null ? initial : ModelState.of(former.optimizer(), backend));
            mirrors.put(place, mirror);
            if (former != null) {
                former.optimizer().close();
            }
        }
        // What was frozen for a while has missed steps.
        mirror.optimizer().setRawIteration(stepsBefore);
        mirror.optimizer().apply(List.of(gradient));
        updated.add(place);
        Torch.zeroGradient(copy);
    }

    /** Freezing happens between steps: what could not be trained when the last one began is part of another. */
    private void beginStepIfNew(Parameter parameter, Place place) {
        if (updated.contains(place) || !trainable.contains(parameter)) {
            Set<Parameter> now = Collections.newSetFromMap(new IdentityHashMap<>());
            now.addAll(step.trainableParameters());
            trainable = now;
            updated.clear();
            mirrors.keySet().forEach(known -> pathsBefore.add(known.path()));
            stepsBefore++;
        }
    }

    private Mirror mirror(ModelParameter parameter, NDArray copy, ModelState before) {
        TensorVariable<NDArray> variable = backend.wrap(copy, parameter.info());
        Optimizer<NDArray> optimizer =
                settings.built(backend, List.of(variable), built -> load(built, variable, before));
        return new Mirror(parameter.parameter(), copy, variable, optimizer);
    }

    private void load(Optimizer<NDArray> optimizer, TensorVariable<NDArray> variable, ModelState before) {
        optimizer.loadOwnVariables(before.over(optimizer, backend));
        optimizer.setRawIteration(stepsBefore);
        if (settings.settings().base().learningRate() instanceof LearningRate.Fixed) {
            optimizer.setLearningRate(live.optimizer().learningRate());
        }
        if (settings.settings().base().useEma() && optimizer.iterations() > 0) {
            LateAverage.begin(optimizer, variable, backend);
        }
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
        for (Mirror mirror : mirrors.values()) {
            if (mirror.array().isReleased()) {
                throw new IllegalStateException(
                        "The copies of the model are closed, with the trainer that had them. Call "
                                + "finalizeVariableValues before trainer.close(), which also copies them to the model. Nothing "
                                + "was changed");
            }
        }
        for (Mirror mirror : mirrors.values()) {
            if (mirror.parameter().requiresGradient()) {
                mirror.optimizer().finalizeVariableValues(List.of(mirror.variable()));
            }
        }
    }

    /** The state of the whole model: that of any copy, as all are the same; numbers are those of the most steps. */
    OptimizerState state() {
        live.members();
        ModelState state = new ModelState();
        optimizers().forEach(optimizer -> state.addMissing(optimizer, backend));
        return state.over(live.optimizer(), backend);
    }

    @Override
    public void close() {
        mirrors.values().forEach(mirror -> mirror.optimizer().close());
        mirrors.clear();
    }
}
