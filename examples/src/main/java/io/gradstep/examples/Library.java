package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor library that can be compared.
 *
 * @param <T> its tensor type
 * @param id what the user calls it
 * @param backend opens gradstep's backend for it
 * @param models makes a model in it
 */
record Library<T>(String id, Supplier<Backend<T>> backend, Models<T> models) {
    /** Makes a model that starts with the given weights. */
    interface Models<T> {
        Trainer<T> trainer(Mlp model, List<HostTensor> initialWeights, Backend<T> backend);
    }
}
