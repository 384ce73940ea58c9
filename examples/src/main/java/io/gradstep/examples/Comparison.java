package io.gradstep.examples;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains the same model once with each library, and measures how far each is from the reference: with gradients of its
 * own, and with the reference's.
 */
final class Comparison {
    private static final int BATCH_SIZE = 32;

    private final Libraries libraries;
    private final OptimizerChoice optimizer;
    private final int epochs;
    private final Split split;
    private final Batches batches;
    private final Model model;
    private final List<HostTensor> initialWeights;

    /**
     * A comparison, not yet begun.
     *
     * @param libraries what is compared; the eager reference is the yardstick also where it is not among them
     * @param optimizer what steps each model
     * @param kind what learns
     * @param precision the numbers that it computes with
     * @param data what is learned
     * @param epochs how often the training part is seen
     * @param seed decides the split, the weights at the start and the order of the batches
     * @throws UserError if such a model cannot learn from the data
     */
    Comparison(
            Libraries libraries,
            OptimizerChoice optimizer,
            ModelKind kind,
            DType precision,
            Dataset data,
            int epochs,
            long seed) {
        this.libraries = libraries;
        this.optimizer = optimizer;
        this.epochs = epochs;
        this.split = Split.of(data, seed);
        this.batches = new Batches(split.training(), BATCH_SIZE, seed);
        this.model = kind.model(data);
        this.initialWeights = model.initialWeights(seed, precision);
    }

    /** What is done, in numbers. */
    ComparisonResult.Setup setup() {
        return new ComparisonResult.Setup(
                model,
                initialWeights.get(0).dtype(),
                optimizer,
                batches.size(),
                epochs,
                split.training().rows(),
                split.test().rows());
    }

    /** How many steps {@link #run} tells its progress of: each contestant's own, and once all followers together. */
    long steps() {
        return (long) (contestants().size() + 1) * epochs * batches.perEpoch();
    }

    private List<Library<?>> contestants() {
        List<Library<?>> contestants = new ArrayList<>(libraries.list());
        if (!contestants.contains(Libraries.REFERENCE)) {
            contestants.add(0, Libraries.REFERENCE);
        }
        return contestants;
    }

    /**
     * Runs it.
     *
     * @throws UserError if a library cannot start; nothing has been trained then
     */
    ComparisonResult run(Progress progress) {
        List<Contestant<?>> contestants = new ArrayList<>();
        try {
            for (Library<?> library : contestants()) {
                contestants.add(Contestant.open(library, model, initialWeights, optimizer));
            }
            Map<Library<?>, TrainingRun> runs = new LinkedHashMap<>();
            for (Contestant<?> contestant : contestants) {
                progress.phase(contestant.library().name());
                runs.put(contestant.library(), TrainingRun.of(contestant, split, batches, epochs, progress));
            }
            progress.phase("same gradients");
            return result(runs, largestDifferencesWithSameGradients(contestants, progress));
        } finally {
            contestants.forEach(Contestant::close);
        }
    }

    /**
     * The reference trains once more, and every library follows with its gradients. The weights are compared after
     * every step, and once more when they are averages.
     */
    private Map<Library<?>, Long> largestDifferencesWithSameGradients(
            List<Contestant<?>> contestants, Progress progress) {
        Map<Library<?>, Follower> followers = new LinkedHashMap<>();
        Map<Library<?>, Long> largest = new LinkedHashMap<>();
        try (Contestant<HostTensor> leader = Contestant.open(Libraries.REFERENCE, model, initialWeights, optimizer)) {
            for (Contestant<?> contestant : contestants) {
                followers.put(contestant.library(), follower(contestant));
            }
            for (int epoch = 1; epoch <= epochs; epoch++) {
                for (Batch batch : batches.epoch(epoch)) {
                    List<HostTensor> gradients = leader.gradients(batch);
                    leader.stepper().step(gradients);
                    followers.values().forEach(follower -> follower.step(gradients));
                    mergeDifferences(leader, followers, largest);
                    progress.step();
                }
            }
            leader.stepper().finish();
            followers.values().forEach(Follower::finish);
            mergeDifferences(leader, followers, largest);
        } finally {
            followers.values().forEach(Follower::close);
        }
        return largest;
    }

    private static void mergeDifferences(
            Contestant<HostTensor> leader, Map<Library<?>, Follower> followers, Map<Library<?>, Long> largest) {
        List<HostTensor> weights = leader.trainer().weights();
        followers.forEach((library, follower) ->
                largest.merge(library, Ulp.largestDistance(weights, follower.weights()), Math::max));
    }

    private <T> Follower follower(Contestant<T> contestant) {
        return contestant.library().followers().follower(model, initialWeights, contestant.backend(), optimizer);
    }

    private ComparisonResult result(Map<Library<?>, TrainingRun> runs, Map<Library<?>, Long> sameGradients) {
        List<HostTensor> yardstick = runs.get(Libraries.REFERENCE).weights();
        return new ComparisonResult(
                setup(),
                libraries.list().stream()
                        .map(library -> new ComparisonResult.Row(
                                library.id(),
                                library.execution(),
                                library.equals(Libraries.REFERENCE),
                                runs.get(library),
                                sameGradients.get(library),
                                Ulp.largestDistance(yardstick, runs.get(library).weights())))
                        .toList());
    }
}
