package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A parameter of a block, with the name that it has in every process. The id that DJL gives it is another in each.
 *
 * @param parameter DJL's
 * @param info its names: {@code 01Linear/weight} and {@code weight}
 */
record ModelParameter(Parameter parameter, VariableInfo info) {
    /** Those of a block, in the block's order; what it has under two names, under the first. */
    static List<ModelParameter> of(Block block) {
        List<ModelParameter> parameters = new ArrayList<>();
        Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (seen.add(pair.getValue())) {
                parameters.add(new ModelParameter(pair.getValue(), info(pair.getKey(), pair.getValue())));
            }
        }
        return parameters;
    }

    /** DJL joins the names of blocks and of the parameter by {@code _}, which they may have themselves. */
    private static VariableInfo info(String key, Parameter parameter) {
        String name = parameter.getName();
        if (name.isEmpty()) {
            return new VariableInfo(key, key);
        }
        boolean isInBlock = key.endsWith("_" + name);
        String path = isInBlock ? key.substring(0, key.length() - name.length() - 1) + "/" + name : key;
        return new VariableInfo(path, name);
    }

    String path() {
        return info.path();
    }

    boolean isTrainable() {
        return isTrainable(parameter);
    }

    /** Whether it has an array, which a step may change. */
    static boolean isTrainable(Parameter parameter) {
        return parameter.requiresGradient() && parameter.isInitialized();
    }

    NDArray array() {
        return parameter.getArray();
    }
}
