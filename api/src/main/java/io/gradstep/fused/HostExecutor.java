package io.gradstep.fused;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Execution;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Expression;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Runs steps over tensors that lie in host memory: all updates of a step as one list of work, each of its arrays read
 * once and written once. What cannot be reached from Java is handed back to be run eagerly, in the same step.
 *
 * <p><b>Assumes</b> that no two variables of a step share memory; a gradient may share some with any of them.
 * <b>Guarantees</b> the bits of eager execution; that nothing is written before all rules are traced and all their
 * numbers known; that no memory but its own is kept from one step to the next. It may be used by several threads, each
 * with updates of its own.
 *
 * @param <T> the tensor type
 */
public final class HostExecutor<T> {
    private final Kernels kernels;
    private final Crew crew;
    private final ThreadLocal<Lists<T>> lists = ThreadLocal.withInitial(Lists::new);

    /**
     * An executor.
     *
     * @param options compiled or interpreted, and on how many threads
     * @throws IllegalArgumentException if the options ask for eager execution, which needs no executor
     */
    public HostExecutor(BackendProvider.Options options) {
        this(options, new Kernels(options.execution(), KernelCompiler::compile));
    }

    HostExecutor(BackendProvider.Options options, Kernels kernels) {
        if (!options.execution().isFused()) {
            throw new IllegalArgumentException("An executor fuses. Received: execution=" + options.execution());
        }
        this.kernels = kernels;
        this.crew = new Crew(options.threads());
    }

    /**
     * Runs updates eagerly.
     *
     * @param <T> the tensor type
     */
    @FunctionalInterface
    public interface EagerRun<T> {
        /**
         * Runs updates.
         *
         * @param updates what to run
         * @param beforeStoring to be run when all values are computed and none is stored
         */
        void run(List<Update<T>> updates, Runnable beforeStoring);
    }

    // ---- steps

    /**
     * Runs a step.
     *
     * @param updates as in {@link io.gradstep.ops.Backend#run}
     * @param tensors where their tensors lie
     * @param eager runs those that cannot be reached
     * @throws IllegalStateException if something failed while the step was being written; the message says which
     *     variables are in doubt
     */
    public void run(List<Update<T>> updates, HostTensors<T> tensors, EagerRun<T> eager) {
        Lists<T> lists = borrowLists();
        try {
            for (Update<T> update : updates) {
                StepWork<T> work = UpdateWorks.of(update).step(kernels);
                if (work.operands().locate(tensors)) {
                    lists.steps.add(work);
                    work.prepare();
                } else {
                    lists.unreachable.add(update);
                }
            }
            separateGradients(lists);
            if (lists.unreachable.isEmpty()) {
                write(lists, tensors);
            } else {
                eager.run(lists.unreachable, () -> write(lists, tensors));
            }
        } finally {
            lists.giveBack();
            // Until here the tensors must not be collected, and their memory with them.
            Reference.reachabilityFence(updates);
            Reference.reachabilityFence(tensors);
        }
    }

    private static <T> void separateGradients(Lists<T> lists) {
        lists.steps.forEach(step -> step.addWritten(lists.written));
        lists.written.sort();
        lists.steps.forEach(step -> step.operands().separateGradient(lists.written));
    }

    private void write(Lists<T> lists, HostTensors<T> tensors) {
        try {
            crew.run(lists.steps);
        } catch (Crew.UnitFailure e) {
            throw new IllegalStateException(
                    "A step failed while it was being written: " + e.getCause() + ". In doubt are "
                            + paths(e.inDoubt()) + " and their state: they may be written in part. Not written are "
                            + untouched(e, lists) + "; all others of the step are. Take the variables from a "
                            + "checkpoint before going on",
                    e.getCause());
        } finally {
            lists.steps.forEach(step -> step.announceWritten(tensors));
        }
    }

    private static <T> List<String> untouched(Crew.UnitFailure failure, Lists<T> lists) {
        List<String> paths = new ArrayList<>(paths(failure.untouched()));
        lists.unreachable.forEach(update -> paths.add(update.variable().path()));
        return paths;
    }

