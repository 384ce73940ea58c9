package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gradstep.ops.DType;
import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import io.gradstep.optim.RMSprop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is noted of a rule, and how it prints. */
class RecorderTest {
    /** Rules on a variable and the slots a and b; beside each what is noted. */
    @SuppressWarnings("ImmutableEnumChecker") // texts
    private enum Case implements UpdateRule {
        WHAT_IS_COMPUTED_TWICE_IS_NOTED_ONCE("""
                in FLOAT32
                  n0 = learning_rate
                for each element
                  v0 = gradient
                  v1 = n0 * v0
                  v2 = variable
                  v3 = v1 + v2
                  v4 = v3 * v3
                store
                  variable = v4
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                T first = ops.add(ops.multiply(slots.learningRate(), slots.gradient()), ops.read(slots.variable()));
                T second = ops.add(ops.multiply(slots.learningRate(), slots.gradient()), ops.read(slots.variable()));
                ops.assign(slots.variable(), ops.multiply(first, second));
            }
        },
        /** Else programs would differ wherever two constants happen to be equal. */
        EQUAL_CONSTANTS_ARE_TWO_NUMBERS("""
                in FLOAT32
                  n0 = 0.5
                  n1 = 0.5
                for each element
                  v0 = gradient
                  v1 = n0 * v0
                  v2 = n1 * v0
                  v3 = v1 - v2
                store
                  variable = v3
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.assign(
                        slots.variable(),
                        ops.subtract(ops.multiply(0.5, slots.gradient()), ops.multiply(0.5, slots.gradient())));
            }
        },
        WHAT_NOTHING_NEEDS_IS_LEFT_OUT("""
                in FLOAT32
                for each element
                  v0 = gradient
                  v1 = -v0
                store
                  variable = v1
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.sqrt(ops.add(ops.read(slots.slot("a")), slots.gradient()));
                ops.assign(slots.variable(), ops.negative(slots.gradient()));
            }
        },
        ONLY_THE_LAST_ASSIGNMENT_IS_STORED("""
                in FLOAT32
                for each element
                  v0 = gradient
                  v1 = abs(v0)
                store
                  a = v1
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.assign(slots.slot("a"), ops.sqrt(slots.gradient()));
                ops.assign(slots.slot("a"), ops.scalar(7));
                ops.assign(slots.slot("a"), ops.abs(slots.gradient()));
            }

