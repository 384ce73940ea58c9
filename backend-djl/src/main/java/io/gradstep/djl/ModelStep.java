package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Parameter;
import io.gradstep.djl.LiveModel.Member;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Steps of all parameters of a model together, with the gradients that DJL has of them or those of a loss. */
final class ModelStep {
    private final LiveModel live;
    private final ModelBackend backend;
    private final LiveSettings settings;
    private boolean wasLossScaled;

    ModelStep(LiveModel live, ModelBackend backend, LiveSettings settings) {
        this.live = live;
        this.backend = backend;
        this.settings = settings;
    }

    /** Whoever goes backward before the next step knows of the loss scale. */
    void lossWasScaled() {
        wasLossScaled = true;
    }

    /**
     * Takes a step with DJL's own gradients, and sets them to 0.
     *
     * @return the parameters that it was for, those included that had no gradient
     */
    List<Parameter> take() {
        List<Member> trainable = trainable();
        warnOfUnscaledLoss();
        boolean gradMode = Torch.gradMode();
        // Handles on gradients belong to the manager of the model, and go with the scope.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Torch.setGradMode(false);
            List<TensorVariable<NDArray>> variables = new ArrayList<>(trainable.size());
            List<NDArray> gradients = new ArrayList<>(trainable.size());
            for (Member member : trainable) {
                variables.add(member.variable());
                gradients.add(Torch.denseGradient(member.array()));
            }
            ensureAny(gradients);
            long before = live.optimizer().rawIteration();
            live.optimizer().apply(gradients, variables);
            tellOfStep(trainable, before);
            for (int i = 0; i < gradients.size(); i++) {
                if (gradients.get(i) != null) {
                    Torch.zeroGradient(variables.get(i).value());
                }
            }
        } finally {
            Torch.setGradMode(gradMode);
        }
        return parameters(trainable);
    }

    /** Unless a loss scale has left the step out. */
    private void tellOfStep(List<Member> trainable, long before) {
        if (live.optimizer().rawIteration() != before) {
            live.haveStepped(trainable);
        }
    }

    private void ensureAny(List<NDArray> gradients) {
        for (NDArray gradient : gradients) {
            if (gradient != null) {
                return;
            }
        }
        throw new IllegalStateException("No parameter of the model " + live.name() + " has a gradient yet. Go backward "
                + "from a loss of it first, collector.backward(loss), and train with the arrays that the model has now: "
                + "after model.load make another trainer");
    }

    private void warnOfUnscaledLoss() {
        double scale = live.optimizer().scaleLoss(1);
        if (scale != 1 && !wasLossScaled) {
            settings.warn(
                    "Gradients are divided by the loss scale, " + scale + ", but no loss was multiplied by it. Train "
                            + "with the loss optimizer.scaledLoss(loss), or go backward from optimizer.scaleLoss(loss)");
        }
        wasLossScaled = false;
    }

    /** Takes a step with the gradients of a loss, for some of the parameters, and sets DJL's own to 0. */
    double minimize(Supplier<NDArray> loss, Collection<Parameter> parameters) {
        List<Member> trainable = trainable();
        List<TensorVariable<NDArray>> variables = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Member member = live.member(parameter);
            if (member == null || !member.isTrainable()) {
                throw new IllegalArgumentException("The parameter \"" + parameter.getName() + "\" is frozen, not "
                        + "initialized, or none of the model " + live.name() + ". Pass parameters of it that can be "
                        + "trained: " + trainable.stream().map(Member::path).toList());
            }
            variables.add(member.variable());
        }
        try (AutogradLoss autograd = AutogradLoss.of(loss)) {
            long before = live.optimizer().rawIteration();
            double value = live.optimizer().minimize(autograd, variables);
            tellOfStep(trainable, before);
            trainable.forEach(member -> Torch.zeroGradient(member.array()));
            return value;
        }
    }

    void finalizeVariableValues() {
        trainable();
        live.optimizer().finalizeVariableValues(LiveModel.variables(live.members()));
    }

    /** The parameters that can be trained now. */
    List<Parameter> trainableParameters() {
        return parameters(trainable());
    }

    private static List<Parameter> parameters(List<Member> members) {
        return members.stream().map(member -> member.parameter().parameter()).toList();
    }

    /** Whether several parameters have a gradient. */
    boolean hasSeveralGradients() {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return trainable().stream()
                            .filter(member -> Torch.gradient(member.array()) != null)
                            .limit(2)
                            .count()
                    > 1;
        }
    }

    /** The members that are not frozen; those that are stand still from now on. */
    private List<Member> trainable() {
        List<Member> members = live.members();
        Set<TensorVariable<NDArray>> frozen = new HashSet<>();
        for (Member member : members) {
            if (!member.isTrainable()) {
                frozen.add(member.variable());
            }
        }
        if (frozen.size() == members.size()) {
            throw new IllegalStateException("All parameters of the model " + live.name() + " are frozen. Unfreeze "
                    + "some: block.freezeParameters(false)");
        }
        backend.freeze(frozen);
        return frozen.isEmpty()
                ? members
                : members.stream().filter(Member::isTrainable).toList();
    }
}
