package io.gradstep.optim;

import io.gradstep.ops.Slot;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.UpdateRule;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code build} makes: the variables of the model with their state. It remembers which of them the last step was
 * for.
 */
final class Built<T> {
    private final List<VariableState<T>> states;
    private final IdentityHashMap<TensorVariable<T>, VariableState<T>> byVariable = new IdentityHashMap<>();
    private final List<TensorVariable<T>> variables;
    private final List<TensorVariable<T>> made;
    /** Null before the first step. */
    private StepVariables<T> last;

    private Built(List<VariableState<T>> states, List<TensorVariable<T>> made) {
        this.states = List.copyOf(states);
        this.variables = states.stream().map(VariableState::variable).toList();
        this.made = made;
        states.forEach(state -> byVariable.put(state.variable(), state));
    }

    /**
     * Makes the state and adds it to the optimizer's variables, in Keras's order: averages, accumulators, the rule's
     * blocks. If it fails half-way, none is left.
     *
     * @param scope begins the path of each piece of state, usually empty
     */
    static <T> Built<T> of(
            OwnVariables<T> own,
            String scope,
            BaseArguments base,
            UpdateRule rule,
            List<TensorVariable<T>> variables,
            StepNumbers numbers) {
        checkSlots(rule);
        List<Map<String, TensorVariable<T>>> slots = new ArrayList<>();
        variables.forEach(variable -> slots.add(new LinkedHashMap<>()));
        List<TensorVariable<T>> made = own.addAll(maker -> {
            for (Place place : places(base, rule, variables)) {
                TensorVariable<T> state = maker.like(
                        variables.get(place.variable()),
                        scope,
                        place.kind(),
                        place.slot().initial());
                slots.get(place.variable()).put(place.slot().name(), state);
            }
        });
        List<VariableState<T>> states = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            states.add(new VariableState<>(variables.get(i), slots.get(i), numbers));
        }
        return new Built<>(states, made);
    }

    /** The same for other variables. */
    Built<T> on(StandIns<T> standIns, StepNumbers numbers) {
        return new Built<>(
                states.stream().map(state -> state.on(standIns, numbers)).toList(), List.of());
    }

    /** The variables of the model, in the order of {@code build}. */
    List<TensorVariable<T>> variables() {
        return variables;
    }

    /** What there is for each of them, in the same order. */
    List<VariableState<T>> states() {
        return states;
    }

    /** What there is for a variable; null if the optimizer was not built for it. */
    VariableState<T> state(TensorVariable<T> variable) {
        return byVariable.get(variable);
    }

    /** Whether the last step was for the same variables in the same order. */
    boolean wereLast(List<TensorVariable<T>> others) {
        return last != null && last.are(others);
    }

    /** The variables of a step whose arguments are checked: those of the last step, if they are the same. */
    StepVariables<T> stepVariables(List<T> gradients, List<TensorVariable<T>> others) {
        if (!wereLast(others) || !last.haveGradientsAs(gradients)) {
            last = new StepVariables<>(gradients, others);
        }
        return last;
    }

    /** What was made for them. */
    List<TensorVariable<T>> made() {
        return made;
    }

    /** Two slots of one name would be one piece of state. */
    private static void checkSlots(UpdateRule rule) {
        List<String> names = new ArrayList<>(List.of(KerasStep.AVERAGE, KerasStep.ACCUMULATOR));
        for (Slot slot : rule.slots()) {
            if (names.contains(slot.name())) {
                throw new IllegalArgumentException("The rule " + rule + " declares the slot \"" + slot.name()
                        + "\" twice, or it is a name of the step around it. Give each slot a name of its own");
            }
            names.add(slot.name());
        }
        List<Slot> inBlocks = rule.blocks().stream().flatMap(List::stream).toList();
        if (!inBlocks.equals(rule.slots())) {
            throw new IllegalArgumentException("The rule " + rule + " groups other slots into blocks, " + inBlocks
                    + ", than it declares, " + rule.slots() + ". Give each slot in blocks() once, in its order");
        }
    }

    /** A piece of state to be made: which slot of which variable, and what its name ends with. */
    private record Place(Slot slot, int variable, String kind) {}

    private static <T> List<Place> places(BaseArguments base, UpdateRule rule, List<TensorVariable<T>> variables) {
        List<Place> places = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        List<Integer> unflagged = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            all.add(i);
            if (!variables.get(i).overwriteWithGradient()) {
                unflagged.add(i);
            }
        }
        if (base.useEma()) {
            Slot average = new Slot(KerasStep.AVERAGE, 0);
            unflagged.forEach(i -> places.add(new Place(average, i, "average")));
        }
        if (base.accumulationSteps() > 0) {
            Slot accumulator = new Slot(KerasStep.ACCUMULATOR, 0);
            all.forEach(i -> places.add(new Place(accumulator, i, "gradient_accumulator")));
        }
        for (List<Slot> block : rule.blocks()) {
            for (int variable : unflagged) {
                block.forEach(slot -> places.add(new Place(slot, variable, slot.name())));
            }
        }
        return places;
    }
}
