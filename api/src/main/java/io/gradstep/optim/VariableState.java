package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an optimizer has for one variable of the model: its state, and the updates that were made for it. They are kept
 * from step to step: there are as many as kinds of calls.
 */
final class VariableState<T> {
    private final TensorVariable<T> variable;
    /** By the names that rules use, not by those of the variables. */
    private final Map<String, TensorVariable<T>> slots;

    private final StepNumbers numbers;
    private final Map<UpdateRule, Update<T>> updates = new HashMap<>();
    private double clipDenominator;

    VariableState(TensorVariable<T> variable, Map<String, TensorVariable<T>> slots, StepNumbers numbers) {
        this.variable = variable;
        this.slots = new LinkedHashMap<>(slots);
        this.numbers = numbers;
    }

    TensorVariable<T> variable() {
        return variable;
    }

    /** The moving average; null if there is none. */
    TensorVariable<T> average() {
        return slots.get(KerasStep.AVERAGE);
    }

    boolean isFlagged() {
        return variable.overwriteWithGradient();
    }

    void setClipDenominator(double denominator) {
        clipDenominator = denominator;
    }

    private double input(String name) {
        return name.equals(KerasStep.CLIP_DENOMINATOR) ? clipDenominator : numbers.input(name, variable.dtype());
    }

    /** The update that runs a rule on this variable; the same one for equal rules. */
    Update<T> update(UpdateRule rule) {
        return updates.computeIfAbsent(rule, this::newUpdate);
    }

    private Update<T> newUpdate(UpdateRule rule) {
        List<TensorVariable<T>> used =
                rule.slots().stream().map(slot -> slots.get(slot.name())).toList();
        return new Update<>(rule, variable, used, this::input);
    }

    /** The same for other variables. */
    VariableState<T> on(StandIns<T> standIns, StepNumbers otherNumbers) {
        Map<String, TensorVariable<T>> otherSlots = new LinkedHashMap<>();
        slots.forEach((name, slot) -> otherSlots.put(name, standIns.of(slot)));
        return new VariableState<>(standIns.of(variable), otherSlots, otherNumbers);
    }
}
