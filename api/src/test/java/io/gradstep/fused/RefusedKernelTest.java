package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Shape;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.tck.HardNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where no class can be made of a rule, steps are interpreted: it is logged once, and the bits are the same. */
class RefusedKernelTest {
    private static final Logger LOGGER = Logger.getLogger("io.gradstep");
    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
    }

    private static HostExecutor<TestTensor> executor(Kernels.Compiler compiler) {
        return new HostExecutor<>(
                new BackendProvider.Options(ExecutionMode.COMPILED, 2), new Kernels(ExecutionMode.COMPILED, compiler));
    }

    private static Update<TestTensor> turn(Where where, int rule, int length) {
        HostTensor values = HardNumbers.SPECIAL.tensor(DType.FLOAT32, Shape.of(length), 1);
        TestTensor gradient = where.tensor(HardNumbers.TINY.tensor(DType.FLOAT32, Shape.of(length), 2));
        return Steps.update(new Steps.Turn(rule), where.tensor(values).as("w" + length), gradient);
    }

    /** Each with a rule of its own, because kernels are kept. */
    static List<Arguments> refusals() {
        return List.of(
                Arguments.of(200, new VerifyError("not with me")),
                Arguments.of(220, new IllegalAccessException("not with me")),
                Arguments.of(240, new UnsupportedOperationException("not with me")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void it_is_interpreted(int rule, Throwable refusal) {
        AtomicInteger asked = new AtomicInteger();
        HostExecutor<TestTensor> executor = executor(form -> {
            asked.incrementAndGet();
            return throwing(refusal);
        });
        TensorVariable<TestTensor> variable =
                TestTensor.inPlace(Steps.numbers(3, 0)).as("w");
        assertThat(executor.execution(variable, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.COMPILED);
        int next = rule;
        for (Where where : List.of(Where.BUFFERS, Where.ARRAYS, Where.IN_PLACE)) {
            // Of whole tiles only, of a piece only, and of both.
            for (int length : new int[] {2 * Tiles.SIZE, 7, 3 * Tiles.SIZE + 1}) {
                int other = next;
                next++;
                Steps.assertIsAsEager(List.of(executor), () -> List.of(turn(where, other, length)));
            }
        }
        assertThat(asked).hasValue(1);
        assertThat(executor.execution(variable, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.INTERPRETED);
        assertThat(executor.execution(variable, TestTensors.ALL).reason())
                .contains("refuses compiled kernels")
                .contains("not with me");
        assertThat(logged).singleElement().satisfies(entry -> {
            assertThat(entry.getLevel()).isEqualTo(Level.WARNING);
            assertThat(entry.getMessage()).contains("interpreted").contains("not with me");
        });
    }

    private static Kernel throwing(Throwable refusal) throws ReflectiveOperationException {
        if (refusal instanceof ReflectiveOperationException checked) {
            throw checked;
        }
        if (refusal instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) refusal;
    }

    /** What says nothing of the class is not caught; nothing has been written yet. */
    @Test
    void a_machine_that_is_out_of_memory_says_so() {
        AtomicInteger asked = new AtomicInteger();
        HostExecutor<TestTensor> executor = executor(form -> {
            if (asked.incrementAndGet() == 1) {
                throw new OutOfMemoryError("no more");
            }
            return KernelCompiler.compile(form);
        });
        TensorVariable<TestTensor> variable =
                TestTensor.inPlace(Steps.numbers(9, 0)).as("w");
        Update<TestTensor> update =
                Steps.update(new Steps.Turn(260), variable, TestTensor.inPlace(Steps.numbers(9, 0)));
        assertThatThrownBy(() -> TestTensors.run(executor, List.of(update))).isInstanceOf(OutOfMemoryError.class);
        TestBits.assertSame("w", Steps.values(variable), Steps.numbers(9, 0));
        TestTensors.run(executor, List.of(update));
        assertThat(Steps.values(variable).get(8)).isEqualTo(16);
        assertThat(executor.execution(variable, TestTensors.ALL).mode()).isEqualTo(ExecutionMode.COMPILED);
        assertThat(logged).isEmpty();
    }

    /** A product of the variable with many constants, each an argument of the kernel. */
    private record ManyNumbers(int count) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T value = ops.add(ops.read(slots.variable()), slots.gradient());
            for (int i = 0; i < count; i++) {
                value = ops.multiply(value, ops.scalar(i % 2 == 0 ? 1.5 : 0.7));
            }
            ops.assign(slots.variable(), value);
        }
    }

    /** A sum of so many different values. */
    private record ManyOperations(int count) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            List<T> values = List.of(ops.read(slots.variable()), slots.gradient());
            for (int i = 0; i < 3; i++) {
                values = combinations(ops, values);
            }
            while (values.size() > 1) {
                List<T> sums = new ArrayList<>();
                for (int i = 0; i + 1 < values.size(); i += 2) {
                    sums.add(ops.add(values.get(i), values.get(i + 1)));
                }
                values = sums;
            }
            ops.assign(slots.variable(), values.get(0));
        }

        private <T> List<T> combinations(Ops<T> ops, List<T> values) {
            List<T> combinations = new ArrayList<>();
            for (T x : values) {
                for (T y : values) {
                    for (Binary op : List.of(Binary.ADD, Binary.SUBTRACT, Binary.MULTIPLY, Binary.DIVIDE)) {
                        if (combinations.size() < count) {
                            combinations.add(ops.binary(op, x, y));
                        }
                    }
                }
            }
            return combinations;
        }
    }

    /** Kernels that a class file can hold, and ones that it cannot. */
    static List<UpdateRule> longRules() {
        return List.of(
                new ManyNumbers(100),
                new ManyNumbers(300),
                new ManyOperations(1000),
                new ManyOperations(4096),
                new Steps.Turn(1000));
    }

    @ParameterizedTest
    @MethodSource("longRules")
    void a_rule_may_be_too_long_for_a_class(UpdateRule rule) {
        HostTensor values = HardNumbers.ORDINARY.tensor(DType.FLOAT32, Shape.of(9), 1);
        HostTensor gradient = HardNumbers.ORDINARY.tensor(DType.FLOAT32, Shape.of(9), 2);
        for (Where where : List.of(Where.IN_PLACE, Where.BUFFERS)) {
            Steps.assertIsAsEager(
                    List.of(executor(KernelCompiler::compile)),
                    () -> List.of(Steps.update(rule, where.tensor(values).as("w"), where.tensor(gradient))));
        }
        // One for each executor, if any.
        assertThat(logged.size()).isIn(0, 2);
    }

    /** Hundreds of numbers, as a method of a class cannot have. */
    private record Polynomial(int terms) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T sum = slots.gradient();
            for (int i = 0; i < terms; i++) {
                sum = ops.add(ops.multiply(1.0 / (i + 2), sum), 1.0 / (i + 3));
            }
            ops.assign(slots.variable(), sum);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void a_rule_too_large_for_a_class_is_interpreted_and_others_are_compiled_still(DType dtype) {
        HostExecutor<TestTensor> executor = executor(KernelCompiler::compile);
        TestTensor gradient = TestTensor.inPlace(HardNumbers.ORDINARY.tensor(dtype, Shape.of(10_000), 1));
        TestTensor fused = TestTensor.inPlace(HostTensor.filled(dtype, Shape.of(10_000), 0));
        TestTensor eager = TestTensor.inPlace(HostTensor.filled(dtype, Shape.of(10_000), 0));
        TestTensors.run(executor, List.of(Steps.update(new Polynomial(400), fused.as("w"), gradient)));
        TestTensors.runEagerly(List.of(Steps.update(new Polynomial(400), eager.as("w"), gradient)));
        TestBits.assertSame("w", fused.values(), eager.values());
        assertThat(executor.execution(fused.as("w"), TestTensors.ALL).mode()).isEqualTo(ExecutionMode.COMPILED);
        assertThat(logged).isEmpty();
    }
}
