package io.gradstep.dl4j;

import java.io.InvalidObjectException;
import java.io.Serializable;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * An updater in Java's serialization.
 *
 * @param settings JSON
 * @param schedule one of DL4J's, or null
 */
record SerializedUpdater(String settings, ISchedule schedule) implements Serializable {
    private Object readResolve() throws InvalidObjectException {
        try {
            return new GradstepUpdater(UpdaterJson.settings(settings), schedule);
        } catch (IllegalArgumentException e) {
            InvalidObjectException invalid = new InvalidObjectException(e.getMessage());
            invalid.initCause(e);
            throw invalid;
        }
    }
}
