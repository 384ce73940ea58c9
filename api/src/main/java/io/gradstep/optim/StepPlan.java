package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.List;

/**
 * A step but for its gradients and numbers. It is taken again and again, and the backend is given the same lists each
 * time, by which it can know the step again.
 *
 * @param exclusion what has said which variables decay
 * @param gradient what norms are taken of
 * @param updates what is run: first the updates with a gradient, in the order of the gradients
 * @param measured those of them whose norms are needed
 * @param measuredStates what there is for the variables of these, in the same order
 * @param constrained the variables to be constrained afterwards
 */
record StepPlan<T>(
        WeightDecayExclusion<T> exclusion,
        EffectiveGradient gradient,
        List<Update<T>> updates,
        List<Update<T>> measured,
        List<VariableState<T>> measuredStates,
        List<TensorVariable<T>> constrained) {

    /** The list may have nulls, where the plan has no update with a gradient. */
    void setGradients(List<T> gradients) {
        int next = 0;
        for (T gradient : gradients) {
            if (gradient != null) {
                updates.get(next).setGradient(gradient);
                next++;
            }
        }
    }

    void clearGradients() {
        for (Update<T> update : updates) {
            update.setGradient(null);
        }
    }
}
