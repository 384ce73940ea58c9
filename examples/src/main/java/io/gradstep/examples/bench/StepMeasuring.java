package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Takes the times of all that is to be measured at one size. What cannot be measured is said and left out. */
final class StepMeasuring {
    /** OpenMP's threads spin for some milliseconds after a library's operation, on a core that others want. */
    private static final long PAUSE = Duration.ofMillis(20).toNanos();

    private static final int WEIGHT_AND_GRADIENT = 2 * Float.BYTES;

    private final long size;
    private final Stopwatch stopwatch;
    private final Consumer<StepCost> measured;
    private final Consumer<StepCosts.Failure> failed;

    /** Made for the first who needs them and then given to all. */
    private List<HostTensor> weights = List.of();

    private List<HostTensor> gradients = List.of();

    StepMeasuring(long size, Stopwatch stopwatch, Consumer<StepCost> measured, Consumer<StepCosts.Failure> failed) {
        this.size = size;
        this.stopwatch = stopwatch;
        this.measured = measured;
        this.failed = failed;
    }

    void measure(StepPoint point) {
        int bytes = point.heapBytesPerParameter() + (gradients.isEmpty() ? WEIGHT_AND_GRADIENT : 0);
        Optional<String> lack = HeapRoom.lack(size * bytes);
        if (lack.isPresent()) {
            fail(point, lack.get());
            return;
        }
        Optional<Spread> times;
        try {
            times = times(point);
        } catch (OutOfMemoryError e) {
            fail(point, "ran out of memory: " + e.getMessage() + ". " + HeapRoom.ADVICE);
            return;
        } catch (RuntimeException e) {
            fail(point, "throws " + e);
            return;
        }
        times.ifPresent(found -> measured.accept(new StepCost(
                point.who(),
                point.settings(),
                size,
                found.median(),
                found.low(),
                found.high(),
                point.bytesPerParameter())));
    }

    private Optional<Spread> times(StepPoint point) {
        if (gradients.isEmpty()) {
            weights = RandomTensors.weights(Shape.of(size));
            gradients = RandomTensors.gradients(Shape.of(size));
        }
        try (TimedWork work = point.opening().open(weights, gradients)) {
            pause();
            return stopwatch.take(work);
        }
    }

    /** For whatever comes after a library's operations. */
    static void pause() {
        LockSupport.parkNanos(PAUSE);
    }

    private void fail(StepPoint point, String reason) {
        failed.accept(new StepCosts.Failure(point.who(), point.settings(), size, reason));
    }
}
