package io.gradstep.keras;

import io.gradstep.schedule.LearningRateSchedule;
import java.util.Map;

/** A schedule of somebody's own. */
record Steady(double rate) implements LearningRateSchedule {
    static Steady of(Map<String, Object> arguments) {
        return new Steady((double) arguments.getOrDefault("rate", 0.25));
    }

    @Override
    public double at(long step) {
        return rate;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("rate", rate);
    }
}
