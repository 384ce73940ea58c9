package io.gradstep.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Binds the updater of each network that it listens to, just before it is asked. Replicas of a network share its
 * listeners and call them from several threads: what it knows of a network lies in the network's own updater.
 */
final class AttachedListener extends BaseTrainingListener {
    private volatile List<String> exclusions = List.of();

    void setExclusions(List<String> patterns) {
        exclusions = List.copyOf(patterns);
    }

    List<String> exclusions() {
        return exclusions;
    }

    @Override
    public void onGradientCalculation(Model model) {
        Network network = Network.of(model);
        if (network != null) {
            bound(network);
        }
    }

    /** What the network's blocks are bound to, from now on if they were not. */
    AttachedStep bound(Network network) {
        AttachedStep bound = AttachedStep.boundTo(network);
        if (bound == null) {
            bound = AttachedStep.bind(network, exclusions);
        }
        if (network.solver().getGradientsAccumulator() != null) {
            throw new IllegalStateException("The network shares encoded gradients (SHARED_GRADIENTS), of which an "
                    + "attached updater leaves none: it steps in the parameters themselves. Average parameters "
                    + "instead: trainingMode(TrainingMode.AVERAGING)");
        }
        return bound;
    }

    AttachedStep bindAnew(Network network) {
        return AttachedStep.bind(network, exclusions);
    }
}
