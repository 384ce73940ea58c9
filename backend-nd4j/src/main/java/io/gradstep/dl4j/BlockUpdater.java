package io.gradstep.dl4j;

import io.gradstep.ops.Slot;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The updater of one block: of variables of a network that lie side by side and have equal updaters, or of one variable
 * of SameDiff. It holds their state, and steps with it alone or, once it is {@link #join attached}, with all others.
 */
@SuppressWarnings("try") // scopes outside workspaces are only opened and closed
final class BlockUpdater implements GradientUpdater<GradstepUpdater> {
    private final GradstepUpdater config;
    /** For each slot of the settings an array of the gradient's shape. */
    private List<INDArray> slots = List.of();

    private char order = 'c';
    /** Null before the first step, and if attached. */
    private UnattachedStep alone;
    /** Null if not attached. */
    private AttachedStep together;

    private int position;

    BlockUpdater(GradstepUpdater config) {
        this.config = config;
    }

    /** The updater that made it, or one that is equal: all blocks of a step ask the same one for the learning rate. */
    @Override
    public GradstepUpdater getConfig() {
        return together == null ? config : together.config(position);
    }

    GradstepUpdater ownConfig() {
        return config;
    }

    // ---- state

    /** The state of a stretch of the block's parameters, for each slot of the settings. */
    List<INDArray> state(long from, long to) {
        return slots.stream()
                .map(slot -> slot.get(NDArrayIndex.interval(from, to)))
                .toList();
    }

    @Override
    public void setStateViewArray(INDArray view, long[] shape, char gradientOrder, boolean initialize) {
        List<Slot> declared = config.settings().slots();
        List<INDArray> views = new ArrayList<>();
        if (!declared.isEmpty()) {
            UnattachedStep.dtype(view);
            INDArray flat = view.reshape(view.length());
            long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            for (int i = 0; i < declared.size(); i++) {
                views.add(flat.get(NDArrayIndex.interval(i * length, (i + 1) * length))
                        .reshape(gradientOrder, shape));
            }
        }
        setSlots(views, gradientOrder, initialize);
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
        List<String> names = config.settings().slots().stream().map(Slot::name).toList();
        if (state.size() != names.size() || !state.keySet().containsAll(names)) {
            throw new IllegalArgumentException("The state of an updater with these settings has the arrays " + names
                    + ". Received: " + state.keySet() + ". Load it with the settings that it was saved with");
        }
        setSlots(
                names.stream().map(state::get).toList(),
                names.isEmpty() ? 'c' : state.get(names.get(0)).ordering(),
                initialize);
    }

    private void setSlots(List<INDArray> views, char gradientOrder, boolean initialize) {
        slots = views;
        order = gradientOrder;
        alone = null;
        together = null;
        if (initialize) {
            List<Slot> declared = config.settings().slots();
            for (int i = 0; i < declared.size(); i++) {
                if (config.settings().base().useEma() && i == 0) {
                    UnsetAverage.mark(views.get(i));
                } else {
                    views.get(i).assign(declared.get(i).initial());
                }
            }
        }
    }

    @Override
    public Map<String, INDArray> getState() {
        Map<String, INDArray> state = new LinkedHashMap<>();
        List<Slot> declared = config.settings().slots();
        for (int i = 0; i < slots.size(); i++) {
            state.put(declared.get(i).name(), slots.get(i));
        }
        return state;
    }

    // ---- steps

    /** From now on it steps with the other blocks of the network, of which it is the one at this position. */
    void join(AttachedStep step, int positionInStep) {
        together = step;
        position = positionInStep;
        alone = null;
    }

    /** What it steps with; null if not attached. */
    AttachedStep attachedStep() {
        return together;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (together != null) {
            together.step(position, gradient, iteration, epoch);
            return;
        }
        if (alone != null && liesAsState(gradient)) {
            alone.step(gradient, iteration, config.getLearningRate(iteration, epoch));
            return;
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            stepAlone(gradient, iteration, epoch);
        }
    }

    private void stepAlone(INDArray gradient, int iteration, int epoch) {
        double rate = config.getLearningRate(iteration, epoch);
        try (INDArray copy = liesAsState(gradient) ? null : gradient.dup(order)) {
            INDArray own = copy == null ? gradient : copy;
            if (alone == null) {
                refuseLineSearch();
                alone = UnattachedStep.of(config, slots, own);
            }
            alone.step(own, iteration, rate);
            if (copy != null) {
                gradient.assign(copy);
            }
        }
    }

    /** The blocks of networks are of rank 1 and in the order 'f', which for such is the same as 'c'. */
    private boolean liesAsState(INDArray gradient) {
        boolean isDense = gradient.isEmpty() || gradient.elementWiseStride() == 1;
        return isDense && (gradient.rank() < 2 || gradient.ordering() == order);
    }

    /**
     * DL4J's solvers with a line search call an updater more than once in an iteration. An updater is not told who
     * calls it, but at the first step one can look.
     */
    private static void refuseLineSearch() {
        StackWalker.getInstance().forEach(BlockUpdater::refuseIfLineSearch);
    }

    private static void refuseIfLineSearch(StackFrame frame) {
        // Stochastic gradient descent has an `optimize` of its own.
        if (frame.getClassName().equals("org.deeplearning4j.optimize.solvers.BaseOptimizer")
                && frame.getMethodName().equals("optimize")) {
            throw new IllegalStateException("DL4J's solvers with a line search (LBFGS, CONJUGATE_GRADIENT, "
                    + "LINE_GRADIENT_DESCENT) call the updater several times in an iteration, so that its state would be "
                    + "no rule's. Use optimizationAlgo(STOCHASTIC_GRADIENT_DESCENT), which is DL4J's default");
        }
    }
}
