package io.gradstep.examples;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.ops.BackendProvider.Options;
import java.util.List;
import java.util.stream.Stream;

/** The optimizer of a DJL model, as a loop of one's own steps with it. */
final class DjlStepper implements Stepper<NDArray> {
    private final GradstepOptimizer optimizer;

    DjlStepper(Model model, OptimizerChoice choice, Options options) {
        this.optimizer =
                GradstepOptimizer.of(choice.settings(), model, options).excludeFromWeightDecay(excluded(choice));
    }

    /** The user's patterns know Keras's names, the model has DJL's. */
    private static String[] excluded(OptimizerChoice choice) {
        return Stream.of(choice.spares("kernel") ? "weight$" : null, choice.spares("bias") ? "bias$" : null)
                .filter(pattern -> pattern != null)
                .toArray(String[]::new);
    }

    /** What to go backward from. */
    NDArray scaleLoss(NDArray loss) {
        return optimizer.scaleLoss(loss);
    }

    /** Nothing is left to multiply: the loss itself is scaled. */
    @Override
    public double lossScale() {
        return 1;
    }

    /** The gradients are the model's own, where the optimizer finds them, and leaves zeros. */
    @Override
    public void step(List<NDArray> gradients) {
        optimizer.step();
    }

    @Override
    public void finish() {
        optimizer.finalizeVariableValues();
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
