package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.List;

/**
 * A DL4J network that follows. Tensors alone would not do: DL4J's updaters step nothing but networks.
 *
 * @param trainer whose network it is
 */
record Dl4jFollower(Dl4jTrainer trainer) implements Follower {
    @Override
    public void step(List<HostTensor> theirGradients) {
        trainer.stepper().step(trainer.gradients(theirGradients));
    }

    @Override
    public void finish() {
        trainer.stepper().finish();
    }

    @Override
    public List<HostTensor> weights() {
        return trainer.weights();
    }

    @Override
    public void close() {
        trainer.close();
    }
}
