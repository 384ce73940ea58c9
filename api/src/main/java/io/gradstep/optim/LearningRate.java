package io.gradstep.optim;

import io.gradstep.schedule.LearningRateSchedule;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/** Where a learning rate comes from. */
public sealed interface LearningRate {
    /**
     * What {@code get_config} writes.
     *
     * @return the double of the float32 that a number is kept as, or a schedule in its serialized form
     * @throws UnsupportedOperationException if it cannot be written: a callable has no name to be found by, and a
     *     schedule of somebody else may not say its configuration
     */
    Object config();

    /**
     * A number that can be set while training, and is stored with the state.
     *
     * @param value the number; kept as a float32, as Keras does
     */
    record Fixed(double value) implements LearningRate {
        @Override
        public Object config() {
            return (double) (float) value;
        }
    }

    /**
     * A function of the step counter.
     *
     * @param schedule the function; it sees the raw counter, which also counts steps that only accumulate
     */
    record Scheduled(LearningRateSchedule schedule) implements LearningRate {
        /**
         * Checks that there is one.
         *
         * @param schedule not null
         */
        public Scheduled {
            Objects.requireNonNull(schedule, "schedule");
        }

        @Override
        public Object config() {
            return schedule.serialize();
        }
    }

    /**
     * A function without arguments.
     *
     * @param supplier asked once for each update
     */
    record Callable(DoubleSupplier supplier) implements LearningRate {
        /**
         * Checks that there is one.
         *
         * @param supplier not null
         */
        public Callable {
            Objects.requireNonNull(supplier, "supplier");
        }

        @Override
        public Object config() {
            throw new UnsupportedOperationException(
                    "The learning rate is a callable, " + supplier.getClass().getName()
                            + ", which a configuration cannot name. Use a number or a LearningRateSchedule, or set the callable "
                            + "again after reading the configuration");
        }
    }
}
