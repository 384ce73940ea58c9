package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Backends;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Local;
import io.gradstep.ops.Ops;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.Variable;
import io.gradstep.ops.VariableInfo;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a backend promises. A backend's tests do not extend this class but {@link Float32Tck} and {@link Float64Tck},
 * which add what the optimizer does on it.
 *
 * @param <T> the tensor type
 */
public abstract class BackendTck<T> {
    private static final VariableInfo KERNEL = VariableInfo.of("layer/kernel");

    private Backend<T> backend;

    /** For subclasses. */
    protected BackendTck() {}

    /**
     * Opens the backend under test, on the device under test.
     *
     * @return a new backend; the kit closes it
     */
    protected abstract Backend<T> open();

    /**
     * How far off a case may be. Backends override it where 0 cannot be reached, with the reason.
     *
     * @param caseName the name of a scenario or of a constant of the kit's enums
     * @return the allowance
     */
    protected Allowance allowance(String caseName) {
        return Allowance.NONE;
    }

    abstract DType dtype();

    @BeforeEach
    final void openBackend() {
        backend = open();
    }

    @AfterEach
    final void closeBackend() {
        backend.close();
    }

    final Backend<T> backend() {
        return backend;
    }

    final HostTensor host(Shape shape, IntToDoubleFunction element) {
        HostTensor values = HostTensor.filled(dtype(), shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, element.applyAsDouble(i));
        }
        return values;
    }

    final T tensor(Shape shape, IntToDoubleFunction element) {
        return backend.tensor(host(shape, element));
    }

    final TensorVariable<T> variable(String path, Shape shape, IntToDoubleFunction element) {
        return backend.wrap(tensor(shape, element), path);
    }

    final HostTensor values(TensorVariable<T> variable) {
        return backend.read(variable.value());
    }

    final void run(UpdateRule rule, TensorVariable<T> variable, T gradient, List<TensorVariable<T>> slots) {
        backend.run(List.of(update(rule, variable, gradient, slots)));
    }

    private Update<T> update(UpdateRule rule, TensorVariable<T> variable, T gradient, List<TensorVariable<T>> slots) {
        Update<T> update = new Update<>(rule, variable, slots, MemoryCase::inputs);
        update.setGradient(gradient);
        return update;
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                Shape.scalar(),
                Shape.of(0),
                Shape.of(1),
                Shape.of(7),
                Shape.of(2, 0),
                Shape.of(1, 1, 1),
                Shape.of(3, 5),
                Shape.of(2, 3, 2, 4));
    }

    // ---- finding it

    @Test
    final void is_found_by_its_id() {
        try (Backend<?> found = Backends.open(backend.id())) {
            assertThat(found.id()).isEqualTo(backend.id());
            assertThat(found.tensorType()).isEqualTo(backend.tensorType());
        }
    }

    @Test
    final void closing_twice_is_closing_once() {
        backend.close();
        backend.close();
    }

    // ---- values in and out

    static Stream<Arguments> dtypesAndShapes() {
        return Arrays.stream(DType.values()).flatMap(dtype -> shapes().map(shape -> Arguments.of(dtype, shape)));
    }

    @ParameterizedTest
    @MethodSource("dtypesAndShapes")
    final void a_tensor_gives_back_what_it_was_made_of(DType dtype, Shape shape) {
        HostTensor values = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, i - 3.25);
        }
        T tensor = backend.tensor(values);
        assertThat(backend.dtype(tensor)).isEqualTo(dtype);
        assertThat(backend.shape(tensor)).isEqualTo(shape);
        Bits.assertEqual("the tensor", values, backend.read(tensor), Allowance.NONE);
    }

    @Test
    final void a_tensor_is_a_copy_and_so_is_what_is_read() {
        HostTensor values = host(Shape.of(3), i -> i);
        T tensor = backend.tensor(values);
        values.set(0, 100);
        backend.read(tensor).set(1, 100);
        Bits.assertEqual("the tensor", host(Shape.of(3), i -> i), backend.read(tensor), Allowance.NONE);
    }

    @Test
    final void special_numbers_survive() {
        double[] special = {
            Double.NaN, -0.0, Float.MIN_VALUE, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Float.MAX_VALUE
        };
        HostTensor values = host(Shape.of(special.length), i -> special[i]);
        Bits.assertEqual("the tensor", values, backend.read(backend.tensor(values)), Allowance.NONE);
    }

    @ParameterizedTest
    @MethodSource("dtypesAndShapes")
    final void a_variable_of_its_own_is_filled_and_written(DType dtype, Shape shape) {
        try (TensorVariable<T> variable = backend.variable(KERNEL, dtype, shape, 1.75)) {
            assertThat(variable.dtype()).isEqualTo(dtype);
            assertThat(variable.shape()).isEqualTo(shape);
            assertThat(variable.path()).isEqualTo("layer/kernel");
            assertThat(variable.name()).isEqualTo("kernel");
            Bits.assertEqual("filled", HostTensor.filled(dtype, shape, 1.75), values(variable), Allowance.NONE);
            T live = variable.value();
            backend.write(variable, HostTensor.filled(dtype, shape, -2));
            Bits.assertEqual("written", HostTensor.filled(dtype, shape, -2), values(variable), Allowance.NONE);
            Bits.assertEqual("the same tensor", values(variable), backend.read(live), Allowance.NONE);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    final void state_is_like_its_variable(Shape shape) {
        TensorVariable<T> reference = variable("w", shape, i -> i);
        try (TensorVariable<T> state = backend.state(reference, VariableInfo.of("rmsprop/w_velocity"), 0.1)) {
            assertThat(state.path()).isEqualTo("rmsprop/w_velocity");
            Bits.assertEqual("the state", host(shape, i -> 0.1), values(state), Allowance.NONE);
        }
    }

    @Test
    final void a_closed_state_cannot_be_read_and_closes_again() {
        TensorVariable<T> state = backend.state(variable("w", Shape.of(2), i -> i), KERNEL, 0);
        state.close();
        state.close();
        assertThatThrownBy(state::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer/kernel")
                .hasMessageContaining("closed");
    }

    @Test
    final void a_wrapped_tensor_is_written_in_place_and_outlives_its_variable() {
        T tensor = tensor(Shape.of(2, 2), i -> i);
        TensorVariable<T> variable = backend.wrap(tensor, KERNEL);
        run(MemoryCase.ASSIGN_ADD_ADDS, variable, tensor(Shape.of(2, 2), i -> 10), List.of(stateOf(variable)));
        variable.close();
        Bits.assertEqual("the tensor", host(Shape.of(2, 2), i -> i + 10), backend.read(tensor), Allowance.NONE);
    }

    @Test
    final void values_that_do_not_fit_are_not_written() {
        TensorVariable<T> variable = variable("layer/kernel", Shape.of(2, 3), i -> i);
        DType other = dtype() == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        for (HostTensor values : List.of(
                HostTensor.filled(dtype(), Shape.of(3), 7),
                HostTensor.filled(dtype(), Shape.scalar(), 7),
                HostTensor.filled(other, Shape.of(2, 3), 7))) {
            assertThatThrownBy(() -> backend.write(variable, values))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer/kernel must be " + dtype() + " of shape (2, 3)")
                    .hasMessageContaining(values.dtype() + " of shape " + values.shape());
        }
        Bits.assertEqual("the variable", host(Shape.of(2, 3), i -> i), values(variable), Allowance.NONE);
    }

    @Test
    final void integers_are_not_wrapped() {
        T counter = backend.tensor(HostTensor.of(Shape.scalar(), 1));
        assertThatThrownBy(() -> backend.wrap(counter, KERNEL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer/kernel")
                .hasMessageContaining("INT32")
                .hasMessageContaining("FLOAT32");
    }

    // ---- arithmetic

    static Stream<Arguments> operations() {
        return Arrays.stream(OperationCase.values())
                .flatMap(operation -> Arrays.stream(OperandKind.values())
                        .filter(operands -> operation.isBinary() || !operands.isSecondScalar())
                        .map(operands -> Arguments.of(operation, operands)));
    }

    @ParameterizedTest
    @MethodSource("operations")
    final void an_operation_rounds_once(OperationCase operation, OperandKind operands) {
        // 19: a vector loop and its remainder; 1 and the empty shape: what libraries take for scalars.
        for (Shape shape : List.of(Shape.of(19), Shape.of(1), Shape.of(1, 1), Shape.scalar(), Shape.of(2, 3))) {
            TensorVariable<T> variable = variable("x", shape, i -> operation.x());
            run(new OperationRule(operation, operands), variable, tensor(shape, i -> operation.y()), List.of());
            Bits.assertEqual(
                    operation + " of shape " + shape,
                    host(shape, i -> operation.expected(dtype())),
                    values(variable),
                    allowance(operation.name()));
        }
    }

    // ---- reductions

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    final void one_number_that_is_not_finite_is_found(double number) {
        T finite = tensor(Shape.of(3, 7), i -> i % 2 == 0 ? Float.MAX_VALUE : -Float.MIN_VALUE);
        T last = tensor(Shape.of(19), i -> i == 18 ? number : i);
        T scalar = tensor(Shape.scalar(), i -> number);
        T empty = tensor(Shape.of(0), i -> number);
        assertThat(backend.allFinite(List.of())).isTrue();
        assertThat(backend.allFinite(List.of(finite, empty))).isTrue();
        assertThat(backend.allFinite(List.of(finite, last))).isFalse();
        assertThat(backend.allFinite(List.of(scalar, finite))).isFalse();
    }

    /** The gradient less the variable: an expression that reads memory. */
    private record Difference() implements Expression {
        @Override
        public <V> V value(Ops<V> ops, Slots<V> slots) {
            return ops.subtract(slots.gradient(), ops.read(slots.variable()));
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    final void an_expression_is_squared_and_summed_and_nothing_written(Shape shape) {
        TensorVariable<T> variable = variable("w", shape, i -> 100 + i);
        T gradient = tensor(shape, i -> 100.5 + i);
        Update<T> update = update(MemoryCase.ASSIGN_ADD_ADDS, variable, gradient, List.of(stateOf(variable)));
        assertThat(backend.sumsOfSquares(new Difference(), List.of(update))).containsExactly(0.25 * shape.elements());
        Bits.assertEqual("w", host(shape, i -> 100 + i), values(variable), Allowance.NONE);
        Bits.assertEqual("gradient", host(shape, i -> 100.5 + i), backend.read(gradient), Allowance.NONE);
    }

    /** Around the lengths at which NumPy's order of addition changes, and an executor's tiles and units. */
    @ParameterizedTest
    @ValueSource(ints = {7, 8, 9, 127, 128, 129, 136, 1000, 2048, 8191, 8192, 8193, 65_535, 65_536, 65_537, 1_000_003})
    final void squares_are_summed_in_the_order_of_numpy(int length) {
        HostTensor numbers = HardNumbers.ORDINARY.tensor(dtype(), Shape.of(length), length);
        HostTensor differences = host(Shape.of(length), i -> numbers.get(i) - 0.125);
        TensorVariable<T> variable = variable("w", Shape.of(length), i -> 0.125);
        Update<T> update = update(new TakeGradient(), variable, backend.tensor(numbers), List.of());
        assertThat(backend.sumsOfSquares(new Gradient(), List.of(update)))
                .containsExactly(PairwiseSum.ofSquares(numbers));
        assertThat(backend.sumsOfSquares(new Difference(), List.of(update)))
                .containsExactly(PairwiseSum.ofSquares(differences));
    }

    private record Gradient() implements Expression {
        @Override
        public <V> V value(Ops<V> ops, Slots<V> slots) {
            return slots.gradient();
        }
    }

    private record TakeGradient() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    }

    // ---- fused and eager

    @ParameterizedTest
    @EnumSource
    final void all_ways_to_run_a_step_give_the_bits_of_eager_execution(StepCase stepCase) {
        assertIsAsEager(
                stepCase,
                StepCase.shapes(),
                List.of(
                        HardNumbers.ORDINARY,
                        HardNumbers.TINY,
                        HardNumbers.ORDINARY,
                        HardNumbers.TINY,
                        HardNumbers.HUGE,
                        HardNumbers.ORDINARY,
                        HardNumbers.SPECIAL,
                        HardNumbers.ORDINARY));
    }

    /** Fewer, so that the kit stays fast. */
    @ParameterizedTest
    @EnumSource(names = {"CENTERED_WITH_MOMENTUM", "EVERYTHING_BY_GLOBAL_NORM"})
    final void of_large_variables_too(StepCase stepCase) {
        assertIsAsEager(stepCase, List.of(Shape.of(1_000_003)), List.of(HardNumbers.ORDINARY, HardNumbers.TINY));
    }

    private void assertIsAsEager(StepCase stepCase, List<Shape> shapes, List<HardNumbers> kinds) {
        List<HostTensor> expected;
        try (Backend<?> eager =
                Backends.open(backend.id(), BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER))) {
            expected = stepCase.run(eager, dtype(), shapes, kinds);
        }
        List<HostTensor> actual = stepCase.run(backend, dtype(), shapes, kinds);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Bits.assertEqual(stepCase + ", result " + i, expected.get(i), actual.get(i), allowance(stepCase.name()));
        }
    }

    // ---- memory

    static Stream<Arguments> memoryCases() {
        return Arrays.stream(MemoryCase.values())
                .flatMap(memoryCase -> shapes().map(shape -> Arguments.of(memoryCase, shape)));
    }

    @ParameterizedTest
    @MethodSource("memoryCases")
    final void reads_and_assignments_mean(MemoryCase memoryCase, Shape shape) {
        TensorVariable<T> variable = variable("w", shape, i -> 100 + i);
        TensorVariable<T> state = stateOf(variable);
        backend.write(state, host(shape, i -> 200 + 2 * i));
        T gradient = tensor(shape, i -> 400 + 3 * i);
        run(memoryCase, variable, gradient, List.of(state));
        Bits.assertEqual(
                "variable", host(shape, i -> outcome(memoryCase.variable(), i)), values(variable), Allowance.NONE);
        Bits.assertEqual("slot", host(shape, i -> outcome(memoryCase.slot(), i)), values(state), Allowance.NONE);
        Bits.assertEqual("gradient", host(shape, i -> 400 + 3 * i), backend.read(gradient), Allowance.NONE);
    }

    private static double outcome(MemoryCase.Outcome outcome, int i) {
        return outcome.of(100 + i, 200 + 2 * i, 400 + 3 * i);
    }

    private TensorVariable<T> stateOf(TensorVariable<T> variable) {
        return backend.state(variable, VariableInfo.of("state"), 0);
    }

    @Test
    final void what_was_assigned_shares_no_memory() {
        TensorVariable<T> variable = variable("w", Shape.of(3), i -> i);
        TensorVariable<T> state = stateOf(variable);
        T gradient = tensor(Shape.of(3), i -> 10);
        run(MemoryCase.A_READ_AFTER_AN_ASSIGNMENT_SEES_IT, variable, gradient, List.of(state));
        run(MemoryCase.ASSIGN_ADD_ADDS, variable, gradient, List.of(state));
        Bits.assertEqual("variable", host(Shape.of(3), i -> 20), values(variable), Allowance.NONE);
        Bits.assertEqual("slot", host(Shape.of(3), i -> 10), values(state), Allowance.NONE);
        Bits.assertEqual("gradient", host(Shape.of(3), i -> 10), backend.read(gradient), Allowance.NONE);
    }

    @Test
    final void the_gradient_may_be_the_variable_itself() {
        TensorVariable<T> variable = variable("w", Shape.of(3), i -> i + 1);
        TensorVariable<T> state = stateOf(variable);
        run(MemoryCase.VARIABLE_AND_SLOT_CAN_CHANGE_PLACES, variable, variable.value(), List.of(state));
        run(MemoryCase.A_VALUE_READ_BEFORE_AN_ASSIGNMENT_STAYS, variable, variable.value(), List.of(state));
        Bits.assertEqual("variable", host(Shape.of(3), i -> i + 1), values(variable), Allowance.NONE);
        Bits.assertEqual("slot", host(Shape.of(3), i -> i + 1), values(state), Allowance.NONE);
    }

    /** Eagerly all is read before anything is written. */
    @ParameterizedTest
    @ValueSource(ints = {3, 8192, 20_000, 150_000})
    final void the_gradient_may_be_another_variable(int length) {
        Shape shape = Shape.of(length);
        TensorVariable<T> first = variable("first", shape, i -> i);
        TensorVariable<T> second = variable("second", shape, i -> 0.5 * i);
        backend.run(List.of(
                update(MemoryCase.ASSIGN_ADD_ADDS, first, second.value(), List.of(stateOf(first))),
                update(MemoryCase.ASSIGN_ADD_ADDS, second, first.value(), List.of(stateOf(second)))));
        Bits.assertEqual("first", host(shape, i -> 1.5 * i), values(first), Allowance.NONE);
        Bits.assertEqual("second", host(shape, i -> 1.5 * i), values(second), Allowance.NONE);
    }

    @Test
    final void nothing_is_written_before_every_rule_has_returned() {
        TensorVariable<T> first = variable("first", Shape.of(3), i -> i);
        TensorVariable<T> second = variable("second", Shape.of(3), i -> i);
        T gradient = tensor(Shape.of(3), i -> 1);
        List<Update<T>> updates = List.of(
                update(MemoryCase.ASSIGN_ADD_ADDS, first, gradient, List.of(stateOf(first))),
                update(new ThrowingRule(), second, gradient, List.of()));
        assertThatThrownBy(() -> backend.run(updates)).hasMessage("thrown by the rule");
        Bits.assertEqual("first", host(Shape.of(3), i -> i), values(first), Allowance.NONE);
        Bits.assertEqual("second", host(Shape.of(3), i -> i), values(second), Allowance.NONE);
    }

    private record ThrowingRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), slots.gradient());
            throw new IllegalStateException("thrown by the rule");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    final void one_run_serves_several_dtypes_and_rules(DType other) {
        TensorVariable<T> ours = variable("ours", Shape.of(2), i -> 0.1);
        TensorVariable<T> theirs = backend.wrap(backend.tensor(HostTensor.filled(other, Shape.of(3), 0.1)), "theirs");
        backend.run(List.of(
                update(MemoryCase.ASSIGN_ADD_ADDS, ours, tensor(Shape.of(2), i -> 0.2), List.of(stateOf(ours))),
                update(
                        new OperationRule(OperationCase.MULTIPLY_ROUNDS, OperandKind.TENSOR_SCALAR),
                        theirs,
                        null,
                        List.of())));
        Bits.assertEqual(
                "ours",
                host(Shape.of(2), i -> OperationCase.ADD_ROUNDS.expected(dtype())),
                values(ours),
                Allowance.NONE);
        Bits.assertEqual(
                "theirs",
                HostTensor.filled(other, Shape.of(3), OperationCase.MULTIPLY_ROUNDS.expected(other)),
                values(theirs),
                Allowance.NONE);
    }

    @Test
    final void a_rule_that_asks_for_what_is_not_there_is_told_so() {
        TensorVariable<T> variable = variable("w", Shape.of(2), i -> i);
        assertThatThrownBy(() -> run(MemoryCase.ASSIGN_ADD_ADDS, variable, null, List.of(stateOf(variable))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ASSIGN_ADD_ADDS")
                .hasMessageContaining("w has none");
        assertThatThrownBy(() -> run(new UndeclaredSlot(), variable, null, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("velocity")
                .hasMessageContaining("slots()");
    }

    private record UndeclaredSlot() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), ops.read(slots.slot("velocity")));
        }
    }

    @Test
    final void a_rule_may_not_reach_for_memory_of_others() {
        TensorVariable<T> variable = variable("w", Shape.of(2), i -> i);
        TensorVariable<T> stranger = variable("stranger", Shape.of(3), i -> i);
        for (boolean assigns : new boolean[] {false, true}) {
            assertThatThrownBy(() -> run(new ReachingRule(stranger, assigns), variable, null, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("may read and assign w and its slots. Received: stranger");
        }
        Bits.assertEqual("stranger", host(Shape.of(3), i -> i), values(stranger), Allowance.NONE);
    }

    private record ReachingRule(TensorVariable<?> stranger, boolean assigns) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        @SuppressWarnings("unchecked")
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            Variable<V> reached = (Variable<V>) stranger;
            if (assigns) {
                ops.assign(reached, ops.scalar(7));
            } else {
                ops.assign(slots.variable(), ops.read(reached));
            }
        }
    }

    private record NullRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), null);
        }
    }

    private record UnassignedLocalRule() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <V> void step(Ops<V> ops, Slots<V> slots) {
            ops.assign(slots.variable(), ops.read(new Local<>("nowhere")));
        }
    }

    @Test
    final void a_rule_that_assigns_nothing_or_reads_from_nowhere_writes_nothing() {
        TensorVariable<T> first = variable("first", Shape.of(2), i -> i);
        TensorVariable<T> second = variable("second", Shape.of(2), i -> i);
        T gradient = tensor(Shape.of(2), i -> 1);
        Update<T> good = update(MemoryCase.ASSIGN_ADD_ADDS, first, gradient, List.of(stateOf(first)));
        assertThatThrownBy(() -> backend.run(List.of(good, update(new NullRule(), second, null, List.of()))))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("NullRule[] assigns null to second");
        assertThatThrownBy(() -> backend.run(List.of(good, update(new UnassignedLocalRule(), second, null, List.of()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"nowhere\" is read before it was assigned");
        Bits.assertEqual("first", host(Shape.of(2), i -> i), values(first), Allowance.NONE);
    }
}
