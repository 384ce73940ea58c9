package io.gradstep.keras;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import java.util.Map;

/** A rule of somebody's own. */
record Nudge(double strength) implements UpdateRule {
    static Nudge of(Map<String, Object> arguments) {
        return new Nudge((double) arguments.getOrDefault("strength", 0.5));
    }

    @Override
    public List<Slot> slots() {
        return List.of();
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("strength", strength);
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        ops.assignSub(slots.variable(), ops.multiply(strength, slots.gradient()));
    }
}
