package io.gradstep.examples.guides;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

// guide: coming-from-dl4j/rule
/** What {@code org.nd4j.linalg.learning.config.RmsProp} computes, ND4J 1.0.0-M2.1. */
public record Nd4jRmsProp(double rmsDecay, double epsilon) implements UpdateRule {
    @Override
    public List<Slot> slots() {
        return List.of(new Slot("velocity", epsilon));
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Variable<T> velocity = slots.slot("velocity");
        T gradient = slots.gradient();
        T rest = ops.subtract(ops.scalar(1), ops.scalar(rmsDecay));
        ops.assign(
                velocity,
                ops.add(ops.multiply(rmsDecay, ops.read(velocity)), ops.multiply(ops.square(gradient), rest)));
        T denominator = ops.add(ops.sqrt(ops.read(velocity)), epsilon);
        ops.assignSub(slots.variable(), ops.divide(ops.multiply(slots.learningRate(), gradient), denominator));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("rms_decay", rmsDecay);
        config.put("epsilon", epsilon);
        return config;
    }
}
// end