            @Override
            int ignoredNumbers() {
                return 1;
            }
        },
        STORES_STAND_IN_THE_ORDER_OF_THE_LAST_ASSIGNMENT("""
                in FLOAT32
                for each element
                  v0 = gradient
                  v1 = sign(v0)
                  v2 = sqrt(v0)
                store
                  b = v0
                  variable = v1
                  a = v2
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.assign(slots.slot("a"), slots.gradient());
                ops.assign(slots.slot("b"), slots.gradient());
                ops.assign(slots.variable(), ops.sign(slots.gradient()));
                ops.assign(slots.slot("a"), ops.sqrt(slots.gradient()));
            }
        },
        WHAT_STAYS_IS_NOT_STORED("""
                in FLOAT32
                for each element
                  v0 = b
                store
                  a = v0
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                T old = ops.read(slots.variable());
                ops.assign(slots.variable(), slots.gradient());
                ops.assign(slots.variable(), old);
                ops.assign(slots.slot("a"), ops.read(slots.slot("b")));
                ops.assign(slots.slot("b"), ops.read(slots.slot("a")));
            }
        },
        TWO_CAN_CHANGE_PLACES("""
                in FLOAT32
                for each element
                  v0 = b
                  v1 = a
                store
                  a = v0
                  b = v1
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                T old = ops.read(slots.slot("a"));
                ops.assign(slots.slot("a"), ops.read(slots.slot("b")));
                ops.assign(slots.slot("b"), old);
            }
        },
        NUMBERS_ARE_COMPUTED_BEFORE("""
                in FLOAT32
                  n0 = learning_rate
                  n1 = 0.10000000149011612
                  n2 = n0 * n1
                  n3 = sqrt(n2)
                  n4 = maximum(n3, n0)
                for each element
                  v0 = gradient
                  v1 = v0 / n4
                store
                  variable = v1
                  a = n3
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                T root = ops.sqrt(ops.multiply(slots.learningRate(), ops.scalar(0.1)));
                ops.assign(slots.variable(), ops.divide(slots.gradient(), ops.maximum(root, slots.learningRate())));
                ops.assign(slots.slot("a"), root);
            }
        },
        A_LOCAL_VARIABLE_IS_NOT_STORED("""
                in FLOAT32
                for each element
                  v0 = gradient
                  v1 = minimum(v0, v0)
                store
                  variable = v1
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.assign(new Local<>("a"), slots.gradient());
                Variable<T> same = new Local<>("a");
                ops.assign(slots.variable(), ops.minimum(ops.read(same), ops.read(same)));
            }
        },
        ONE_THAT_DOES_NOTHING("""
                in FLOAT32
                for each element
                store
                """) {
            @Override
            public <T> void step(Ops<T> ops, Slots<T> slots) {
                ops.add(ops.read(slots.slot("a")), slots.gradient());
            }
        };

        private final String text;

        Case(String text) {
            this.text = text;
        }

        /** Constants that nothing uses may stay among the numbers. */
        int ignoredNumbers() {
            return 0;
        }

        @Override
        public List<Slot> slots() {
            return List.of(new Slot("a", 0), new Slot("b", 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void is_noted(Case rule) {
        Program program = Programs.of(rule, DType.FLOAT32);
        assertThat(program.toString().replaceAll(rule.ignoredNumbers() > 0 ? " {2}n\\d+ = .*\n" : "$^", ""))
                .isEqualTo(rule.text);
        assertThat(Programs.of(rule, DType.FLOAT32)).isEqualTo(program).hasSameHashCodeAs(program);
    }

    @Test
    void constants_are_rounded_to_the_dtype_once() {
        UpdateRule rule = Case.NUMBERS_ARE_COMPUTED_BEFORE;
        assertThat(Programs.of(rule, DType.FLOAT64).toString()).startsWith("""
                in FLOAT64
                  n0 = learning_rate
                  n1 = 0.1
                """);
    }

    // ---- rules of one kind

    /** 0.5 is the number that equals 1 minus itself, and 1 and 0 give constants that other formulas could leave out. */
    @Test
    void settings_that_differ_in_numbers_have_one_loop() {
        List<Double> rhos = new ArrayList<>(List.of(0.5, 0.0, -0.0, 1.0, 2.0, Double.NaN));
        IntStream.range(1, 100).forEach(i -> rhos.add(i / 100.0));
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            assertThat(rhos.stream()
                            .map(rho -> Programs.of(
                                            RMSprop.builder()
                                                    .rho(rho)
                                                    .momentum(0.9)
                                                    .epsilon(rho)
                                                    .centered(true)
                                                    .build()
                                                    .rule(),
                                            dtype)
                                    .loop()))
                    .containsOnly(Programs.of(Steps.RMSPROP, dtype).loop());
        }
    }

    // ---- rules that misbehave

    private interface WithoutSlots extends UpdateRule {
        @Override
        default List<Slot> slots() {
            return List.of(new Slot("slot", 0));
        }
    }

    private record NullForTheVariable() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), null);
        }
    }

    private record NullForASlot() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.slot("slot"), null);
        }
    }

    private record NullForALocal() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(new Local<>("local"), null);
        }
    }

    private record UnassignedLocal() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.read(new Local<>("local"));
        }
    }

    private record UndeclaredSlot() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.read(slots.slot("velocity"));
        }
    }

    private record Mine<T>(String name) implements Variable<T> {}

    private record UnassignedVariableOfItsOwn() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.read(new Mine<>("mine"));
        }
    }

    private record Stranger(boolean assigns) implements WithoutSlots {
        @Override
        @SuppressWarnings("unchecked") // as a rule would that wants to reach for others' memory
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            Variable<T> stranger = (Variable<T>) Steps.rmsprop(Where.IN_PLACE, DType.FLOAT32, Shape.of(1), "stranger")
                    .variable();
            if (assigns) {
                ops.assign(stranger, ops.scalar(1));
            } else {
                ops.read(stranger);
            }
        }
    }

    private record Throws() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            throw new UnsupportedOperationException("not today");
        }
    }

    private record WithoutGradient() implements WithoutSlots {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    }

    static List<UpdateRule> misbehaving() {
        return List.of(
                new NullForTheVariable(),
                new NullForASlot(),
                new NullForALocal(),
                new UnassignedLocal(),
                new UndeclaredSlot(),
                new UnassignedVariableOfItsOwn(),
                new Stranger(false),
                new Stranger(true),
                new Throws(),
                new WithoutGradient());
    }

    @ParameterizedTest
    @MethodSource("misbehaving")
    void a_rule_that_misbehaves_is_told_what_eager_execution_tells_it(UpdateRule rule) {
        Update<TestTensor> update = Programs.update(rule, DType.FLOAT32);
        update.setGradient(null);
        Throwable eager = catchThrowable(() -> TestTensors.runEagerly(List.of(update)));
        Throwable fused = catchThrowable(() -> Recorder.record(update));
        assertThat(fused).isExactlyInstanceOf(eager.getClass()).hasMessage(eager.getMessage());
    }
}
