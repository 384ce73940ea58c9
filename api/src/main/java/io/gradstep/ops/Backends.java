package io.gradstep.ops;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Opens a backend by its id. A backend is always named, never guessed: two libraries on one classpath must not decide
 * by their order which one is used.
 */
public final class Backends {
    private static final Map<String, String> ARTIFACTS = Map.of(
            "reference", "io.gradstep:gradstep-reference",
            "nd4j", "io.gradstep:gradstep-nd4j",
            "djl", "io.gradstep:gradstep-djl");

    private Backends() {}

    /**
     * The backends on the classpath.
     *
     * @return their ids, sorted
     */
    public static List<String> ids() {
        return providers().stream().map(BackendProvider::id).sorted().toList();
    }

    /**
     * Opens a backend to run steps as fast as it can.
     *
     * @param id its id
     * @return the backend, to be closed by the caller
     * @throws IllegalArgumentException if there is none of this id on the classpath, or more than one; the message
     *     lists those found and says what to do
     */
    public static Backend<?> open(String id) {
        return open(id, BackendProvider.Options.DEFAULT);
    }

    /**
     * Opens a backend.
     *
     * @param id its id
     * @param options how it is to run steps
     * @return the backend, to be closed by the caller
     * @throws IllegalArgumentException if there is none of this id on the classpath, or more than one; the message
     *     lists those found and says what to do
     */
    public static Backend<?> open(String id, BackendProvider.Options options) {
        List<BackendProvider> found = providers().stream()
                .filter(provider -> provider.id().equals(id))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no backend \"" + id + "\" on the classpath. Found: " + ids() + ". " + advice(id));
        }
        if (found.size() > 1) {
            throw new IllegalArgumentException("Several backends call themselves \"" + id + "\": "
                    + found.stream()
                            .map(provider -> provider.getClass().getName())
                            .toList()
                    + ". Leave one on the classpath, or open it by its provider");
        }
        return found.get(0).open(options);
    }

    private static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static String advice(String id) {
        String artifact = id == null ? null : ARTIFACTS.get(id);
        return artifact == null ? "gradstep's own are reference, nd4j and djl" : "Add the dependency " + artifact;
    }
}
