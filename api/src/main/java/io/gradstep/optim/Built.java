package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Slot;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What {@code build} makes: the state of each variable, and what a step does to it.
 *
 * @param variables the model's variables, as they were given to {@code build}
 * @param state what is stored for them, in Keras's order
 * @param updates the update of each variable, by identity
 */
record Built<T>(
        List<TensorVariable<T>> variables,
        List<TensorVariable<T>> state,
        IdentityHashMap<TensorVariable<T>, Update<T>> updates) {

    /** Makes the state; if that fails half-way, none is left. */
    static <T> Built<T> of(
            Backend<T> backend,
            String optimizer,
            UpdateRule rule,
            List<TensorVariable<T>> variables,
            ToDoubleFunction<String> inputs) {
        List<TensorVariable<T>> state = new ArrayList<>();
        IdentityHashMap<TensorVariable<T>, Update<T>> updates = new IdentityHashMap<>();
        List<List<TensorVariable<T>>> slotsOf = new ArrayList<>();
        variables.forEach(variable -> slotsOf.add(new ArrayList<>()));
        try {
            for (Place place : places(rule, variables.size())) {
                TensorVariable<T> variable = variables.get(place.variable());
                String name = Names.state(variable.path(), place.slot().name());
                VariableInfo info = new VariableInfo(Names.path(optimizer, name), name);
                TensorVariable<T> made =
                        backend.state(variable, info, place.slot().initial());
                state.add(made);
                slotsOf.get(place.variable()).add(made);
            }
            for (int i = 0; i < variables.size(); i++) {
                updates.put(variables.get(i), new Update<>(rule, variables.get(i), slotsOf.get(i), inputs));
            }
        } catch (RuntimeException | Error e) {
            state.forEach(TensorVariable::close);
            throw e;
        }
        return new Built<>(List.copyOf(variables), List.copyOf(state), updates);
    }

    private record Place(Slot slot, int variable) {}

    /** Where each piece of state stands among all: slot by slot, or variable by variable. */
    private static List<Place> places(UpdateRule rule, int variables) {
        List<Place> places = new ArrayList<>();
        if (rule.interleaved()) {
            for (int variable = 0; variable < variables; variable++) {
                for (Slot slot : rule.slots()) {
                    places.add(new Place(slot, variable));
                }
            }
        } else {
            for (Slot slot : rule.slots()) {
                for (int variable = 0; variable < variables; variable++) {
                    places.add(new Place(slot, variable));
                }
            }
        }
        return places;
    }

    void close() {
        state.forEach(TensorVariable::close);
    }
}
