package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains the same model once with each library, and measures after each step how far each is from the reference: with
 * gradients of its own, and with the reference's.
 *
 * <p>All train an epoch, one after the other, then all the next: what disturbs the machine disturbs all, and who ends it
 * early has something of each.
 */
final class Comparison implements AutoCloseable {
    private final ComparisonPlan plan;
    private final long seed;
    private final Split split;
    private final Batches batches;
    private final Model model;
    private final List<HostTensor> initialWeights;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final Map<Library<?>, Lane<?>> lanes = new LinkedHashMap<>();
    private final Contestant<HostTensor> leader;

    /**
     * Starts all libraries.
     *
     * @param plan what is compared
     * @param seed decides the split, the weights at the start and the order of the batches
     * @param progress is told of each step
     * @param stop asked after each step whether to end now
     * @throws UserError if a library cannot start; nothing has been trained then
     */
    Comparison(ComparisonPlan plan, long seed, Progress progress, BooleanSupplier stop) {
        this.plan = plan;
        this.seed = seed;
        this.split = Split.of(plan.data(), seed);
        this.batches = new Batches(split.training(), ComparisonPlan.BATCH_SIZE, seed);
        this.model = plan.model();
        this.initialWeights = model.initialWeights(seed, plan.precision());
        this.progress = progress;
        this.stop = stop;
        try {
            plan.contestants().forEach(library -> lanes.put(library, lane(library)));
            this.leader = open(Libraries.REFERENCE);
        } catch (RuntimeException | Error e) {
            lanes.values().forEach(Lane::close);
            throw e;
        }
    }

    private <T> Contestant<T> open(Library<T> library) {
        return Contestant.open(library, model, initialWeights, plan.optimizer());
    }

    private <T> Lane<T> lane(Library<T> library) {
        Contestant<T> contestant = open(library);
        try {
            Optional<Follower> follower = library.followers()
                    .map(followers ->
                            followers.follower(model, initialWeights, contestant.backend(), plan.optimizer()));
            return new Lane<>(contestant, new Training<>(contestant, split, progress, stop), follower);
        } catch (RuntimeException | Error e) {
            contestant.close();
            throw e;
        }
    }

    /**
     * Runs it.
     *
     * @return whether it came to its end
     */
    boolean run() {
        for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
            if (!run(epoch)) {
                return false;
            }
        }
        List<HostTensor> weights = lanes.get(Libraries.REFERENCE).weights();
        lanes.values().forEach(lane -> lane.compareAtEnd(steps(plan.epochs()), weights));
        return true;
    }

    private long steps(int epochs) {
        return (long) epochs * batches.perEpoch();
    }

    private boolean run(int number) {
        EpochOfSteps epoch = new EpochOfSteps(
                batches.epoch(number),
                steps(number - 1),
                number == plan.epochs(),
                new WeightTrail(batches.perEpoch(), initialWeights));
        for (Map.Entry<Library<?>, Lane<?>> entry : lanes.entrySet()) {
            progress.phase(entry.getKey().contender().name());
            if (!entry.getValue().train(epoch)) {
                return false;
            }
        }
        progress.phase("same gradients");
        return follow(epoch);
    }

    /**
     * The reference trains once more, and every backend follows with its gradients. The weights are compared after
     * every step, and once more when they are averages.
     */
    private boolean follow(EpochOfSteps epoch) {
        for (int step = 0; step < epoch.batches().size(); step++) {
            List<HostTensor> gradients = leader.gradients(epoch.batches().get(step));
            leader.stepper().step(gradients);
            lanes.values().forEach(lane -> lane.follow(gradients));
            compareFollowers(epoch.number(step));
            progress.step();
            if (stop.getAsBoolean()) {
                return false;
            }
        }
        if (epoch.isLast()) {
            leader.stepper().finish();
            lanes.values().forEach(Lane::finishFollower);
            compareFollowers(steps(plan.epochs()));
        }
        return true;
    }

    private void compareFollowers(long step) {
        List<HostTensor> weights = leader.trainer().weights();
        lanes.values().forEach(lane -> lane.compareFollower(step, weights));
    }

    /** How many epochs all came to the end of. */
    int epochs() {
        return lanes.values().stream().mapToInt(Lane::epochs).min().orElseThrow();
    }

    /** What was found in the {@link #epochs}, of which there must be one at least: for each library what it did. */
    Map<Library<?>, Outcome> outcomes() {
        Map<Library<?>, Outcome> outcomes = new LinkedHashMap<>();
        lanes.forEach((library, lane) -> outcomes.put(library, lane.outcome(seed, epochs())));
        return outcomes;
    }

    @Override
    public void close() {
        lanes.values().forEach(Lane::close);
        leader.close();
    }
}
