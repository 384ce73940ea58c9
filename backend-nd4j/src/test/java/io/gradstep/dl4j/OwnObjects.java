package io.gradstep.dl4j;

import io.gradstep.keras.ConfigReader;
import io.gradstep.keras.CustomObjects;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A rule and a schedule of somebody's own, found by the services file. */
public final class OwnObjects implements CustomObjects {
    @Override
    public ConfigReader addTo(ConfigReader reader) {
        return reader.withRule("Lion", config -> new Lion((Double) config.get("beta_1"), (Double) config.get("beta_2")))
                .withSchedule(
                        "Halving", config -> new Halving((Double) config.get("initial"), (Long) config.get("every")));
    }

    /** The sign of a momentum. */
    record Lion(double beta1, double beta2) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("momentum", 0));
        }

        @Override
        public Map<String, Object> config() {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("beta_1", beta1);
            config.put("beta_2", beta2);
            return config;
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            Variable<T> momentum = slots.slot("momentum");
            T m = ops.read(momentum);
            T g = slots.gradient();
            T direction = ops.sign(ops.add(ops.multiply(beta1, m), ops.multiply(1 - beta1, g)));
            ops.assignSub(slots.variable(), ops.multiply(slots.input(LEARNING_RATE), direction));
            ops.assign(momentum, ops.add(ops.multiply(beta2, m), ops.multiply(1 - beta2, g)));
        }
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
