package io.gradstep.nd4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.autodiff.samediff.internal.memory.ArrayCacheMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * Runs the gradient function of a graph, and can then free all that SameDiff made for it. SameDiff itself leaves that
 * to the garbage collector, which sees only the small Java objects and may not come by before memory is exhausted.
 */
final class GradientSession extends InferenceSession {
    private final SameDiff graph;
    private final SameDiff function;
    private final Memory memory = new Memory();

    /** A session for the gradient function that the graph has now. */
    GradientSession(SameDiff graph, SameDiff function) {
        super(function);
        this.graph = graph;
        this.function = function;
        setMmgr(memory);
    }

    /** Whether this is the function that it runs, and not one that only looks the same. */
    @SuppressWarnings("ReferenceEquality")
    boolean runs(SameDiff other) {
        return function == other;
    }

    /** Computes outputs and gradients. Some may be arrays of the graph itself: copy them before {@link #free}. */
    OutAndGrad run(Map<String, INDArray> placeholders, List<String> outputs, Collection<String> variables) {
        long thread = Thread.currentThread().getId();
        InferenceSession other = function.getSessions().put(thread, this);
        try {
            return graph.calculateGradientsAndOutputs(placeholders, outputs, variables);
        } finally {
            if (other == null) {
                function.getSessions().remove(thread);
            } else {
                function.getSessions().put(thread, other);
            }
        }
    }

    /** Frees what the last run made, and lets go of what it was given. */
    void free() {
        nodeValueOutputs.clear();
        getArrayUseTracker().clear();
        // SameDiff only ever adds to it.
        freedArrays.clear();
        memory.free();
    }

    /** SameDiff's own memory, but that nothing is used again before it is freed. */
    private static final class Memory extends ArrayCacheMemoryMgr {
        private final List<INDArray> made = new ArrayList<>();

        @Override
        public INDArray allocate(boolean detached, DataType dataType, long... shape) {
            return remember(super.allocate(detached, dataType, shape));
        }

        @Override
        public INDArray allocate(boolean detached, LongShapeDescriptor descriptor) {
            return remember(super.allocate(detached, descriptor));
        }

        private INDArray remember(INDArray array) {
            made.add(array);
            return array;
        }

        @Override
        public void release(INDArray array) {
            // All at the end: SameDiff may release an array that another name still stands for.
        }

        void free() {
            for (INDArray array : made) {
                if (array.closeable()) {
                    array.close();
                }
            }
            made.clear();
        }
    }
}
