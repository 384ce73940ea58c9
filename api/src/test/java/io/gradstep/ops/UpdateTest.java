package io.gradstep.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UpdateTest {
    private record OneSlot() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("velocity", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.slot("velocity"), slots.gradient());
        }
    }

    @Test
    void an_update_needs_the_slots_that_its_rule_declares() {
        assertThatThrownBy(() -> update(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[velocity]")
                .hasMessageContaining("Received 0 variables for a/w");
    }

    @Test
    void an_update_takes_no_more_slots_than_its_rule_declares() {
        TensorVariable<String> velocity = variable("rmsprop/v", DType.FLOAT32, Shape.scalar());
        assertThatThrownBy(() -> update(List.of(velocity, velocity)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Received 2 variables for a/w");
    }

    private record TwiceTheSame() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("velocity", 0), new Slot("velocity", 1));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.slot("velocity"), slots.gradient());
        }
    }

    @Test
    void a_rule_declares_each_slot_once() {
        TensorVariable<String> velocity = variable("rmsprop/v", DType.FLOAT32, Shape.scalar());
        assertThatThrownBy(() -> new Update<>(new TwiceTheSame(), velocity, List.of(velocity, velocity), name -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"velocity\" twice");
    }

    @Test
    void the_name_of_a_slot_has_no_slash() {
        assertThatThrownBy(() -> new Slot("a/b", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=a/b");
    }

    @Test
    void state_is_like_its_variable() {
        assertThatThrownBy(() -> update(List.of(variable("rmsprop/v", DType.FLOAT32, Shape.of(1)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rmsprop/v must be FLOAT32 of shape (), as a/w is")
                .hasMessageContaining("FLOAT32 of shape (1,)");
        assertThatThrownBy(() -> update(List.of(variable("rmsprop/v", DType.FLOAT64, Shape.scalar()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT64 of shape ()");
    }

    @Test
    void a_slot_is_found_by_the_name_that_the_rule_gave_it() {
        TensorVariable<String> velocity = variable("rmsprop/v", DType.FLOAT32, Shape.scalar());
        assertThat(update(List.of(velocity)).slot("velocity")).isSameAs(velocity);
        assertThatThrownBy(() -> update(List.of(velocity)).slot("momentum"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"momentum\" but declares only [velocity]");
    }

    @Test
    void an_update_keeps_the_slots_of_its_making() {
        TensorVariable<String> velocity = variable("rmsprop/v", DType.FLOAT32, Shape.scalar());
        List<TensorVariable<String>> slots = new ArrayList<>(List.of(velocity));
        Update<String> update = update(slots);
        slots.clear();
        assertThat(update.slots()).containsExactly(velocity);
        assertThat(update.slot("velocity")).isSameAs(velocity);
    }

    private record Missing(String what, Runnable call) {}

    static List<Missing> missing() {
        VariableInfo info = VariableInfo.of("a/w");
        TensorVariable<String> w = variable("a/w", DType.FLOAT32, Shape.scalar());
        Shape shape = Shape.scalar();
        return List.of(
                new Missing("rule", () -> new Update<>(null, w, List.of(w), name -> 0)),
                new Missing("variable", () -> new Update<>(new OneSlot(), null, List.of(w), name -> 0)),
                new Missing("inputs", () -> new Update<>(new OneSlot(), w, List.of(w), null)),
                new Missing("info", () -> TensorVariable.of(null, "tensor", DType.FLOAT32, shape, () -> {})),
                new Missing("tensor", () -> TensorVariable.of(info, null, DType.FLOAT32, shape, () -> {})),
                new Missing("dtype", () -> TensorVariable.of(info, "tensor", null, shape, () -> {})),
                new Missing("shape", () -> TensorVariable.of(info, "tensor", DType.FLOAT32, null, () -> {})),
                new Missing("release", () -> TensorVariable.of(info, "tensor", DType.FLOAT32, shape, null)));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void what_is_null_is_named(Missing missing) {
        assertThatThrownBy(missing.call()::run)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(missing.what());
    }

    @Test
    void a_variable_closed_twice_is_released_once() {
        AtomicInteger released = new AtomicInteger();
        TensorVariable<String> variable = TensorVariable.of(
                VariableInfo.of("w"), "tensor", DType.FLOAT32, Shape.scalar(), released::incrementAndGet);
        variable.close();
        variable.close();
        assertThat(released).hasValue(1);
    }

    private static Update<String> update(List<TensorVariable<String>> slots) {
        return new Update<>(new OneSlot(), variable("a/w", DType.FLOAT32, Shape.scalar()), slots, name -> 0);
    }

    private static TensorVariable<String> variable(String path, DType dtype, Shape shape) {
        return TensorVariable.of(VariableInfo.of(path), "tensor", dtype, shape, () -> {});
    }
}
