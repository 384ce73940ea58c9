package io.gradstep.examples.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.optimizer.RmsProp;

/** DJL's own RMSprop, which cannot be measured where the engine does not have it. */
public final class DjlRmsProp {
    private DjlRmsProp() {}

    /**
     * Tries it.
     *
     * @return what it does, in words
     */
    public static String answer() {
        LibraryThreads.djl(1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            RmsProp rmsprop = Optimizer.rmsprop().build();
            NDArray weight = manager.create(new float[] {1});
            rmsprop.update("weight", weight, manager.create(new float[] {1}));
            return "runs, but is not among the benchmarks";
        } catch (UnsupportedOperationException e) {
            return "throws " + e;
        }
    }
}
