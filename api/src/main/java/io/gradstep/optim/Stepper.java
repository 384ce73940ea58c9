package io.gradstep.optim;

import io.gradstep.constraint.KerasConstraint;
import io.gradstep.ops.Backend;
import io.gradstep.ops.Constraint;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes a step, once its arguments are checked and variables without a gradient are left out: {@code Optimizer.apply}
 * from there on, {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1. All that it does to variables is one
 * run of the backend, so that it is done whole or not at all; constraints follow.
 */
final class Stepper<T> {
    private final Backend<T> backend;
    private final BaseArguments base;
    private final UpdateRule rule;
    private final StepNumbers numbers;
    private final Clipping clipping;

    Stepper(Backend<T> backend, BaseArguments base, UpdateRule rule, StepNumbers numbers) {
        this.backend = backend;
        this.base = base;
        this.rule = rule;
        this.numbers = numbers;
        this.clipping = base.clipping();
    }

    /**
     * What kind of step it is.
     *
     * @param unscales whether gradients are divided by a loss scale
     * @param updates whether it updates, or only accumulates
     * @param overwrites whether variables are set to their averages
     */
    record Kind(boolean unscales, boolean updates, boolean overwrites) {}

    void step(Built<T> built, WeightDecayExclusion<T> exclusion, List<GradientAndVariable<T>> present, Kind kind) {
        Map<VariableState<T>, Update<T>> flagged = new LinkedHashMap<>();
        Map<VariableState<T>, Update<T>> trained = new LinkedHashMap<>();
        List<Update<T>> updates = new ArrayList<>();
        try {
            for (GradientAndVariable<T> pair : present) {
                VariableState<T> state = built.state(pair.variable());
                Update<T> update = state.update(ruleFor(state, true, exclusion, kind));
                update.setGradient(pair.gradient());
                updates.add(update);
                (state.isFlagged() ? flagged : trained).put(state, update);
            }
            if (!trained.isEmpty()) {
                measureNorms(trained, kind);
                built.states().stream()
                        .filter(state -> !flagged.containsKey(state) && !trained.containsKey(state))
                        .map(state -> updateWithoutGradient(state, exclusion, kind))
                        .forEach(updates::addAll);
            }
            runUnderConstraints(updates, trained.keySet());
        } finally {
            // Else a gradient would stay in memory until the next step.
            updates.forEach(update -> update.setGradient(null));
        }
    }

    private UpdateRule ruleFor(
            VariableState<T> state, boolean hasGradient, WeightDecayExclusion<T> exclusion, Kind kind) {
        boolean flagged = state.isFlagged();
        if (flagged && hasGradient) {
            return FlaggedStep.of(base.accumulationSteps() > 0, kind.updates());
        }
        return new KerasStep(
                rule,
                hasGradient,
                kind.updates(),
                effectiveGradient(kind),
                clipping,
                decays(state, exclusion) ? base.weightDecay() : null,
                base.useEma() && !flagged,
                kind.overwrites() && !flagged);
    }

    /** Patterns are not searched where nothing decays anyway. */
    private boolean decays(VariableState<T> state, WeightDecayExclusion<T> exclusion) {
        return base.weightDecay() != null && !exclusion.excludes(state.variable());
    }

    private EffectiveGradient effectiveGradient(Kind kind) {
        return new EffectiveGradient(kind.unscales(), base.accumulationSteps());
    }

    /** None, if there is nothing to do for the variable. */
    private List<Update<T>> updateWithoutGradient(
            VariableState<T> state, WeightDecayExclusion<T> exclusion, Kind kind) {
        UpdateRule step = ruleFor(state, false, exclusion, kind);
        return step instanceof KerasStep kerasStep && kerasStep.isEmpty() ? List.of() : List.of(state.update(step));
    }

    private void measureNorms(Map<VariableState<T>, Update<T>> trained, Kind kind) {
        if (!kind.updates()) {
            return;
        }
        EffectiveGradient gradient = effectiveGradient(kind);
        if (clipping instanceof Clipping.ByNorm byNorm) {
            double[] sums = backend.sumsOfSquares(gradient, List.copyOf(trained.values()));
            int next = 0;
            for (VariableState<T> state : trained.keySet()) {
                state.setClipDenominator(byNorm.denominator(state.variable().dtype(), sums[next]));
                next++;
            }
        } else if (clipping instanceof Clipping.ByGlobalNorm byGlobalNorm) {
            double[] sums = backend.sumsOfSquares(gradient, List.copyOf(trained.values()));
            numbers.setClipScale(byGlobalNorm.scale(widest(trained.keySet()), sums));
        }
    }

    private static <T> DType widest(Set<VariableState<T>> states) {
        return states.stream().anyMatch(state -> state.variable().dtype() == DType.FLOAT64)
                ? DType.FLOAT64
                : DType.FLOAT32;
    }

    private void runUnderConstraints(List<Update<T>> updates, Set<VariableState<T>> trained) {
        List<TensorVariable<T>> constrained = trained.stream()
                .map(VariableState::variable)
                .filter(variable -> variable.constraint().isPresent())
                .toList();
        boolean mayThrow =
                constrained.stream().anyMatch(variable -> !(constraintOf(variable) instanceof KerasConstraint));
        Map<TensorVariable<T>, HostTensor> before = mayThrow ? valuesOf(updates) : Map.of();
        backend.run(updates);
        try {
            constrained.forEach(this::constrain);
        } catch (RuntimeException | Error e) {
            before.forEach(backend::write);
            throw e;
        }
    }

    private static <T> Constraint constraintOf(TensorVariable<T> variable) {
        return variable.constraint().orElseThrow();
    }

    private void constrain(TensorVariable<T> variable) {
        HostTensor values = backend.read(variable);
        constraintOf(variable).constrain(values);
        backend.write(variable, values);
    }

    /** All that the updates may write. Somebody else's constraint may throw when the step is taken already. */
    private Map<TensorVariable<T>, HostTensor> valuesOf(List<Update<T>> updates) {
        Map<TensorVariable<T>, HostTensor> values = new LinkedHashMap<>();
        for (Update<T> update : updates) {
            values.put(update.variable(), backend.read(update.variable()));
            update.slots().forEach(slot -> values.put(slot, backend.read(slot)));
        }
        return values;
    }
}
