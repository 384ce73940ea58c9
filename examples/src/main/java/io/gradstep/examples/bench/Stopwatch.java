package io.gradstep.examples.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * Takes the time of work in this process: until it is compiled, and then in repetitions, each of as many runs as fill
 * a moment.
 *
 * @param each how long repetitions go on
 * @param stopped asked before each repetition
 */
record Stopwatch(Duration each, BooleanSupplier stopped) {
    /** Longer than C2 takes for a method. */
    private static final long REST = Duration.ofMillis(150).toNanos();

    private static final long LONGEST_WARM_UP = Duration.ofMillis(1_500).toNanos();

    /** What takes longer is slow enough to be measured by fewer repetitions. */
    private static final long PATIENCE = Duration.ofSeconds(3).toNanos();

    private static final int FEWEST_REPETITIONS = 5;
    private static final int FEWEST_TO_WARM_UP = 2;
    private static final int MOST_REPEATED = 2;
    private static final long REPETITION = Duration.ofMillis(10).toNanos();

    /** Nanoseconds for a run, or nothing if it was stopped. */
    Optional<Spread> take(TimedWork work) {
        Compiler compiler = new Compiler();
        if (repeat(work, FEWEST_TO_WARM_UP, time -> compiler.hasRested(REST) || time >= LONGEST_WARM_UP)
                .isEmpty()) {
            return Optional.empty();
        }
        Optional<List<Double>> times = measured(work);
        // On a busy machine a method may have been waiting for its compiler all the while.
        for (int i = 0; i < MOST_REPEATED && times.isPresent() && compiler.hasWorkedMeanwhile(); i++) {
            times = measured(work);
        }
        return times.map(
                all -> Spread.of(all.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    private Optional<List<Double>> measured(TimedWork work) {
        return repeat(work, FEWEST_REPETITIONS, time -> time >= each.toNanos());
    }

    /**
     * How long a run took in each repetition, or nothing if it was stopped.
     *
     * @param fewest repetitions, if there is time for them
     * @param done whether so many nanoseconds are enough
     */
    private Optional<List<Double>> repeat(TimedWork work, int fewest, LongPredicate done) {
        List<Double> times = new ArrayList<>();
        int runs = 1;
        long start = System.nanoTime();
        for (long time = 0; times.isEmpty() || !isEnough(times.size(), fewest, time, done); ) {
            if (stopped.getAsBoolean()) {
                return Optional.empty();
            }
            long nanos = work.nanos(runs);
            if (nanos >= REPETITION / 2) {
                times.add((double) nanos / runs);
            }
            double filling = (double) REPETITION * runs / Math.max(1, nanos);
            runs = (int) Math.max(1, Math.min(2.0 * runs, filling));
            time = System.nanoTime() - start;
        }
        return Optional.of(times);
    }

    private static boolean isEnough(int repetitions, int fewest, long time, LongPredicate done) {
        return time >= PATIENCE || (repetitions >= fewest && done.test(time));
    }

    /** Java's compilers, which work beside what they compile and want the same cores. */
    private static final class Compiler {
        /** In milliseconds. The loop of a step takes C2 ten and more. */
        private static final long TRIFLE = 5;

        private long worked = worked();
        private long restingSince = System.nanoTime();

        /** In milliseconds, and counted when a method is done; stands still in a JVM without a compiler. */
        private static long worked() {
            CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
            return compilers == null ? 0 : compilers.getTotalCompilationTime();
        }

        /** Whether more than trifles have been compiled since this was last asked, or the other. */
        boolean hasWorkedMeanwhile() {
            long before = worked;
            worked = worked();
            return worked - before > TRIFLE;
        }

        /** Whether nothing has been compiled for so many nanoseconds, as far as was seen when this was asked. */
        boolean hasRested(long nanos) {
            long now = System.nanoTime();
            long soFar = worked();
            if (soFar > worked) {
                worked = soFar;
                restingSince = now;
            }
            return now - restingSince >= nanos;
        }
    }
}
