package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;

/**
 * The moving average of a parameter that joins in when steps have been taken already. Keras begins an average at 0, and
 * the first step of all takes the parameter alone. Later steps would bring it only a little nearer, and the parameter
 * would be set to next to nothing. So it begins with the parameter.
 */
final class LateAverage {
    private static final String SUFFIX = "_average";

    private LateAverage() {}

    /** Sets the average of a parameter to it, unless steps have moved the average. */
    static void begin(Optimizer<NDArray> optimizer, TensorVariable<NDArray> parameter, ModelBackend backend) {
        for (TensorVariable<NDArray> state : optimizer.variables()) {
            // Averages come first: what a rule of the user's may have under this name comes later.
            if (parameter.path().equals(backend.ownerOf(state)) && state.name().endsWith(SUFFIX)) {
                if (isZero(backend.read(state))) {
                    optimizer.assign(state, parameter.value());
                }
                return;
            }
        }
    }

    /** Of a parameter that is 0 itself either is right. */
    private static boolean isZero(HostTensor values) {
        for (int i = 0; i < values.length(); i++) {
            if (values.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
