package io.gradstep.examples.bench;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How many threads a tensor library uses for its own operations. Loads the library. */
public final class LibraryThreads {
    private LibraryThreads() {}

    /**
     * Sets ND4J's.
     *
     * @param threads how many
     */
    public static void nd4j(int threads) {
        // ND4J's own threads, then those of OpenMP, which some of its operations and oneDNN use.
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    }

    /**
     * Sets PyTorch's.
     *
     * @param threads how many
     */
    public static void djl(int threads) {
        // Read when the engine is loaded, which starts threads; later only the call counts.
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
    }

    /** Sets those of the library that a backend works with, if it has any. */
    static void of(String backend, int threads) {
        switch (backend) {
            case "nd4j" -> nd4j(threads);
            case "djl" -> djl(threads);
            default -> {
                // Plain Java has no threads but those of the step.
            }
        }
    }
}
