package io.gradstep.nd4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Opens the backend {@code nd4j}, whose tensors are {@link INDArray}s. */
public final class Nd4jProvider implements BackendProvider {
    /** For the service loader, and for who wants the typed backend. */
    public Nd4jProvider() {}

    @Override
    public String id() {
        return Nd4jBackend.ID;
    }

    @Override
    public Backend<INDArray> open(Options options) {
        return new Nd4jBackend(options);
    }

    @Override
    public Backend<INDArray> open() {
        return open(Options.DEFAULT);
    }
}
