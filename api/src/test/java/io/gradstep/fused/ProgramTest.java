package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Unary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop and a program refuse what is none. */
class ProgramTest {
    private static final Instruction LOAD = new Instruction.Load(0);
    private static final Node FIRST = new Node.Element(0);
    private static final List<Place> PLACES = List.of(new Place.OfVariable(), new Place.OfGradient());

    private static Loop loop(Instruction instruction, Store... stores) {
        return new Loop(List.of(LOAD, instruction), List.of(stores));
    }

    @Test
    void a_loop_uses_what_was_computed_before() {
        Node itself = new Node.Element(1);
        Node later = new Node.Element(2);
        for (Node operand : List.of(itself, later)) {
            assertThatThrownBy(() -> loop(new Instruction.Apply(Unary.ABS, operand)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(operand + " is used before it is computed");
            assertThatThrownBy(() -> loop(new Instruction.Combine(Binary.ADD, operand, FIRST, false)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> loop(new Instruction.Combine(Binary.ADD, FIRST, operand, false)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> loop(LOAD, new Store(0, later)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v2 is used before it is computed");
        assertThat(loop(new Instruction.Apply(Unary.ABS, FIRST), new Store(0, itself))
                        .stores())
                .hasSize(1);
    }

    @Test
    void a_loop_stores_each_array_once() {
        assertThatThrownBy(() -> loop(LOAD, new Store(3, FIRST), new Store(2, FIRST), new Store(3, FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("array 3 is stored twice");
    }

    @Test
    void a_loop_does_not_change_with_the_lists_it_is_made_of() {
        List<Instruction> body = new ArrayList<>(List.of(LOAD));
        List<Store> stores = new ArrayList<>();
        Loop loop = new Loop(body, stores);
        body.clear();
        stores.add(new Store(1, FIRST));
        assertThat(loop).isEqualTo(new Loop(List.of(LOAD), List.of()));
    }

    private static Program program(List<ScalarInstruction> scalars, Loop loop) {
        return new Program(DType.FLOAT32, PLACES, scalars, loop);
    }

    @Test
    void a_program_is_of_a_dtype_that_rules_run_in() {
        assertThatThrownBy(() -> new Program(DType.INT32, PLACES, List.of(), loop(LOAD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dtype=INT32");
    }

    @Test
    void a_place_stands_once() {
        List<Place> twice = List.of(new Place.OfSlot("a"), new Place.OfVariable(), new Place.OfSlot("a"));
        assertThatThrownBy(() -> new Program(DType.FLOAT32, twice, List.of(), loop(LOAD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice")
                .hasMessageContaining("[a, variable, a]");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 2})
    void a_number_uses_earlier_ones(int operand) {
        ScalarInstruction first = new ScalarInstruction.Constant(1);
        for (ScalarInstruction second : List.of(
                new ScalarInstruction.Apply(Unary.ABS, operand),
                new ScalarInstruction.Combine(Binary.ADD, operand, 0),
                new ScalarInstruction.Combine(Binary.ADD, 0, operand))) {
            assertThatThrownBy(() -> program(List.of(first, second), loop(LOAD)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("number " + operand + " is used");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 3})
    void a_loop_finds_its_arrays(int array) {
        assertThatThrownBy(() -> program(List.of(), loop(new Instruction.Load(array))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("array " + array + " is used")
                .hasMessageContaining("only 2");
        assertThatThrownBy(() -> program(List.of(), loop(LOAD, new Store(array, FIRST))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("array " + array + " is used");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 2})
    void a_loop_finds_its_numbers(int number) {
        List<ScalarInstruction> one = List.of(new ScalarInstruction.Input("learning_rate"));
        Node scalar = new Node.Scalar(number);
        for (Loop loop : List.of(
                loop(new Instruction.Apply(Unary.ABS, scalar)),
                loop(new Instruction.Combine(Binary.ADD, FIRST, scalar, false)),
                loop(new Instruction.Combine(Binary.ADD, scalar, FIRST, false)),
                loop(LOAD, new Store(0, scalar)))) {
            assertThatThrownBy(() -> program(one, loop))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("number " + number + " is used");
        }
    }

    @Test
    void nobody_writes_to_a_gradient() {
        assertThatThrownBy(() -> program(List.of(), loop(LOAD, new Store(1, FIRST))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gradient");
    }

    /** 0.1 + 0.2 in float32 is 0.3 + 1.2e-8; in float64 it is 0.3 + 4.4e-17. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void numbers_are_rounded_once_for_each_operation(DType dtype) {
        Program program = new Program(
                dtype,
                PLACES,
                List.of(
                        new ScalarInstruction.Input("a"),
                        new ScalarInstruction.Input("b"),
                        new ScalarInstruction.Combine(Binary.ADD, 0, 1),
                        new ScalarInstruction.Apply(Unary.SQRT, 2),
                        new ScalarInstruction.Apply(Unary.NEGATE, 3)),
                loop(LOAD));
        double[] numbers = new double[5];
        program.computeScalars(name -> name.equals("a") ? 0.1 : 0.2, numbers);
        if (dtype == DType.FLOAT32) {
            float sum = 0.1f + 0.2f;
            assertThat(numbers).containsExactly(0.1f, 0.2f, sum, (float) Math.sqrt(sum), -(float) Math.sqrt(sum));
        } else {
            assertThat(numbers).containsExactly(0.1, 0.2, 0.1 + 0.2, Math.sqrt(0.1 + 0.2), -Math.sqrt(0.1 + 0.2));
        }
    }
}
