package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Unary;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Does anything to its variable and four slots: with numbers that arithmetic goes wrong with, swaps, and values that
 * are overwritten before they are used.
 *
 * @param seed decides everything
 */
record RandomRule(long seed) implements UpdateRule {
    static final double[] SPECIAL = {
        0.0,
        -0.0,
        1,
        -1,
        0.3,
        -7.25,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Float.MAX_VALUE,
        -Double.MAX_VALUE,
        1e300
    };

    private static final List<Unary> UNARY = List.of(Unary.values());
    private static final List<Binary> BINARY = List.of(Binary.values());

    @Override
    public List<Slot> slots() {
        return List.of(new Slot("s0", 0), new Slot("s1", 0), new Slot("s2", 0), new Slot("s3", 0));
    }

    /** An input's value. */
    static double number(String name) {
        return SPECIAL[Integer.parseInt(name)];
    }

    @Override
    public <T> void step(Ops<T> ops, Slots<T> slots) {
        Random random = new Random(seed);
        List<Variable<T>> variables = new ArrayList<>(List.of(slots.variable(), new Local<>("local")));
        slots().forEach(slot -> variables.add(slots.slot(slot.name())));
        List<T> values = new ArrayList<>();
        values.add(slots.gradient());
        ops.assign(variables.get(1), slots.gradient());
        int steps = 2 + random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            Variable<T> variable = variables.get(random.nextInt(variables.size()));
            switch (random.nextInt(10)) {
                case 0 -> values.add(ops.scalar(SPECIAL[random.nextInt(SPECIAL.length)]));
                case 1 -> values.add(slots.input(String.valueOf(random.nextInt(SPECIAL.length))));
                case 2, 3 -> values.add(ops.read(variable));
                case 4 -> ops.assign(variable, one(values, random));
                case 5 -> values.add(ops.unary(oneOf(UNARY, random), one(values, random)));
                default -> values.add(ops.binary(oneOf(BINARY, random), one(values, random), one(values, random)));
            }
        }
        for (Variable<T> variable : variables) {
            if (random.nextBoolean()) {
                ops.assign(variable, one(values, random));
            }
        }
    }

    private static <E> E oneOf(List<E> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    /** Late ones more often. */
    private static <T> T one(List<T> values, Random random) {
        int first = random.nextBoolean() ? Math.max(0, values.size() - 4) : 0;
        return values.get(first + random.nextInt(values.size() - first));
    }
}
