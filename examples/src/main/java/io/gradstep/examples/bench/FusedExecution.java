package io.gradstep.examples.bench;

import io.gradstep.ops.Shape;

/** What a backend makes of the wish to run steps fused. It may fall back to something slower, and says so. */
public final class FusedExecution {
    private FusedExecution() {}

    /**
     * Asks a backend. Loads its library.
     *
     * @param backend its id
     * @return how it runs steps, and why
     */
    public static String on(String backend) {
        Shape shape = Shape.of(1);
        try (LiveStep<?> live = LiveStep.open(
                backend,
                StepExecution.fused.options(),
                StepSettings.plain,
                RandomTensors.weights(shape),
                RandomTensors.gradients(shape))) {
            return live.execution();
        }
    }
}
