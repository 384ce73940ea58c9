package io.gradstep.optim;

import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything an optimizer stores, taken out of it: what {@code save_own_variables} writes and {@code
 * load_own_variables} reads, Keras 3.15.1. It goes from one optimizer to another, whatever their backends, and by {@code
 * io.gradstep.keras} into files and out of them.
 *
 * @param arrays the optimizer's variables in the order of {@code variables()}; the position says what is what
 */
public record OptimizerState(List<NamedArray> arrays) {
    /**
     * Copies the list, and none of the arrays.
     *
     * @param arrays not null
     */
    public OptimizerState {
        arrays = List.copyOf(arrays);
    }

    /**
     * The same arrays under other names. A file of Keras's has none; here one says what they are, to have them {@link
     * #inOrderOf put in another order} then.
     *
     * @param names as many as there are arrays
     * @return the arrays in the same order
     * @throws IllegalArgumentException if there are more or fewer names than arrays
     */
    public OptimizerState named(List<String> names) {
        if (names.size() != arrays.size()) {
            throw new IllegalArgumentException("There must be one name for each array. Received: " + names.size()
                    + " names for " + arrays.size() + " arrays");
        }
        List<NamedArray> named = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            named.add(new NamedArray(names.get(i), arrays.get(i).values()));
        }
        return new OptimizerState(named);
    }

    /**
     * Puts the arrays in the order of an optimizer's variables by their names, for a model whose variables have another
     * order: {@code optimizer.loadOwnVariables(state.inOrderOf(optimizer.variables()))}.
     *
     * @param variables of a built optimizer
     * @return one array for each variable, in their order
     * @throws IllegalArgumentException if a name is missing, left over or there twice, or if a shape is another; the
     *     message has a table of both
     */
    public OptimizerState inOrderOf(List<? extends TensorVariable<?>> variables) {
        List<FitTable.Entry> wanted = variables.stream()
                .map(variable -> new FitTable.Entry(variable.path(), variable.shape()))
                .toList();
        FitTable table = FitTable.byName(wanted, entries());
        if (!table.fits()) {
            throw new IllegalArgumentException(
                    "The arrays of the state and the variables of the optimizer must have the "
                            + "same names and shapes, each name once. Give the arrays their names with `named`, or load them by "
                            + "position. Wanted and received:\n" + table);
        }
        Map<String, NamedArray> byName = new HashMap<>();
        arrays.forEach(array -> byName.put(array.name(), array));
        return new OptimizerState(
                variables.stream().map(variable -> byName.get(variable.path())).toList());
    }

    /**
     * Refuses a state that does not fit, by position.
     *
     * @param places names and shapes of where the arrays should go, in their order
     * @throws IllegalArgumentException if the count or a shape is another; the message has a table of both
     */
    public void ensureFits(Map<String, Shape> places) {
        List<FitTable.Entry> wanted = places.entrySet().stream()
                .map(place -> new FitTable.Entry(place.getKey(), place.getValue()))
                .toList();
        FitTable table = FitTable.byPosition(wanted, entries());
        if (!table.fits()) {
            throw new IllegalArgumentException("The state has " + arrays.size() + " arrays for " + places.size()
                    + " places, and each must have the shape of its place. Take the state of an optimizer with the same "
                    + "settings and variables. Wanted and received:\n" + table);
        }
    }

    private List<FitTable.Entry> entries() {
        return arrays.stream()
                .map(array -> new FitTable.Entry(array.name(), array.values().shape()))
                .toList();
    }
}
