package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of a model's optimizer, array by array under its name: {@code rmsprop/01Linear_weight_velocity}. What comes
 * before the slash is the name of the optimizer, which may be another one in another process.
 */
final class StateByName {
    private StateByName() {}

    /** Whether the arrays have names, as an optimizer gives them. Files of Keras's have numbers instead. */
    static boolean hasNames(OptimizerState state) {
        return state.arrays().stream()
                .anyMatch(array -> withoutOptimizer(array.name()).equals("iteration"));
    }

    /** Those of the parameters that the state has arrays of. */
    static Set<ModelParameter> parametersOf(OptimizerState state, Collection<ModelParameter> parameters) {
        Map<String, ModelParameter> byPath = new HashMap<>();
        parameters.forEach(parameter -> byPath.put(parameter.path(), parameter));
        Set<ModelParameter> owners = new HashSet<>();
        for (NamedArray array : state.arrays()) {
            owner(withoutOptimizer(array.name()), byPath.keySet()).ifPresent(path -> owners.add(byPath.get(path)));
        }
        return owners;
    }

    /** Which variable an array belongs to: Keras begins the name of state with that of its variable. */
    private static Optional<String> owner(String name, Collection<String> paths) {
        return paths.stream()
                .filter(path -> name.startsWith(path.replace('/', '_') + "_"))
                .max(Comparator.comparingInt(String::length));
    }

    private static String withoutOptimizer(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** With the slash. State that a loss scale's first step made has the name of the scale before it, as in Keras. */
    private static String optimizer(String name) {
        int end = name.lastIndexOf('/');
        return name.substring(name.lastIndexOf('/', end - 1) + 1, end + 1);
    }

    // ---- into an optimizer

    /**
     * Loads a state by name. Variables of which it has nothing keep what they have.
     *
     * @throws IllegalArgumentException if an array is left over, missing for a variable that has others, or of another
     *     shape
     */
    static void load(OptimizerState state, Optimizer<NDArray> optimizer, List<TensorVariable<NDArray>> variables) {
        OptimizerState present = optimizer.saveOwnVariables();
        OptimizerState renamed = renamed(state, present);
        if (names(renamed).equals(names(present))) {
            // Names may come twice: a/b and a_b have state of one name.
            optimizer.loadOwnVariables(renamed);
            return;
        }
        List<NamedArray> arrays = new ArrayList<>(renamed.arrays());
        List<String> paths = variables.stream().map(TensorVariable::path).toList();
        Set<String> known = new HashSet<>();
        arrays.forEach(array -> owner(withoutOptimizer(array.name()), paths).ifPresent(known::add));
        for (NamedArray array : present.arrays()) {
            boolean isOfOther = owner(withoutOptimizer(array.name()), paths)
                    .filter(path -> !known.contains(path))
                    .isPresent();
            if (isOfOther) {
                arrays.add(array);
            }
        }
        optimizer.loadOwnVariables(new OptimizerState(arrays).inOrderOf(optimizer.variables()));
    }

    /** With the optimizers' names of another state: the first for the first, the second, of a loss scale's, for the second. */
    private static OptimizerState renamed(OptimizerState state, OptimizerState as) {
        List<String> names = optimizers(state);
        List<String> others = optimizers(as);
        return state.named(state.arrays().stream()
                .map(NamedArray::name)
                .map(name -> {
                    int position = names.indexOf(optimizer(name));
                    return position < others.size() ? others.get(position) + withoutOptimizer(name) : name;
                })
                .toList());
    }

    private static List<String> names(OptimizerState state) {
        return state.arrays().stream().map(NamedArray::name).toList();
    }

    private static List<String> optimizers(OptimizerState state) {
        return state.arrays().stream()
                .map(array -> optimizer(array.name()))
                .distinct()
                .toList();
    }

    /**
     * Loads a state by position.
     *
     * @throws IllegalArgumentException if the number of arrays or a shape is another
     */
    static void loadByPosition(OptimizerState state, Optimizer<NDArray> optimizer) {
        Map<String, Shape> places = new LinkedHashMap<>();
        for (TensorVariable<NDArray> variable : optimizer.variables()) {
            boolean isTwin = places.containsKey(variable.path());
            places.put(variable.path() + (isTwin ? " at " + places.size() : ""), variable.shape());
        }
        state.ensureFits(places);
        optimizer.loadOwnVariables(state);
    }
}
