package io.gradstep.ops;

/** How a backend is found: the one public class of its module, named in {@code META-INF/services}. */
public interface BackendProvider {
    /**
     * The name by which users choose the backend.
     *
     * @return {@code reference}, {@code nd4j}, {@code djl}, …
     */
    String id();

    /**
     * Opens the backend.
     *
     * @return a backend, to be closed by the caller
     */
    Backend<?> open();
}
