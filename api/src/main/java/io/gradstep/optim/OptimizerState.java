package io.gradstep.optim;

import java.util.List;

/**
 * Everything an optimizer stores, taken out of it: what {@code save_own_variables} writes and {@code
 * load_own_variables} reads, Keras 3.15.1.
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
}
