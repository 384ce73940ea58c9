package io.gradstep.examples.bench;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
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
        nd4j(threads, threads);
    }

    /** Its own threads, and those of OpenMP, which some of its operations and oneDNN use. */
    private static void nd4j(int own, int openMp) {
        Nd4j.getEnvironment().setMaxMasterThreads(own);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(openMp);
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

    /**
     * Sets those of the libraries of some backends.
     *
     * @return puts back what was set before, on the same thread: OpenMP counts for each thread by itself
     */
    static Runnable set(List<String> backends, int threads) {
        List<Runnable> putBack = new ArrayList<>();
        if (backends.contains("nd4j")) {
            int own = Nd4j.getEnvironment().maxMasterThreads();
            int openMp = NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
            nd4j(threads);
            putBack.add(() -> nd4j(own, openMp));
        }
        if (backends.contains("djl")) {
            Engine.getEngine("PyTorch");
            int before = JniUtils.getNumThreads();
            djl(threads);
            putBack.add(() -> djl(before));
        }
        return () -> putBack.forEach(Runnable::run);
    }
}
