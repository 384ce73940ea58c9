package io.gradstep.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.gradstep.ops.Execution;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The parameters of a model and the optimizer that steps them together. It looks at the model before each use: an
 * optimizer of gradstep is built once and for all, but parameters of DJL's are initialized, unfrozen, loaded and added at
 * any time. When that changes what there is to train, another optimizer takes over, and the state by name.
 */
final class LiveModel implements AutoCloseable {
    private final Model model;
    private final ModelBackend backend;
    private final LiveSettings settings;
    private Optimizer<NDArray> optimizer;
    /** In the order of the block. */
    private List<Member> inOrder = List.of();

    /** All that the block had when it was looked at last, also what is no member; some of it twice. */
    private List<Parameter> seen = List.of();

    private final IdentityHashMap<Parameter, Member> members = new IdentityHashMap<>();

    private boolean wasLossScaled;

    /** A parameter that the optimizer was built for, and the array that it had. */
    private record Member(ModelParameter parameter, NDArray array, TensorVariable<NDArray> variable) {
        boolean isCurrent() {
            return parameter.parameter().isInitialized() && parameter.array() == array;
        }
    }

    LiveModel(Model model, ModelBackend backend, LiveSettings settings) {
        this.model = model;
        this.backend = backend;
        this.settings = settings;
        this.optimizer = settings.on(backend);
    }

    /** The present one; built or not. */
    Optimizer<NDArray> optimizer() {
        return optimizer;
    }

    boolean isOpen() {
        return model.getNDManager().isOpen();
    }

    String name() {
        return model.getName();
    }

    /** The parameters of the block as it is now. */
    List<ModelParameter> parameters() {
        return ModelParameter.of(block());
    }

