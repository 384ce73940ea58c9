package io.gradstep.dl4j;

import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.CustomObjects;
import io.gradstep.schedule.LearningRateSchedule;
import io.gradstep.tck.Lion;
import java.util.LinkedHashMap;
import java.util.Map;

/** A rule and a schedule of somebody's own, found by the services file. */
public final class OwnObjects implements CustomObjects {
    @Override
    public ConfigReader addTo(ConfigReader reader) {
        return reader.withRule("Lion", config -> new Lion((Double) config.get("beta_1"), (Double) config.get("beta_2")))
                .withSchedule(
                        "Halving", config -> new Halving((Double) config.get("initial"), (Long) config.get("every")));
    }

    /** Halves the learning rate now and then. */
    record Halving(double initial, long every) implements LearningRateSchedule {
        @Override
        public double at(long step) {
            return initial / (1L << (step / every));
        }

        @Override
        public Map<String, Object> config() {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("initial", initial);
            config.put("every", every);
            return config;
        }
    }
}
