package io.gradstep.examples.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a step costs, measured in this process and in seconds: less exact than {@code bench}, whose benchmarks have a
 * JVM each. Plain settings over the size of a model, and at one large size the memory traffic of plain and of
 * everything beside what the machine can do.
 *
 * <p>While it runs, ND4J and PyTorch use the threads that are asked for, if their backends are; afterwards as many as
 * before. Both count for the thread that calls.
 *
 * @param backends ids of the backends whose steps are measured, run fused
 * @param peers whether the own optimizers of their libraries are measured too: ND4J's RmsProp for nd4j, DJL's Adam for
 *     djl
 * @param sizes the numbers of parameters, each measured as one tensor with plain settings
 * @param largeSize the number of parameters at which memory traffic is measured; measured as one of the sizes too
 * @param each how long one measurement takes once everything is compiled; longer if five steps do, up to some
 *     seconds
 * @param threads how many threads work on a step
 */
public record StepCosts(
        List<String> backends, boolean peers, List<Long> sizes, long largeSize, Duration each, int threads) {
    /** Who is measured: ND4J's own native updater, plain, with epsilon outside of the root. */
    public static final String ND4J_RMSPROP = "ND4J RmsProp";

    /** Who is measured: DJL's own Adam, which is another rule with 1.4 times plain's traffic. */
    public static final String DJL_ADAM = "DJL Adam";

    /** What is measured: the memory traffic of a step with next to no arithmetic, in place, on plain Java arrays. */
    public static final String BANDWIDTH = "bandwidth";

    /** What is measured: a copy from array to array, counted as what is read and what is written. */
    public static final String COPY = "copy";

    private static final List<Long> SIZES =
            List.of(1_000L, 1L << 12, 1L << 14, 1L << 16, 1L << 18, 1L << 20, 1L << 22, 1L << 24);
    private static final List<Long> FEW_SIZES = List.of(1_000L, 1L << 14, 1L << 18, 1L << 22);
    private static final Duration LONG = Duration.ofMillis(250);
    private static final Duration SHORT = Duration.ofMillis(100);

    /** As one that can be measured. */
    public StepCosts {
        backends = List.copyOf(backends);
        sizes = Stream.concat(sizes.stream(), Stream.of(largeSize))
                .distinct()
                .sorted()
                .toList();
        if (sizes.get(0) < 1 || threads < 1 || each.isNegative() || each.isZero()) {
            throw new IllegalArgumentException(
                    "Sizes, threads and time must be above 0. Received: " + sizes + ", " + threads + ", " + each);
        }
    }

    /**
     * From a thousand to 16 million parameters.
     *
     * @param backends ids of the backends
     * @param peers whether the own optimizers of their libraries are measured too
     * @param threads how many threads work on a step
     * @return what takes half a minute for three backends with peers on two cores
     */
    public static StepCosts full(List<String> backends, boolean peers, int threads) {
        return new StepCosts(backends, peers, SIZES, SIZES.get(SIZES.size() - 1), LONG, threads);
    }

    /**
     * From a thousand to 4 million parameters, at four sizes.
     *
     * @param backends ids of the backends
     * @param peers whether the own optimizers of their libraries are measured too
     * @param threads how many threads work on a step
     * @return what takes about 10 seconds for three backends with peers on two cores
     */
    public static StepCosts quick(List<String> backends, boolean peers, int threads) {
        return new StepCosts(backends, peers, FEW_SIZES, FEW_SIZES.get(FEW_SIZES.size() - 1), SHORT, threads);
    }

    /**
     * A measurement that was not to be had.
     *
     * @param who as in {@link StepCost#who}
     * @param settings the step's settings
     * @param parameters how many numbers were to be stepped
     * @param reason why not, and what to do about it, in one line
     */
    public record Failure(String who, StepSettings settings, long parameters, String reason) {}

    /**
     * How many measurements there are.
     *
     * @return so many calls of either consumer {@link #run} makes if it is not stopped
     */
    public int points() {
        return sizes.stream().mapToInt(size -> points(size).size()).sum();
    }

    private List<StepPoint> points(long size) {
        List<StepPoint> points = new ArrayList<>();
        if (size == largeSize) {
            points.add(StepPoint.copy(threads));
            points.add(StepPoint.bandwidth(StepSettings.plain, threads));
        }
        backends.forEach(backend -> points.add(StepPoint.ours(backend, StepSettings.plain, threads)));
        if (size == largeSize) {
            points.add(StepPoint.bandwidth(StepSettings.everything, threads));
            backends.forEach(backend -> points.add(StepPoint.ours(backend, StepSettings.everything, threads)));
        }
        if (peers && backends.contains("nd4j")) {
            points.add(StepPoint.nd4jRmsProp());
        }
        if (peers && backends.contains("djl")) {
            points.add(StepPoint.djlAdam());
        }
        return points;
    }

    /**
     * Measures, the smallest size first. The consumers are called on this thread, one of them for each measurement.
     *
     * @param measured gets what was measured, as soon as it is
     * @param failed gets what could not be measured, for want of memory or because a library threw
     * @param stopped asked between repetitions, which take 10 milliseconds or one step; once it says so nothing more
     *     is measured
     */
    public void run(Consumer<StepCost> measured, Consumer<Failure> failed, BooleanSupplier stopped) {
        Stopwatch stopwatch = new Stopwatch(each, stopped);
        Runnable putBack = LibraryThreads.set(backends, threads);
        try {
            for (long size : sizes) {
                StepMeasuring measuring = new StepMeasuring(size, stopwatch, measured, failed);
                for (StepPoint point : points(size)) {
                    if (stopped.getAsBoolean()) {
                        return;
                    }
                    measuring.measure(point);
                }
            }
        } finally {
            StepMeasuring.pause();
            putBack.run();
        }
    }
}
