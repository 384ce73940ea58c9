package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the steps in what a trainer of DJL asks for: an update of each parameter, in any order, and of each of its copies
 * on other devices. At the first update of a step all parameters are stepped, together; the others have nothing left to
 * do.
 *
 * <p>Only the second parameter shows that the first has no copies. So the very first step waits for it.
 */
final class TrainerSteps {
    private final LiveModel live;
    private final ModelStep step;
    private final ModelBackend backend;
    private final LiveSettings settings;
    private final Map<String, ModelParameter> byId = new HashMap<>();
    /** Whose parameters they are; null before the first update. */
    private Block block;
    /** The parameters that belong to the last step and were not asked for yet. */
    private final Set<String> waiting = new HashSet<>();
    /** With which the last step began; null if none did. */
    private Parameter beginner;
    /** The parameter that the very first step waits with; null if it does not. */
    private ModelParameter first;

    private boolean isOnOneDevice;
    /** Null if there are none. */
    private Mirrors mirrors;

    TrainerSteps(LiveModel live, ModelStep step, ModelBackend backend, LiveSettings settings) {
        this.live = live;
        this.step = step;
        this.backend = backend;
        this.settings = settings;
    }

    /** An update of one parameter, or of a copy of it. */
    void update(String id, NDArray weight, NDArray gradient) {
        ModelParameter parameter = parameter(id, weight);
        if (mirrors != null || parameter.array() != weight) {
            updateMirror(parameter, weight, gradient);
        } else if (!isRestOfStep(id)) {
            begin(parameter);
        }
    }

    private ModelParameter parameter(String id, NDArray weight) {
        if (block != live.block() || !byId.containsKey(id)) {
            block = live.block();
            byId.clear();
            live.parameters().forEach(each -> byId.put(each.parameter().getId(), each));
        }
        ModelParameter parameter = byId.get(id);
        if (parameter == null || !parameter.parameter().isInitialized()) {
            throw new IllegalArgumentException("The parameter " + id + " of shape " + weight.getShape()
                    + " is none of the model " + live.name() + ". Make an optimizer for each model: "
                    + "GradstepOptimizer.of(settings, model)");
        }
        return parameter;
    }

    // ---- on the model's device

    /** If what the step began with is frozen now, another step begins without it. */
    private boolean isRestOfStep(String id) {
        return beginner != null && beginner.requiresGradient() && waiting.remove(id);
    }

    private void begin(ModelParameter parameter) {
        if (!isOnOneDevice && first == null && step.hasSeveralGradients()) {
            first = parameter;
            return;
        }
        if (parameter.equals(first)) {
            throw new IllegalStateException("The parameter " + parameter.path() + " was updated twice, and no other "
                    + "one of the model " + live.name() + ", although others have gradients. Update all of them, or "
                    + "call optimizer.step() instead. Nothing was changed, and the next update begins a step");
        }
        ModelParameter deferred = first;
        endStep();
        step.take().forEach(each -> waiting.add(each.getId()));
        isOnOneDevice = true;
        beginner = parameter.parameter();
        waiting.remove(beginner.getId());
        if (deferred != null) {
            waiting.remove(deferred.parameter().getId());
        }
    }

    /** Whatever comes next begins a step. */
    void endStep() {
        waiting.clear();
        beginner = null;
        first = null;
    }

    // ---- on others

    private void updateMirror(ModelParameter parameter, NDArray weight, NDArray gradient) {
        if (mirrors == null) {
            if (isOnOneDevice) {
                throw new IllegalStateException("The parameter " + parameter.path() + " is on another device, "
                        + weight.getDevice() + ", than before, is the only one with a gradient of a model on several "
                        + "devices, or was loaded since its trainer was made. If the model's own array came first, it "
                        + "has been stepped. Train on one device, or load the model and make another trainer and "
                        + "another optimizer, with optimizer.restore(former.state())");
            }
            Mirrors.ensurePossible(settings.settings());
            mirrors = new Mirrors(live, step, backend, settings);
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            if (first != null) {
                NDArray own = Torch.denseGradient(first.array());
                // DJL makes zeros up as well, for what no gradient ever reached.
                mirrors.update(first, first.array(), own == null ? first.array().zerosLike() : own);
                first = null;
            }
            mirrors.update(parameter, weight, Torch.dense(gradient));
        }
    }

    /** Refuses what cannot be done with copies. */
    void ensureOneDevice() {
        if (mirrors != null) {
            throw new IllegalStateException(
                    "The model is trained on several devices, or on another than its own, where "
                            + "only its trainer finds all gradients. Call trainer.step(), or go back to the model's device: "
                            + "optimizer.restore(optimizer.state())");
        }
    }

    /** Forgets on which devices the model is. */
    void forgetDevices() {
        endStep();
        isOnOneDevice = false;
        if (mirrors != null) {
            mirrors.close();
            mirrors = null;
        }
    }

    // ---- what there is of either

    /** An optimizer that steps the model, or a copy, now. */
    Optimizer<NDArray> optimizer() {
        List<Optimizer<NDArray>> ofCopies = mirrors == null ? List.of() : mirrors.optimizers();
        return ofCopies.isEmpty() ? live.optimizer() : ofCopies.get(0);
    }

    /** All of them, that of the model first, which others are made after. */
    void forEachOptimizer(Consumer<Optimizer<NDArray>> action) {
        action.accept(live.optimizer());
        if (mirrors != null) {
            mirrors.optimizers().forEach(action);
        }
    }

    OptimizerState state() {
        return mirrors == null ? live.state() : mirrors.state();
    }

    void finalizeVariableValues() {
        if (mirrors == null) {
            step.finalizeVariableValues();
        } else {
            mirrors.finalizeVariableValues();
        }
    }
}
