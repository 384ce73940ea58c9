package io.gradstep.fused;

import io.gradstep.ops.DType;
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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gradient may share memory with any variable of its step: eagerly all is read before anything is written. */
class SharedMemoryTest {
    /** Of which one unit is not enough, and a piece of a tile is left over. */
    private static final int LENGTH = 150_001;

    private static HostTensor random(int seed) {
        return HardNumbers.ORDINARY.tensor(DType.FLOAT32, Shape.of(LENGTH), seed);
    }

    @ParameterizedTest
    @EnumSource
    void a_gradient_may_be_its_own_variable(Where where) {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> variable = where.tensor(random(1)).as("w");
            return List.of(Steps.rmsprop(where, variable, variable.value()));
        });
    }

    @ParameterizedTest
    @EnumSource
    void gradients_may_be_each_others_variables(Where where) {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> first = where.tensor(random(1)).as("first");
            TensorVariable<TestTensor> second = where.tensor(random(2)).as("second");
            TensorVariable<TestTensor> third = where.tensor(random(3)).as("third");
            return List.of(
                    Steps.rmsprop(where, first, third.value()),
                    Steps.rmsprop(where, second, first.value()),
                    Steps.rmsprop(where, third, second.value()));
        });
    }

    private record TakeTheGradient() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    }

    /** Though neither is read by its own rule. */
    @ParameterizedTest
    @EnumSource
    void two_variables_change_places(Where where) {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> first = where.tensor(random(1)).as("first");
            TensorVariable<TestTensor> second = where.tensor(random(2)).as("second");
            return List.of(
                    Steps.update(new TakeTheGradient(), first, second.value()),
                    Steps.update(new TakeTheGradient(), second, first.value()));
        });
    }

    /** Where one update works in place and the other cannot. */
    @Test
    void gradients_may_be_variables_in_another_kind_of_memory() {
        Steps.assertIsAsEager(() -> {
            TensorVariable<TestTensor> first = Where.IN_PLACE.tensor(random(1)).as("first");
            TensorVariable<TestTensor> second = Where.BUFFERS.tensor(random(2)).as("second");
            return List.of(
                    Steps.rmsprop(Where.IN_PLACE, first, second.value()),
                    Steps.rmsprop(Where.BUFFERS_WITH_TILED_STATE, second, first.value()));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void a_gradient_may_be_state(Where where) {
        Steps.assertIsAsEager(() -> {
            Update<TestTensor> first =
                    Steps.rmsprop(where, where.tensor(random(1)).as("first"), where.tensor(random(2)));
            Update<TestTensor> second = Steps.rmsprop(
                    where,
                    where.tensor(random(3)).as("second"),
                    first.slots().get(0).value());
            return List.of(first, second);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "ARRAYS", "BUFFERS"})
    void one_gradient_may_serve_several_variables(Where where) {
        Steps.assertIsAsEager(() -> {
            TestTensor gradient = where.tensor(random(1));
            return List.of(
                    Steps.rmsprop(where, where.tensor(random(2)).as("first"), gradient),
                    Steps.rmsprop(where, where.tensor(random(3)).as("second"), gradient));
        });
    }

    /**
     * The memory is {@code first | second | gap}; the gradient of both lies somewhere in it. At 0 it is the first, at
     * its length the second; where it ends one element before a variable begins, it shares nothing.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 19_999, 20_000, 20_001, 39_999, 40_000, 40_001})
    void a_gradient_may_overlap(int offset) {
        int length = 20_000;
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            int bytes = dtype == DType.FLOAT32 ? Float.BYTES : Double.BYTES;
            Steps.assertIsAsEager(() -> {
                Slab slab = new Slab(4 * length * bytes);
                HostTensor values = HardNumbers.ORDINARY.tensor(dtype, Shape.of(length), offset);
                TestTensor gradient = TestTensor.inSlab(slab, offset * bytes, values);
                TestTensor first = TestTensor.inSlab(slab, 0, values);
                TestTensor second = TestTensor.inSlab(slab, length * bytes, values);
                return List.of(
                        Steps.rmsprop(Where.BUFFERS_WITH_TILED_STATE, second.as("second"), gradient),
                        Steps.rmsprop(Where.BUFFERS_WITH_TILED_STATE, first.as("first"), gradient));
            });
        }
    }

    /** Variables of different lengths in any order of address, and gradients across them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void any_gradients_may_overlap_any_variables(long seed) {
        Steps.assertIsAsEager(() -> {
            Random random = new Random(seed);
            Slab slab = new Slab(800_000 * Float.BYTES);
            List<TestTensor> variables = new ArrayList<>();
            int next = 0;
            for (int i = 0; i < 21; i++) {
                int length = i % 7 == 0 ? 0 : 1 + random.nextInt(20_000);
                variables.add(at(slab, next, length, random.nextLong()));
                next += length + (random.nextBoolean() ? 0 : random.nextInt(3));
            }
            Collections.shuffle(variables, random);
            UpdateRule rule = new Steps.AddGradient();
            List<Update<TestTensor>> updates = new ArrayList<>();
            for (TestTensor variable : variables) {
                int length = (int) variable.shape().elements();
                TestTensor gradient = at(slab, random.nextInt(next), length, random.nextLong());
                updates.add(Steps.update(rule, variable.as("w" + updates.size()), gradient));
            }
            return updates;
        });
    }

    private static TestTensor at(Slab slab, int first, int length, long seed) {
        HostTensor values = HardNumbers.ORDINARY.tensor(DType.FLOAT32, Shape.of(length), seed);
        return TestTensor.inSlab(slab, first * Float.BYTES, values);
    }
}
