package io.gradstep.tck;

import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import java.util.List;

/**
 * What reading and assigning mean. Each case is a rule with one slot; beside it stands what variable and slot hold
 * afterwards, told by element {@code i} of the variable (v), the slot (s) and the gradient (g) before.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lambdas capture nothing
enum MemoryCase implements UpdateRule {
    A_RULE_THAT_ASSIGNS_NOTHING_CHANGES_NOTHING((v, s, g) -> v, (v, s, g) -> s) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.add(ops.read(slots.variable()), slots.gradient());
        }
    },
    A_READ_AFTER_AN_ASSIGNMENT_SEES_IT((v, s, g) -> g, (v, s, g) -> g) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(state(slots), slots.gradient());
            ops.assign(slots.variable(), ops.read(state(slots)));
        }
    },
    A_VALUE_READ_BEFORE_AN_ASSIGNMENT_STAYS((v, s, g) -> s, (v, s, g) -> s + g) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T old = ops.read(state(slots));
            ops.assign(state(slots), ops.add(old, slots.gradient()));
            ops.assign(slots.variable(), old);
        }
    },
    A_VALUE_READ_BEFORE_AN_ASSIGNMENT_CAN_STILL_BE_COMPUTED_WITH((v, s, g) -> v - s, (v, s, g) -> g) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T old = ops.read(state(slots));
            ops.assign(state(slots), slots.gradient());
            ops.assignSub(slots.variable(), old);
        }
    },
    VARIABLE_AND_SLOT_CAN_CHANGE_PLACES((v, s, g) -> s, (v, s, g) -> v) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T variable = ops.read(slots.variable());
            ops.assign(slots.variable(), ops.read(state(slots)));
            ops.assign(state(slots), variable);
        }
    },
    THE_LAST_ASSIGNMENT_COUNTS((v, s, g) -> v + g, (v, s, g) -> s) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T sum = ops.add(ops.read(slots.variable()), slots.gradient());
            ops.assign(slots.variable(), ops.scalar(7));
            ops.assign(slots.variable(), sum);
        }
    },
    A_SCALAR_FILLS_A_VARIABLE((v, s, g) -> 3, (v, s, g) -> -3) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.scalar(3));
            ops.assign(state(slots), ops.negative(ops.read(slots.variable())));
        }
    },
    ONE_VALUE_CAN_BE_ASSIGNED_TWICE((v, s, g) -> v + g, (v, s, g) -> v + g) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T sum = ops.add(ops.read(slots.variable()), slots.gradient());
            ops.assign(slots.variable(), sum);
            ops.assign(state(slots), sum);
        }
    },
    ASSIGN_ADD_ADDS((v, s, g) -> v + g, (v, s, g) -> s) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignAdd(slots.variable(), slots.gradient());
        }
    },
    ASSIGN_SUB_SUBTRACTS((v, s, g) -> v, (v, s, g) -> s - g) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(state(slots), slots.gradient());
        }
    },
    ABS_SIGN_AND_CLIP_ARE_WHAT_THEY_ARE_CALLED((v, s, g) -> g, (v, s, g) -> -1 + Math.min(Math.max(g, 402), 404)) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T turned = ops.negative(slots.gradient());
            ops.assign(slots.variable(), ops.abs(turned));
            ops.assign(state(slots), ops.add(ops.sign(turned), ops.clip(slots.gradient(), 402, 404)));
        }
    },
    A_LOCAL_VARIABLE_HOLDS_A_VALUE((v, s, g) -> -(v - g), (v, s, g) -> s) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            Variable<T> local = new Local<>("local");
            ops.assign(local, ops.read(slots.variable()));
            ops.assignSub(new Local<>("local"), slots.gradient());
            ops.assign(slots.variable(), ops.negative(ops.read(local)));
        }
    },
    A_GRADIENT_CAN_BE_LEFT_UNUSED((v, s, g) -> s, (v, s, g) -> s + s) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.multiply(slots.gradient(), slots.gradient());
            ops.assign(slots.variable(), ops.read(state(slots)));
            ops.assignAdd(state(slots), ops.read(slots.variable()));
        }
    },
    AN_INPUT_IS_A_SCALAR((v, s, g) -> 0.5 * g, (v, s, g) -> 0.25) {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.multiply(slots.learningRate(), slots.gradient()));
            ops.assign(state(slots), slots.input("quarter"));
        }
    };

    interface Outcome {
        double of(double variable, double slot, double gradient);
    }

    private final Outcome variable;
    private final Outcome slot;

    MemoryCase(Outcome variable, Outcome slot) {
        this.variable = variable;
        this.slot = slot;
    }

    Outcome variable() {
        return variable;
    }

    Outcome slot() {
        return slot;
    }

    @Override
    public List<Slot> slots() {
        return List.of(new Slot("state", 0));
    }

    static double inputs(String name) {
        return switch (name) {
            case UpdateRule.LEARNING_RATE -> 0.5;
            case "quarter" -> 0.25;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static <T> Variable<T> state(Slots<T> slots) {
        return slots.slot("state");
    }
}
