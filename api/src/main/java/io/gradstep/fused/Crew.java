package io.gradstep.fused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Does the units of a step: the calling thread, and helpers from the common pool if there is enough to do. The caller
 * never waits for a helper that has not come: it does all units that nobody has taken.
 */
final class Crew {
    /** Fewer elements than this are done before a helper would have come. */
    private static final int WORTH_SHARING = 65_536;

    private final int threads;
    /** For a caller and each of its helpers: a helper keeps nothing, the common pool clears what its threads hold. */
    private final ThreadLocal<List<Scratch>> scratches;

    Crew(int threads) {
        this.threads = threads;
        this.scratches = ThreadLocal.withInitial(
                () -> Stream.generate(Scratch::new).limit(threads).toList());
    }

    /**
     * Does it all.
     *
     * @throws UnitFailure if a unit throws; the other threads have stopped by then
     */
    void run(List<? extends Work> works) throws UnitFailure {
        long elements = 0;
        int units = 0;
        for (Work work : works) {
            work.setFirstUnit(units);
            units += work.units();
            elements += work.elements();
        }
        Shift shift = new Shift(works, units, scratches.get());
        int helpers = elements > WORTH_SHARING ? Math.min(threads, units) - 1 : 0;
        if (helpers <= 0) {
            shift.work(0);
        } else {
            shift.share(helpers);
        }
        shift.finish();
    }

    /** That a unit failed, and which works may be half done. */
    static final class UnitFailure extends Exception {
        private static final long serialVersionUID = 1;

        private final transient List<Work> inDoubt;
        private final transient List<Work> untouched;

        UnitFailure(Throwable cause, List<Work> inDoubt, List<Work> untouched) {
            super(cause);
            this.inDoubt = List.copyOf(inDoubt);
            this.untouched = List.copyOf(untouched);
        }

        /** Those of which some units were begun and not all done. */
        List<Work> inDoubt() {
            return inDoubt;
        }

        /** Those of which no unit was begun. */
        List<Work> untouched() {
            return untouched;
        }
    }

    /** The units of one step. */
    private static final class Shift {
        /** So long a caller looks out for its helpers before it lies down to wait: about as long as a unit takes. */
        private static final int LOOKS = 2000;

        private final List<? extends Work> works;
        private final int units;
        private final List<Scratch> scratches;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger atWork = new AtomicInteger();
        private final Thread caller = Thread.currentThread();
        /** Null unless units failed. */
        private Failures failures;

        Shift(List<? extends Work> works, int units, List<Scratch> scratches) {
            this.works = works;
            this.units = units;
            this.scratches = scratches;
        }

        void share(int helpers) {
            List<Helper> called = call(helpers);
            work(0);
            for (int i = called.size() - 1; i >= 0; i--) {
                // One that has not begun is not needed any more, and a pool without threads would keep it for ever.
                called.get(i).tryUnfork();
            }
            // A helper that comes from here on finds no unit.
            for (int looks = 0; atWork.get() > 0; looks++) {
                if (looks < LOOKS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }

        private List<Helper> call(int helpers) {
            List<Helper> called = new ArrayList<>(helpers);
            try {
                for (int i = 1; i <= helpers; i++) {
                    Helper helper = new Helper(this, i);
                    ForkJoinPool.commonPool().execute(helper);
                    called.add(helper);
                }
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                // Those who are there do it all.
            }
            return called;
        }

        /** Only who has a unit touches the scratch: one who comes late may meet those of the next step there. */
        void work(int worker) {
            atWork.incrementAndGet();
            int work = 0;
            try {
                for (int unit = next.getAndIncrement(); unit < units; unit = next.getAndIncrement()) {
                    while (unit >= works.get(work).firstUnit() + works.get(work).units()) {
                        work++;
                    }
                    works.get(work).run(unit - works.get(work).firstUnit(), scratches.get(worker));
                }
            } catch (Throwable e) {
                fail(works.get(work), e);
            } finally {
                if (atWork.decrementAndGet() == 0) {
                    LockSupport.unpark(caller);
                }
            }
        }

        private synchronized void fail(Work work, Throwable e) {
            int begun = next.getAndSet(units);
            if (failures == null) {
                failures = new Failures(e, begun);
            } else if (failures.cause() != e) {
                // One and the same it would refuse, and a virtual machine may throw one and the same.
                failures.cause().addSuppressed(e);
            }
            failures.works().add(work);
        }

        /** When all have stopped. */
        synchronized void finish() throws UnitFailure {
            scratches.forEach(Scratch::clear);
            if (failures != null) {
                throw failures.of(works);
            }
        }
    }

    /** The first failure, how many units were begun until then, and the works that failed. */
    private record Failures(Throwable cause, int begun, List<Work> works) {
        Failures(Throwable cause, int begun) {
            this(cause, begun, new ArrayList<>());
        }

        UnitFailure of(List<? extends Work> all) {
            List<Work> inDoubt = new ArrayList<>();
            List<Work> untouched = new ArrayList<>();
            for (Work work : all) {
                if (work.firstUnit() >= begun) {
                    untouched.add(work);
                } else if (works.contains(work) || work.firstUnit() + work.units() > begun) {
                    inDoubt.add(work);
                }
            }
            return new UnitFailure(cause, inDoubt, untouched);
        }
    }

    /** A thread of the common pool that does units of a shift. */
    private static final class Helper extends RecursiveAction {
        private static final long serialVersionUID = 1;

        private final transient Shift shift;
        private final int worker;

        Helper(Shift shift, int worker) {
            this.shift = shift;
            this.worker = worker;
        }

        @Override
        protected void compute() {
            shift.work(worker);
        }
    }
}
