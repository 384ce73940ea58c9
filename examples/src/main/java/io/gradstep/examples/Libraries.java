package io.gradstep.examples;

import ai.djl.ndarray.NDArray;
import io.gradstep.djl.DjlProvider;
import io.gradstep.examples.bench.LibraryThreads;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import io.gradstep.reference.ReferenceProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Some tensor libraries, in the order in which they are to be compared. */
record Libraries(List<Library<?>> list) {
    /** The yardstick: each operation by itself, in plain Java. */
    static final Library<HostTensor> REFERENCE = reference(StepExecution.eager);

    // Lambdas and no references to constructors, which load the class they name: what is not asked for is not loaded.
    private static final List<Library<?>> ALL = List.of(
            reference(StepExecution.fused),
            REFERENCE,
            nd4j(StepExecution.fused),
            nd4j(StepExecution.eager),
            djl(StepExecution.fused),
            djl(StepExecution.eager));

    private static Library<HostTensor> reference(StepExecution execution) {
        return new Library<>(
                execution == StepExecution.eager
                        ? Contender.reference("reference", execution)
                        : Contender.backend("reference", execution),
                () -> new ReferenceProvider().open(options(execution)),
                ReferenceTrainer::new);
    }

    private static Library<INDArray> nd4j(StepExecution execution) {
        return new Library<>(
                Contender.backend("nd4j", execution),
                () -> openNd4j(execution),
                (model, weights, nd4j, choice) -> new Dl4jTrainer(model, weights, nd4j, choice, options(execution)),
                Optional.of((model, weights, nd4j, choice) ->
                        new Dl4jFollower(model, weights, nd4j, choice, options(execution))));
    }

    static Backend<INDArray> openNd4j(StepExecution execution) {
        Backend<INDArray> backend = new Nd4jProvider().open(options(execution));
        LibraryThreads.nd4j(1);
        return backend;
    }

    private static Library<NDArray> djl(StepExecution execution) {
        return new Library<>(
                Contender.backend("djl", execution),
                () -> openDjl(execution),
                (model, weights, djl, choice) -> new DjlTrainer(model, weights, djl, choice, options(execution)),
                Optional.of((model, weights, djl, choice) ->
                        new DjlFollower(model, weights, djl, choice, options(execution))));
    }

    static Backend<NDArray> openDjl(StepExecution execution) {
        LibraryThreads.djl(1);
        return new DjlProvider().open(options(execution));
    }

    /**
     * One thread, to which the libraries are kept as well. The model is so small that several wait for each other
     * longer than they compute, and on a busy machine a hundred times longer, because they wait by spinning.
     */
    private static Options options(StepExecution execution) {
        return execution.options().withThreads(1);
    }

    /**
     * The libraries that a user names.
     *
     * @param ids their ids, separated by commas
     * @param executions how steps are to be run; each library once for each
     * @throws UserError if one is unknown, stands there twice, or none is there
     */
    static Libraries named(String ids, Collection<StepExecution> executions) {
        Set<String> chosen = new LinkedHashSet<>();
        for (String part : ids.split(",", -1)) {
            String id = part.strip();
            ensureKnown(id, ids);
            if (!chosen.add(id)) {
                throw new UserError("The backend \"" + id + "\" is named twice. Name it once. Received: " + ids);
            }
        }
        return new Libraries(chosen.stream()
                .flatMap(id ->
                        ALL.stream().filter(library -> library.contender().id().equals(id)))
                .filter(library ->
                        executions.contains(library.contender().execution().orElseThrow()))
                .toList());
    }

    /** These, and behind them the own optimizers of their libraries. */
    Libraries withPeers(OptimizerChoice choice) {
        List<Library<?>> all = new ArrayList<>(list);
        Peers peers = new Peers((float) choice.firstLearningRate());
        Stream.of(peers.dl4jRmsProp(), peers.djlAdam(), peers.djlRmsProp())
                .filter(peer -> list.stream()
                        .anyMatch(library -> library.contender()
                                .library()
                                .equals(peer.contender().library())))
                .forEach(all::add);
        return new Libraries(all);
    }

    private static void ensureKnown(String id, String received) {
        if (!ids().contains(id)) {
            throw new UserError((id.isEmpty() ? "A name is empty" : "There is no backend \"" + id + "\"")
                    + ". Choose among " + String.join(", ", ids()) + ", separated by commas. Received: "
                    + (received.isEmpty() ? "nothing" : received));
        }
    }

    private static List<String> ids() {
        return ALL.stream().map(library -> library.contender().id()).distinct().toList();
    }
}