    private static List<String> paths(List<Work> works) {
        return works.stream()
                .map(work -> ((StepWork<?>) work).variable().path())
                .toList();
    }

    // ---- reductions

    /**
     * Sums squares.
     *
     * @param expression as in {@link io.gradstep.ops.Backend#sumsOfSquares}
     * @param updates likewise
     * @param tensors where their tensors lie
     * @param eager gives the sum of one update that cannot be reached
     * @return a sum for each update
     */
    public double[] sumsOfSquares(
            Expression expression, List<Update<T>> updates, HostTensors<T> tensors, ToDoubleFunction<Update<T>> eager) {
        double[] sums = new double[updates.size()];
        Lists<T> lists = borrowLists();
        try {
            for (int i = 0; i < sums.length; i++) {
                SumWork<T> work = UpdateWorks.of(updates.get(i)).sum(expression, kernels);
                if (work.operands().locate(tensors)) {
                    lists.sums.add(work);
                    work.prepare(i);
                } else {
                    sums[i] = eager.applyAsDouble(updates.get(i));
                }
            }
            read(lists.sums);
            lists.sums.forEach(work -> sums[work.position()] = work.sum());
            return sums;
        } finally {
            lists.giveBack();
            Reference.reachabilityFence(updates);
            Reference.reachabilityFence(tensors);
        }
    }

    /**
     * Looks for NaN and infinities.
     *
     * @param tensors the tensors, float32 or float64
     * @param memory where each lies
     * @param eager whether a tensor that cannot be reached is finite
     * @return whether all are
     */
    public boolean allFinite(List<T> tensors, HostTensors<T> memory, Predicate<T> eager) {
        List<FiniteWork> works = new ArrayList<>(tensors.size());
        try {
            boolean areFinite = true;
            for (T tensor : tensors) {
                if (memory.hindrance(tensor) == null) {
                    Object array = memory.array(tensor);
                    works.add(new FiniteWork(array == null ? memory.memory(tensor) : HostMemory.ofArray(array)));
                } else {
                    areFinite &= eager.test(tensor);
                }
            }
            if (areFinite) {
                read(works);
            }
            return areFinite && works.stream().allMatch(FiniteWork::isFinite);
        } finally {
            Reference.reachabilityFence(tensors);
            Reference.reachabilityFence(memory);
        }
    }

    private void read(List<? extends Work> works) {
        try {
            crew.run(works);
        } catch (Crew.UnitFailure e) {
            throw new IllegalStateException(
                    "Reading the tensors failed: " + e.getCause() + ". Nothing was changed", e.getCause());
        }
    }

    // ---- which way

    /**
     * How updates of a variable are run.
     *
     * @param variable the variable
     * @param tensors where its tensor lies
     * @return the mode, and why
     * @throws IllegalStateException if the variable is closed
     */
    public Execution execution(TensorVariable<T> variable, HostTensors<T> tensors) {
        String hindrance = Operands.hindrance(variable, tensors);
        return hindrance == null ? kernels.execution() : new Execution(ExecutionMode.EAGER, hindrance);
    }

    // ---- what a thread needs for each step and keeps

    private Lists<T> borrowLists() {
        Lists<T> kept = this.lists.get();
        // A number of a rule may come from another step, run on this thread in the midst of this one.
        return kept.isBorrowed ? new Lists<T>().borrow() : kept.borrow();
    }

    private static final class Lists<T> {
        private final List<StepWork<T>> steps = new ArrayList<>();
        private final List<SumWork<T>> sums = new ArrayList<>();
        private final List<Update<T>> unreachable = new ArrayList<>();
        private final Overlaps written = new Overlaps();
        private boolean isBorrowed;

        Lists<T> borrow() {
            isBorrowed = true;
            return this;
        }

        /** Nothing of the step is kept. */
        void giveBack() {
            steps.forEach(step -> step.operands().release());
            sums.forEach(sum -> sum.operands().release());
            steps.clear();
            sums.clear();
            unreachable.clear();
            written.clear();
            isBorrowed = false;
        }
    }
}
