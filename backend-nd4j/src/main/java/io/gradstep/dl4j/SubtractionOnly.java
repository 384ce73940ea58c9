package io.gradstep.dl4j;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Unary;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out whether a rule uses the variable for anything but one subtraction from it, or addition to it: it is run on
 * values that only know what they have to do with the variable.
 */
final class SubtractionOnly implements Ops<SubtractionOnly.Part>, Slots<SubtractionOnly.Part> {
    private final Map<Variable<Part>, Part> assigned = new HashMap<>();

    /** What a value has to do with the variable. */
    enum Part {
        /** Nothing. */
        NONE,
        /** It is the variable as it was. */
        ALL,
        /** It is the variable after one subtraction or addition. */
        STEPPED,
        /** It depends on the variable in another way. */
        OTHER
    }

    /** The variable, or a slot. */
    private record Named(String name, boolean isSlot) implements Variable<Part> {}

    private SubtractionOnly() {}

    /** Whether all that a rule does to its variable is one subtraction or addition, or nothing. */
    static boolean isAllOf(UpdateRule rule) {
        SubtractionOnly trace = new SubtractionOnly();
        rule.step(trace, trace);
        return trace.assigned.entrySet().stream()
                .filter(entry -> entry.getKey() instanceof Named)
                .allMatch(entry -> ((Named) entry.getKey()).isSlot()
                        ? entry.getValue() == Part.NONE
                        : entry.getValue() == Part.ALL || entry.getValue() == Part.STEPPED);
    }

    @Override
    public Part scalar(double value) {
        return Part.NONE;
    }

    @Override
    public Part unary(Unary op, Part x) {
        return x == Part.NONE ? Part.NONE : Part.OTHER;
    }

    @Override
    public Part binary(Binary op, Part x, Part y) {
        if (x == Part.NONE && y == Part.NONE) {
            return Part.NONE;
        }
        boolean steps = switch (op) {
            case SUBTRACT -> x == Part.ALL && y == Part.NONE;
            case ADD -> (x == Part.ALL && y == Part.NONE) || (x == Part.NONE && y == Part.ALL);
            default -> false;
        };
        return steps ? Part.STEPPED : Part.OTHER;
    }

    @Override
    public Part read(Variable<Part> variable) {
        return assigned.getOrDefault(variable, variable.equals(variable()) ? Part.ALL : Part.NONE);
    }

    @Override
    public void assign(Variable<Part> variable, Part value) {
        assigned.put(variable, value);
    }

    @Override
    public Variable<Part> variable() {
        return new Named("variable", false);
    }

    @Override
    public Part gradient() {
        return Part.NONE;
    }

    @Override
    public Variable<Part> slot(String name) {
        return new Named(name, true);
    }

    @Override
    public Part input(String name) {
        return Part.NONE;
    }
}
