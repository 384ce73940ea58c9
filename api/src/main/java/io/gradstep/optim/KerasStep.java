package io.gradstep.optim;

import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of Keras's {@code apply} for one variable, as one rule around a rule: unscale, accumulate, clip, decay,
 * update, average, overwrite. {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1.
 *
 * <p>Reductions are no operations of a rule: norms are computed before and enter as numbers.
 *
 * @param rule the formula; null where it is not run
 * @param hasGradient whether the variable has one in this call
 * @param updates whether this call updates, or only accumulates
 * @param gradient what is made of the gradient before it is clipped
 * @param clipping how it is clipped
 * @param weightDecay what part of the variable is taken off; null for none
 * @param useEma whether the moving average moves
 * @param overwrite whether the variable is set to it
 */
record KerasStep(
        UpdateRule rule,
        boolean hasGradient,
        boolean updates,
        EffectiveGradient gradient,
        Clipping clipping,
        Double weightDecay,
        boolean useEma,
        boolean overwrite)
        implements UpdateRule {
    /** What is not used is left out, so that steps that do the same are equal. */
    KerasStep {
        boolean usesRule = hasGradient && updates;
        rule = usesRule ? rule : null;
        clipping = usesRule ? clipping : new Clipping.None();
        weightDecay = usesRule ? weightDecay : null;
        gradient = new EffectiveGradient(hasGradient && gradient.unscale(), gradient.accumulationSteps());
    }

    /** Begins the names of what belongs to the step and not to the rule, which may use the same words. */
    private static final String BASE = "base.";

    static final String AVERAGE = BASE + "average";
    static final String ACCUMULATOR = BASE + "gradient_accumulator";

    static final String LOSS_SCALE = BASE + "loss_scale";
    static final String CLIP_DENOMINATOR = BASE + "clip_denominator";
    static final String CLIP_SCALE = BASE + "clip_scale";
    static final String EMA_MOMENTUM = BASE + "ema_momentum";

    /** Only what is used: what a call leaves alone need not be there. */
    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        if (useEma) {
            slots.add(new Slot(AVERAGE, 0));
        }
        if (accumulates() && (hasGradient || updates)) {
            slots.add(new Slot(ACCUMULATOR, 0));
        }
        if (hasGradient && updates) {
            slots.addAll(rule.slots());
        }
        return slots;
    }

    private boolean accumulates() {
        return gradient.accumulationSteps() > 0;
    }

    /** Whether there is nothing to do. */
    boolean isEmpty() {
        return !hasGradient && !useEma && !(updates && accumulates());
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        if (hasGradient && updates) {
            update(ops, slots);
        } else if (hasGradient) {
            Variable<T> accumulator = slots.slot(ACCUMULATOR);
            ops.assign(accumulator, ops.add(gradient.unscaled(ops, slots), ops.read(accumulator)));
        }
        if (updates && accumulates()) {
            ops.assign(slots.slot(ACCUMULATOR), ops.scalar(0));
        }
        if (useEma) {
            average(ops, slots);
        }
        if (overwrite) {
            ops.assign(slots.variable(), ops.read(slots.slot(AVERAGE)));
        }
    }

    private <T> void update(Ops<T> ops, Slots<T> slots) {
        T clipped = clipped(ops, slots, gradient.value(ops, slots));
        if (weightDecay != null) {
            Variable<T> variable = slots.variable();
            T decay = ops.multiply(ops.read(variable), ops.scalar(weightDecay));
            ops.assign(variable, ops.subtract(ops.read(variable), ops.multiply(decay, slots.learningRate())));
        }
        rule.step(ops, new WithGradient<>(slots, clipped));
    }

    private <T> T clipped(Ops<T> ops, Slots<T> slots, T gradient) {
        if (clipping instanceof Clipping.ByNorm byNorm) {
            T intermediate = ops.multiply(gradient, ops.scalar(byNorm.limit()));
            return ops.divide(intermediate, slots.input(CLIP_DENOMINATOR));
        }
        if (clipping instanceof Clipping.ByGlobalNorm) {
            return ops.multiply(gradient, slots.input(CLIP_SCALE));
        }
        if (clipping instanceof Clipping.ByValue byValue) {
            return ops.clip(gradient, -byValue.limit(), byValue.limit());
        }
        return gradient;
    }

    private static <T> void average(Ops<T> ops, Slots<T> slots) {
        Variable<T> average = slots.slot(AVERAGE);
        T momentum = slots.input(EMA_MOMENTUM);
        T old = ops.multiply(momentum, ops.read(average));
        T present = ops.multiply(ops.subtract(ops.scalar(1), momentum), ops.read(slots.variable()));
        ops.assign(average, ops.add(old, present));
    }

    /** What the rule is given: the same variable, another gradient. */
    private record WithGradient<T>(Slots<T> slots, T gradient) implements Slots<T> {
        @Override
        public Variable<T> variable() {
            return slots.variable();
        }

        @Override
        public Variable<T> slot(String name) {
            return slots.slot(name);
        }

        @Override
        public T input(String name) {
            return slots.input(name);
        }
    }
}
