package io.gradstep.examples;

import io.gradstep.examples.Measurements.Workload;
import io.gradstep.examples.bench.DjlAdam;
import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepSettings;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a library has of its own, where ours steps its tensors: always plain, and never quite the same. */
enum Peer {
    ND4J("nd4j", StepCosts.ND4J_RMSPROP, StepSettings.plain.bytesPerParameter(), "epsilon") {
        @Override
        OptionalDouble step(Measurements times, Workload workload) {
            return times.nd4jRmsProp(workload);
        }
    },
    DJL("djl", StepCosts.DJL_ADAM, DjlAdam.BYTES_PER_PARAMETER, "rule") {
        @Override
        OptionalDouble step(Measurements times, Workload workload) {
            return times.djlAdam(workload);
        }
    };

    private final String backend;
    private final String label;
    private final int bytesPerParameter;
    private final String difference;

    Peer(String backend, String label, int bytesPerParameter, String difference) {
        this.backend = backend;
        this.label = label;
        this.bytesPerParameter = bytesPerParameter;
        this.difference = difference;
    }

    /** Plain Java has none. */
    static Optional<Peer> of(String backend) {
        return Arrays.stream(values())
                .filter(peer -> peer.backend.equals(backend))
                .findFirst();
    }

    abstract OptionalDouble step(Measurements times, Workload workload);

    String backend() {
        return backend;
    }

    String label() {
        return label;
    }

    int bytesPerParameter() {
        return bytesPerParameter;
    }

    /** In what it is not comparable with ours. */
    String notTheSame(boolean isOursPlain) {
        return isOursPlain ? difference : difference + ", settings";
    }
}
