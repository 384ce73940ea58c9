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

    /** What is to be done in a step: the plan of the last such step, if all that it was made of is the same. */
    StepPlan<T> plan(Built<T> built, StepVariables<T> variables, WeightDecayExclusion<T> exclusion, Kind kind) {
        StepPlan<T> plan = variables.plan(kind);
        if (plan == null || plan.exclusion() != exclusion) {
            plan = newPlan(built, variables.present(), exclusion, kind);
            variables.keep(kind, plan);
        }
        return plan;
    }

    private StepPlan<T> newPlan(
            Built<T> built, List<TensorVariable<T>> present, WeightDecayExclusion<T> exclusion, Kind kind) {
        List<VariableState<T>> states = present.stream().map(built::state).toList();
        List<VariableState<T>> trained =
                states.stream().filter(state -> !state.isFlagged()).toList();
        List<Update<T>> updates = new ArrayList<>();
        states.forEach(state -> updates.add(state.update(ruleFor(state, true, exclusion, kind))));
        List<Update<T>> ofTrained = updates.stream()
                .filter(update -> !update.variable().overwriteWithGradient())
                .toList();
        if (!trained.isEmpty()) {
            Set<VariableState<T>> withGradient = Set.copyOf(states);
            built.states().stream()
                    .filter(state -> !withGradient.contains(state))
                    .map(state -> updateWithoutGradient(state, exclusion, kind))
                    .forEach(updates::addAll);
        }
        boolean measures = kind.updates() && clipping.needsNorms();
        return new StepPlan<>(
                exclusion,
                effectiveGradient(kind),
                List.copyOf(updates),
                measures ? ofTrained : List.of(),
                measures ? trained : List.of(),
                trained.stream()
                        .map(VariableState::variable)
                        .filter(variable -> variable.constraint().isPresent())
                        .toList());
    }

    void step(StepPlan<T> plan, List<T> gradients) {
        try {
            plan.setGradients(gradients);
            if (!plan.measured().isEmpty()) {
                measureNorms(plan);
            }
            if (plan.constrained().isEmpty()) {
                backend.run(plan.updates());
            } else {
                runUnderConstraints(plan);
            }
        } finally {
            // Else a gradient would stay in memory until the next step.
            plan.clearGradients();
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

    private void measureNorms(StepPlan<T> plan) {
        double[] sums = backend.sumsOfSquares(plan.gradient(), plan.measured());
        List<VariableState<T>> states = plan.measuredStates();
        if (clipping instanceof Clipping.ByNorm byNorm) {
            for (int i = 0; i < sums.length; i++) {
                VariableState<T> state = states.get(i);
                state.setClipDenominator(byNorm.denominator(state.variable().dtype(), sums[i]));
            }
        } else if (clipping instanceof Clipping.ByGlobalNorm byGlobalNorm) {
            numbers.setClipScale(byGlobalNorm.scale(widest(states), sums));
        }
    }

    private static <T> DType widest(List<VariableState<T>> states) {
        for (VariableState<T> state : states) {
            if (state.variable().dtype() == DType.FLOAT64) {
                return DType.FLOAT64;
            }
        }
        return DType.FLOAT32;
    }

    private void runUnderConstraints(StepPlan<T> plan) {
        List<TensorVariable<T>> constrained = plan.constrained();
        boolean mayThrow =
                constrained.stream().anyMatch(variable -> !(constraintOf(variable) instanceof KerasConstraint));
        Map<TensorVariable<T>, HostTensor> before = mayThrow ? valuesOf(plan.updates()) : Map.of();
        backend.run(plan.updates());
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