    Block block() {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalStateException(
                    "The model " + model.getName() + " has no block. Call model.setBlock(block) first");
        }
        return block;
    }

    // ---- which parameters

    /** Sees to it that all parameters which can be trained now are members. */
    private void bind() {
        List<Parameter> present = block().getParameters().values();
        if (!isBoundTo(present)) {
            buildFor(membersWith(Set.of()));
        }
    }

    /** Asked at each step: nothing is allocated but what DJL allocates. */
    private boolean isBoundTo(List<Parameter> present) {
        if (members.isEmpty() || present.size() != seen.size()) {
            return false;
        }
        for (int i = 0; i < present.size(); i++) {
            Parameter parameter = present.get(i);
            Member member = members.get(parameter);
            boolean isSettled = member == null ? !ModelParameter.isTrainable(parameter) : member.isCurrent();
            if (parameter != seen.get(i) || !isSettled) {
                return false;
            }
        }
        return true;
    }

    /** The members there should be: all parameters which can be trained now, or could once, and some others. */
    private List<Member> membersWith(Set<ModelParameter> others) {
        List<Member> next = new ArrayList<>();
        for (ModelParameter parameter : parameters()) {
            boolean isMember = members.containsKey(parameter.parameter()) || others.contains(parameter);
            if (parameter.isTrainable() || (isMember && parameter.parameter().isInitialized())) {
                NDArray array = parameter.array();
                next.add(new Member(parameter, array, backend.wrap(array, parameter.info())));
            }
        }
        if (next.isEmpty()) {
            throw new IllegalStateException("The model " + model.getName() + " has no parameter that can be trained. "
                    + "Initialize it, with trainer.initialize(shape) or block.initialize(…), or load it, and do not "
                    + "freeze all of it");
        }
        return next;
    }

    private void buildFor(List<Member> next) {
        if (optimizer.built()) {
            ModelState before = ModelState.of(optimizer, backend);
            replace(next, successor -> successor.loadOwnVariables(before.over(successor, backend)));
        } else {
            optimizer.build(variables(next));
            take(next);
        }
    }

    /** Lets another optimizer take over, which nothing but its settings has from the one before. */
    private void replace(List<Member> next, Consumer<Optimizer<NDArray>> loading) {
        Optimizer<NDArray> successor = settings.on(backend);
        try {
            successor.build(variables(next));
            loading.accept(successor);
        } catch (RuntimeException | Error e) {
            successor.close();
            throw e;
        }
        optimizer.close();
        optimizer = successor;
        take(next);
    }

    private void take(List<Member> next) {
        members.clear();
        next.forEach(member -> members.put(member.parameter().parameter(), member));
        inOrder = List.copyOf(next);
        seen = block().getParameters().values();
    }

    private static List<TensorVariable<NDArray>> variables(List<Member> members) {
        return members.stream().map(Member::variable).toList();
    }

    // ---- steps

    /** Whoever went backward since the last step knows of the loss scale. */
    void lossWasScaled() {
        wasLossScaled = true;
    }

    /**
     * Takes a step with DJL's own gradients, and sets them to 0.
     *
     * @return the parameters that it was for, those included that had no gradient
     */
    List<Parameter> step() {
        bind();
        warnOfUnscaledLoss();
        boolean gradMode = Torch.gradMode();
        // Handles on gradients belong to the manager of the model, and go with the scope.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Torch.setGradMode(false);
            List<TensorVariable<NDArray>> variables = new ArrayList<>(inOrder.size());
            List<NDArray> gradients = new ArrayList<>(inOrder.size());
            List<Member> trainable = trainable();
            for (Member member : trainable) {
                variables.add(member.variable());
                gradients.add(Torch.denseGradient(member.array()));
            }
            ensureAnyGradient(gradients);
            optimizer.apply(gradients, variables);
            for (int i = 0; i < gradients.size(); i++) {
                if (gradients.get(i) != null) {
                    Torch.zeroGradient(variables.get(i).value());
                }
            }
            return parametersOf(trainable);
        } finally {
            Torch.setGradMode(gradMode);
        }
    }

    private void ensureAnyGradient(List<NDArray> gradients) {
        for (NDArray gradient : gradients) {
            if (gradient != null) {
                return;
            }
        }
        throw new IllegalStateException(
                "No parameter of the model " + model.getName() + " has a gradient yet. Go backward "
                        + "from a loss of it first, collector.backward(loss), and train with the arrays that the model has now: "
                        + "after model.load make another trainer");
    }

    private void warnOfUnscaledLoss() {
        double scale = optimizer.scaleLoss(1);
        if (scale != 1 && !wasLossScaled) {
            settings.warn(
                    "Gradients are divided by the loss scale, " + scale + ", but no loss was multiplied by it. Train "
                            + "with the loss optimizer.scaledLoss(loss), or go backward from optimizer.scaleLoss(loss)");
        }
        wasLossScaled = false;
    }

    /** Whether several parameters have a gradient. */
    boolean hasSeveralGradients() {
        bind();
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
        List<Member> trainable = inOrder;
        for (Member member : inOrder) {
            if (!member.parameter().isTrainable()) {
                trainable = inOrder.stream()
                        .filter(each -> each.parameter().isTrainable())
                        .toList();
                break;
            }
        }
        if (trainable.isEmpty()) {
            throw new IllegalStateException("All parameters of the model " + model.getName() + " are frozen. Unfreeze "
                    + "some: block.freezeParameters(false)");
        }
        if (trainable.size() == inOrder.size()) {
            backend.freeze(Set.of());
        } else {
            Set<TensorVariable<NDArray>> frozen = new HashSet<>(variables(inOrder));
            trainable.forEach(member -> frozen.remove(member.variable()));
            backend.freeze(frozen);
        }
        return trainable;
    }

    /** Takes a step with the gradients of a loss, for some of the parameters. DJL's own gradients are 0 afterwards. */
    double minimize(Supplier<NDArray> loss, Collection<Parameter> parameters) {
        bind();
        List<Member> trainable = trainable();
        List<TensorVariable<NDArray>> variables = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Member member = members.get(parameter);
            if (member == null || !trainable.contains(member)) {
                throw new IllegalArgumentException("The parameter \"" + parameter.getName() + "\" is frozen, not "
                        + "initialized, or none of the model " + model.getName() + ". Pass parameters of it that can "
                        + "be trained: "
                        + trainable.stream()
                                .map(each -> each.parameter().path())
                                .toList());
            }
            variables.add(member.variable());
        }
        try (AutogradLoss autograd = AutogradLoss.of(loss)) {
            return optimizer.minimize(autograd, variables);
        } finally {
            trainable.forEach(member -> Torch.zeroGradient(member.array()));
        }
    }

    /** The parameters that can be trained now. */
    List<Parameter> trainableParameters() {
        bind();
        return parametersOf(trainable());
    }

    private static List<Parameter> parametersOf(List<Member> members) {
        return members.stream().map(member -> member.parameter().parameter()).toList();
    }

    void finalizeVariableValues() {
        bind();
        trainable();
        optimizer.finalizeVariableValues(variables(inOrder));
    }

    // ---- state

    OptimizerState state() {
        bind();
        return optimizer.saveOwnVariables();
    }

    ModelState stateByParameter() {
        bind();
        return ModelState.of(optimizer, backend);
    }

    Map<String, Execution> execution() {
        bind();
        return optimizer.execution();
    }

    /** Takes a state: by name if its names are an optimizer's, else by position. */
    void restore(OptimizerState state) {
        boolean byName = StateByName.hasNames(state);
        List<Member> next = membersWith(byName ? StateByName.parametersOf(state, parameters()) : Set.of());
        replace(next, successor -> {
            if (byName) {
                StateByName.load(state, successor, variables(next));
            } else {
                StateByName.loadByPosition(state, successor);
            }
        });
    }

    @Override
    public void close() {
        optimizer.close();
        backend.close();
    }
}
