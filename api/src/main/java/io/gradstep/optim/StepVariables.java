package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables of a step, in the order in which they were given, and which of them have a gradient. Mostly they are
 * the same from step to step: then so are the plans, one for each kind of step.
 */
final class StepVariables<T> {
    private final List<TensorVariable<T>> variables;
    private final boolean[] hasGradient;
    private final List<TensorVariable<T>> present = new ArrayList<>();
    private final boolean trains;
    /** Null if none is missing. */
    private final String warning;

    private final Map<Stepper.Kind, StepPlan<T>> plans = new HashMap<>();

    StepVariables(List<T> gradients, List<TensorVariable<T>> variables) {
        this.variables = List.copyOf(variables);
        this.hasGradient = new boolean[variables.size()];
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < hasGradient.length; i++) {
            hasGradient[i] = gradients.get(i) != null;
            if (hasGradient[i]) {
                present.add(variables.get(i));
            } else {
                missing.add(variables.get(i).path());
            }
        }
        this.trains = present.stream().anyMatch(variable -> !variable.overwriteWithGradient());
        this.warning = missing.isEmpty()
                ? null
                : "Gradients do not exist for variables " + missing
                        + " when minimizing the loss. This step leaves them out";
    }

    /** Whether these are the same variables in the same order. */
    boolean are(List<TensorVariable<T>> others) {
        if (others == null || others.size() != hasGradient.length) {
            return false;
        }
        for (int i = 0; i < hasGradient.length; i++) {
            if (variables.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the same ones have a gradient; there is one for each variable, or null. */
    boolean haveGradientsAs(List<T> gradients) {
        for (int i = 0; i < hasGradient.length; i++) {
            if (hasGradient[i] != (gradients.get(i) != null)) {
                return false;
            }
        }
        return true;
    }

    /** Those with a gradient. */
    List<TensorVariable<T>> present() {
        return present;
    }

    /** Whether rules are run on any of those with a gradient. */
    boolean trains() {
        return trains;
    }

    /** What is to be said of those without a gradient; null for nothing. */
    String warning() {
        return warning;
    }

    /** The last plan of a kind of step; null before the first. */
    StepPlan<T> plan(Stepper.Kind kind) {
        return plans.get(kind);
    }

    void keep(Stepper.Kind kind, StepPlan<T> plan) {
        plans.put(kind, plan);
    }
}
