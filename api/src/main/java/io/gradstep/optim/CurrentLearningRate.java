package io.gradstep.optim;

import io.gradstep.schedule.LearningRateSchedule;
import java.util.function.DoubleSupplier;

/**
 * Where the learning rate comes from now: {@code keras.optimizers.Optimizer.learning_rate}, Keras 3.15.1, getter and
 * setter.
 */
final class CurrentLearningRate<T> {
    private final String optimizer;
    private LearningRate source;
    /** Null unless the learning rate is a number. */
    private HostScalar<T> number;

    CurrentLearningRate(String optimizer, LearningRate source, HostScalar<T> number) {
        this.optimizer = optimizer;
        this.source = source;
        this.number = number;
    }

    CurrentLearningRate<T> on(StandIns<T> standIns) {
        return new CurrentLearningRate<>(optimizer, source, number == null ? null : standIns.of(number));
    }

    /** The learning rate at a raw step counter. */
    double at(long iteration) {
        if (source instanceof LearningRate.Scheduled scheduled) {
            return scheduled.schedule().at(iteration);
        }
        if (source instanceof LearningRate.Callable callable) {
            return callable.supplier().getAsDouble();
        }
        return number.number();
    }

    Object config() {
        return number == null ? source.config() : new LearningRate.Fixed(number.number()).config();
    }

    void set(double rate) {
        if (number == null) {
            throw new IllegalStateException("The learning rate of the optimizer " + optimizer + " is "
                    + (source instanceof LearningRate.Scheduled ? "a schedule" : "a callable")
                    + " and cannot be set to a number. Received: learning_rate=" + rate
                    + ". Set another schedule or callable, or make the optimizer with a number");
        }
        number.set(rate);
    }

    /** Returns the variable that is no longer needed, or null. */
    HostScalar<T> set(LearningRateSchedule schedule) {
        return replace(new LearningRate.Scheduled(schedule));
    }

    /** Returns the variable that is no longer needed, or null. */
    HostScalar<T> set(DoubleSupplier supplier) {
        return replace(new LearningRate.Callable(supplier));
    }

    private HostScalar<T> replace(LearningRate other) {
        HostScalar<T> former = number;
        source = other;
        number = null;
        return former;
    }
}
