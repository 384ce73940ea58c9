package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;
import java.util.List;
import java.util.function.Consumer;

/**
 * Everything an optimizer stores, taken out of it: what {@code save_own_variables} writes and {@code
 * load_own_variables} reads, Keras 3.15.1.
 *
 * @param arrays the optimizer's variables in the order of {@code variables()}; the position says what is what
 */
public record OptimizerState(List<NamedArray> arrays) {
    /**
     * Keeps the list; the arrays are not copied.
     *
     * @param arrays not null; copied
     */
    public OptimizerState {
        arrays = List.copyOf(arrays);
    }

    static <T> OptimizerState of(List<TensorVariable<T>> variables, Assigner<T> assigner) {
        return new OptimizerState(variables.stream()
                .map(variable -> new NamedArray(variable.path(), assigner.read(variable)))
                .toList());
    }

    /** As Keras, it warns and changes nothing if there are more or fewer arrays than variables. */
    <T> void writeTo(
            String optimizer, List<TensorVariable<T>> variables, Assigner<T> assigner, Consumer<String> warnings) {
        if (arrays.size() != variables.size()) {
            warnings.accept("Skipping variable loading for optimizer '" + optimizer + "', because it has "
                    + variables.size() + " variables whereas the saved optimizer has " + arrays.size()
                    + " variables.");
            return;
        }
        assigner.setAll(variables, arrays.stream().map(NamedArray::values).toList());
    }
}
