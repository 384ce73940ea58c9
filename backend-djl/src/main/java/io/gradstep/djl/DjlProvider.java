package io.gradstep.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;

/**
 * Opens the backend {@code djl}, whose tensors are DJL's {@link NDArray}s on the PyTorch engine.
 *
 * <p>PyTorch is named, never left to DJL's default: two engines on one classpath must not decide by their rank which
 * one is used. Whether DJL may download missing native code is DJL's own setting, {@code ai.djl.offline}; it is not
 * touched here.
 */
public final class DjlProvider implements BackendProvider {
    private static final String ENGINE = "PyTorch";

    /** For the service loader, and for who wants the typed backend. */
    public DjlProvider() {}

    @Override
    public String id() {
        return DjlBackend.ID;
    }

    /**
     * Opens the backend.
     *
     * @param options how it is to run steps
     * @return a backend, to be closed by the caller
     * @throws IllegalStateException if PyTorch cannot be loaded; the message names the artifacts to add
     */
    @Override
    public Backend<NDArray> open(Options options) {
        return new DjlBackend(engine().newBaseManager(), options);
    }

    @Override
    public Backend<NDArray> open() {
        return open(Options.DEFAULT);
    }

    private static Engine engine() {
        try {
            return Engine.getEngine(ENGINE);
        } catch (EngineException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "DJL's engine " + ENGINE + " cannot be loaded: " + e.getMessage()
                            + ". Add the dependencies ai.djl.pytorch:pytorch-engine, ai.djl.pytorch:pytorch-jni and "
                            + "ai.djl.pytorch:pytorch-native-cpu, the last with the classifier of this system "
                            + "(linux-x86_64, osx-aarch64, win-x86_64), in versions that belong together: "
                            + "0.35.1, 2.7.1-0.35.1 and 2.7.1",
                    e);
        }
    }
}
