package io.gradstep.examples;

import ai.djl.ndarray.NDArray;
import io.gradstep.djl.DjlProvider;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.reference.ReferenceProvider;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Some tensor libraries, in the order in which they are to be compared. */
record Libraries(List<Library<?>> list) {
    static final Library<HostTensor> REFERENCE =
            new Library<>("reference", () -> new ReferenceProvider().open(), ReferenceTrainer::new);

    // Lambdas and no references to constructors, which load the class they name: what is not asked for is not loaded.
    private static final List<Library<?>> ALL = List.of(
            REFERENCE,
            new Library<>("nd4j", Libraries::nd4j, (model, weights, nd4j) -> new Dl4jTrainer(model, weights, nd4j)),
            new Library<>("djl", Libraries::djl, (model, weights, djl) -> new DjlTrainer(model, weights, djl)));

    // Both libraries are kept to one thread. The model is so small that several wait for each other longer than they
    // compute, and on a busy machine a hundred times longer, because they wait by spinning.

    private static Backend<INDArray> nd4j() {
        Backend<INDArray> backend = new Nd4jProvider().open();
        // ND4J's own threads, then those of OpenMP, which some of its operations and oneDNN use.
        Nd4j.getEnvironment().setMaxMasterThreads(1);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        return backend;
    }

    private static Backend<NDArray> djl() {
        // Read when the engine is loaded; DJL has no public method for it.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        return new DjlProvider().open();
    }

    /**
     * The libraries that a user names.
     *
     * @param ids their ids, separated by commas
     * @throws UserError if one is unknown, stands there twice, or none is there
     */
    static Libraries named(String ids) {
        List<Library<?>> chosen = new ArrayList<>();
        for (String id : ids.split(",", -1)) {
            Library<?> library = named(id.strip(), ids);
            if (chosen.contains(library)) {
                throw new UserError(
                        "The backend \"" + library.id() + "\" is named twice. Name it once. Received: " + ids);
            }
            chosen.add(library);
        }
        return new Libraries(chosen);
    }

    private static Library<?> named(String id, String received) {
        return ALL.stream()
                .filter(library -> library.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new UserError((id.isEmpty() ? "A name is empty" : "There is no backend \"" + id + "\"")
                                + ". Choose among " + String.join(", ", ids()) + ", separated by commas. Received: "
                                + (received.isEmpty() ? "nothing" : received)));
    }

    private static List<String> ids() {
        return ALL.stream().map(Library::id).toList();
    }
}
