package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import java.util.List;

/**
 * Weights in some library, stepped by gradients that somebody else computed. What still differs then is the optimizer's
 * arithmetic alone.
 */
interface Follower extends AutoCloseable {
    /** Takes a step. The gradients are multiplied by the loss scale already; this optimizer's own must be the same. */
    void step(List<HostTensor> theirGradients);

    /** To be called after the last step: sets the weights to their averages, if any. */
    void finish();

    List<HostTensor> weights();

    @Override
    void close();
}
