package io.gradstep.dl4j;

import io.gradstep.optim.LearningRate;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The learning rate of an iteration. DL4J wants it for each variable, twice; a schedule or callable of the user is
 * asked once. Copies of one updater share this, and replicas of one network may ask from several threads.
 */
final class StepRate {
    private final LearningRate source;
    /** Goes before the source; null if there is none. */
    private final ISchedule schedule;

    private final AtomicReference<Answer> latest = new AtomicReference<>();

    private record Answer(int iteration, int epoch, double rate) {}

    StepRate(LearningRate source, ISchedule schedule) {
        this.source = source;
        this.schedule = schedule;
    }

    double at(int iteration, int epoch) {
        if (schedule == null && source instanceof LearningRate.Fixed fixed) {
            return fixed.value();
        }
        Answer answer = latest.get();
        if (answer == null || answer.iteration() != iteration || answer.epoch() != epoch) {
            answer = new Answer(iteration, epoch, ask(iteration, epoch));
            latest.set(answer);
        }
        return answer.rate();
    }

    private double ask(int iteration, int epoch) {
        if (schedule != null) {
            return schedule.valueAt(iteration, epoch);
        }
        return source instanceof LearningRate.Scheduled scheduled
                ? scheduled.schedule().at(iteration)
                : ((LearningRate.Callable) source).supplier().getAsDouble();
    }
}
