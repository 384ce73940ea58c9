package io.gradstep.fused;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.Unary;
import io.gradstep.ops.UpdateRule;
import io.gradstep.optim.RMSprop;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels, compiled, interpreted and cut, do what the operations say, element by element. */
class KernelTest {
    private static final int RULES = 200;

    // ---- arrays

    private static Object[] arrays(Program program, int length, Random random) {
        Object[] arrays = new Object[program.places().size()];
        for (int k = 0; k < arrays.length; k++) {
            double[] numbers = new double[length];
            for (int i = 0; i < length; i++) {
                numbers[i] = random.nextInt(3) == 0
                        ? RandomRule.SPECIAL[random.nextInt(RandomRule.SPECIAL.length)]
                        : 3 * random.nextGaussian();
            }
            arrays[k] = ofDType(program.dtype(), numbers);
        }
        return arrays;
    }

    private static Object ofDType(DType dtype, double... numbers) {
        if (dtype == DType.FLOAT64) {
            return numbers.clone();
        }
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    private static Object[] copy(Object[] arrays) {
        return Stream.of(arrays)
                .map(array -> array instanceof float[] floats ? floats.clone() : ((double[]) array).clone())
                .toArray();
    }

    private static double get(Object array, int i) {
        return array instanceof float[] floats ? floats[i] : ((double[]) array)[i];
    }

    private static void set(Object array, int i, double value) {
        if (array instanceof float[] floats) {
            floats[i] = (float) value;
        } else {
            ((double[]) array)[i] = value;
        }
    }

    private static void assertSame(String what, Object[] actual, Object[] expected) {
        for (int k = 0; k < expected.length; k++) {
            int length = Array.getLength(expected[k]);
            for (int i = 0; i < length; i++) {
                long bits = Double.doubleToLongBits(get(expected[k], i));
                if (Double.doubleToLongBits(get(actual[k], i)) != bits) {
                    assertThat(get(actual[k], i))
                            .as("%s, array %d, element %d", what, k, i)
                            .isEqualTo(get(expected[k], i));
                }
            }
        }
    }

    // ---- ways to run

    private static double[] numbers(Program program) {
        double[] numbers = new double[program.scalars().size()];
        program.computeScalars(RandomRule::number, numbers);
        return numbers;
    }

    private static void run(Kernel kernel, Program program, Object[] arrays, int from, int to) {
        kernel.run(arrays, numbers(program), from, to);
    }

    private static void interpret(Loop loop, Program program, Object[] arrays, int from, int to) {
        run(new TileInterpreter(loop, program.dtype()), program, arrays, from, to);
    }

    private static Kernel compiled(Program program, boolean wholeTiles) {
        try {
            return KernelCompiler.compile(new KernelForm(program.loop(), program.dtype(), wholeTiles));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(program.toString(), e);
        }
    }

    private static void byDefinition(UpdateRule rule, Program program, Object[] arrays, int from, int to) {
        for (int i = from; i < to; i++) {
            Map<Place, Double> before = new HashMap<>();
            for (int k = 0; k < arrays.length; k++) {
                before.put(program.places().get(k), get(arrays[k], i));
            }
            Map<Place, Double> after = ScalarRun.run(rule, program.dtype(), before, RandomRule::number);
            for (int k = 0; k < arrays.length; k++) {
                set(arrays[k], i, after.get(program.places().get(k)));
            }
        }
    }

    // ---- any rule

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void any_rule_on_any_stretch(DType dtype) {
        for (int seed = 0; seed < RULES; seed++) {
            UpdateRule rule = new RandomRule(seed);
            Program program = Programs.of(rule, dtype);
            Random random = new Random(seed);
            int length = 1 + random.nextInt(1500);
            int from = random.nextInt(length);
            int to = from + random.nextInt(length - from + 1);
            Object[] arrays = arrays(program, length, random);
            Object[] expected = copy(arrays);
            byDefinition(rule, program, expected, from, to);
            Object[] interpreted = copy(arrays);
            interpret(program.loop(), program, interpreted, from, to);
            assertSame("seed " + seed + " interpreted\n" + program, interpreted, expected);
            Object[] compiled = copy(arrays);
            run(compiled(program, false), program, compiled, from, to);
            assertSame("seed " + seed + " compiled\n" + program, compiled, expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void any_rule_on_a_whole_tile(DType dtype) {
        for (int seed = 0; seed < RULES / 20; seed++) {
            UpdateRule rule = new RandomRule(seed);
            Program program = Programs.of(rule, dtype);
            Object[] arrays = arrays(program, Tiles.SIZE + 1, new Random(seed));
            Object[] expected = copy(arrays);
            byDefinition(rule, program, expected, 0, Tiles.SIZE);
            Kernel kernel = compiled(program, true);
            run(kernel, program, arrays, 0, Tiles.SIZE);
            assertSame("seed " + seed + "\n" + program, arrays, expected);
        }
    }

    /** Often enough for C2 to have compiled it. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void a_kernel_has_the_same_bits_when_it_is_hot(DType dtype) {
        for (int seed = 0; seed < 12; seed++) {
            UpdateRule rule = new RandomRule(seed);
            Program program = Programs.of(rule, dtype);
            Object[] arrays = arrays(program, Tiles.SIZE, new Random(seed));
            Object[] expected = copy(arrays);
            byDefinition(rule, program, expected, 0, Tiles.SIZE);
            Kernel stretch = compiled(program, false);
            Kernel tile = compiled(program, true);
            Object[] ofStretch = arrays;
            Object[] ofTile = arrays;
            for (int i = 0; i < 60; i++) {
                ofStretch = copy(arrays);
                run(stretch, program, ofStretch, 0, Tiles.SIZE);
                ofTile = copy(arrays);
                run(tile, program, ofTile, 0, Tiles.SIZE);
            }
            assertSame("seed " + seed + ", stretch\n" + program, ofStretch, expected);
            assertSame("seed " + seed + ", tile\n" + program, ofTile, expected);
        }
    }

    // ---- each operation

    private enum Operand {
        ARRAY,
        CONSTANT,
        INPUT
    }

    /** {@code w ← op(x, y)}: one operand may be a number, known when it is traced or not. */
    private record Operation(Binary op, Operand first, Operand second, int number) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T x = operand(ops, slots, first, ops.read(slots.variable()));
            T y = operand(ops, slots, second, slots.gradient());
            ops.assign(slots.variable(), ops.binary(op, x, y));
        }

        private <T> T operand(Ops<T> ops, Slots<T> slots, Operand kind, T array) {
            return switch (kind) {
                case ARRAY -> array;
                case CONSTANT -> ops.scalar(RandomRule.SPECIAL[number]);
                case INPUT -> slots.input(String.valueOf(number));
            };
        }
    }

    static Stream<Arguments> operations() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.of(Binary.values()).map(op -> Arguments.of(dtype, op)));
    }

    /** All pairs of special numbers, zeros of both signs among them, as data and as numbers, on either side. */
    @ParameterizedTest
    @MethodSource("operations")
    void a_binary_operation_on_any_two_numbers(DType dtype, Binary op) {
        for (int number = 0; number < RandomRule.SPECIAL.length; number++) {
            for (Operand first : Operand.values()) {
                for (Operand second : Operand.values()) {
                    assertIsByDefinition(new Operation(op, first, second, number), dtype);
                }
            }
        }
    }

    private record OneOperation(Unary op) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.unary(op, slots.gradient()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_unary_operation_on_any_number(Unary op) {
        assertIsByDefinition(new OneOperation(op), DType.FLOAT32);
        assertIsByDefinition(new OneOperation(op), DType.FLOAT64);
    }

    /** On all pairs of special numbers. */
    private static void assertIsByDefinition(UpdateRule rule, DType dtype) {
        Program program = Programs.of(rule, dtype);
        int count = RandomRule.SPECIAL.length;
        double[] firsts = new double[count * count];
        double[] seconds = new double[count * count];
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = RandomRule.SPECIAL[i / count];
            seconds[i] = RandomRule.SPECIAL[i % count];
        }
        Object[] arrays = program.places().stream()
                .map(place -> ofDType(dtype, place instanceof Place.OfVariable ? firsts : seconds))
                .toArray();
        Object[] expected = copy(arrays);
        byDefinition(rule, program, expected, 0, firsts.length);
        Object[] interpreted = copy(arrays);
        interpret(program.loop(), program, interpreted, 0, firsts.length);
        assertSame(rule + " interpreted", interpreted, expected);
        run(compiled(program, false), program, arrays, 0, firsts.length);
        assertSame(rule + " compiled", arrays, expected);
    }

    // ---- cutting

    private static Predicate<Loop> atMost(int instructions) {
        return loop -> loop.body().size() + loop.stores().size() <= instructions;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void parts_do_one_after_the_other_what_the_loop_does(DType dtype) {
        int cut = 0;
        int whole = 0;
        for (int seed = 0; seed < 4 * RULES; seed++) {
            Program program = Programs.of(new RandomRule(seed), dtype);
            Object[] arrays = arrays(program, 40, new Random(seed));
            Object[] expected = copy(arrays);
            interpret(program.loop(), program, expected, 0, 40);
            for (int limit : new int[] {1, 4, 8, 13}) {
                Predicate<Loop> fits = atMost(limit);
                List<Loop> parts = LoopCutter.cut(program.loop(), fits);
                Object[] actual = copy(arrays);
                parts.forEach(part -> interpret(part, program, actual, 0, 40));
                assertSame("seed " + seed + ", limit " + limit + "\n" + program, actual, expected);
                if (parts.size() > 1) {
                    cut++;
                    assertThat(parts)
                            .allMatch(part -> fits.test(part) || part.stores().size() == 1);
                } else if (!fits.test(program.loop()) && program.loop().stores().size() > 1) {
                    whole++;
                }
                assertThat(parts.stream().flatMap(part -> part.storedArrays().stream()))
                        .containsExactlyInAnyOrderElementsOf(program.loop().storedArrays());
            }
        }
        assertThat(cut).isGreaterThan(RULES / 2);
        assertThat(whole).isGreaterThan(RULES / 2);
    }

    @Test
    void what_fits_is_not_cut() {
        Loop loop = Programs.of(Steps.RMSPROP, DType.FLOAT32).loop();
        assertThat(LoopCutter.cut(loop, part -> true)).containsExactly(loop);
    }

    /** Each store by itself: what was stored is loaded back, not computed again. */
    @Test
    void what_was_stored_is_loaded_back() {
        Program program = Programs.of(RMSprop.builder().build().rule(), DType.FLOAT32);
        List<Loop> parts = LoopCutter.cut(program.loop(), part -> false);
        assertThat(parts).hasSize(2);
        assertThat(parts.get(1).loads()).hasSize(3);
        assertThat(new Program(DType.FLOAT32, program.places(), program.scalars(), parts.get(1)).toString())
                .endsWith("""
                for each element
                  v0 = variable
                  v1 = gradient
                  v2 = n0 * v1
                  v3 = velocity
                  v4 = v3 + n3
                  v5 = sqrt(v4)
                  v6 = v2 / v5
                  v7 = v0 - v6
                store
                  variable = v7
                """);
    }

    private record Swap() implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of(new Slot("slot", 0));
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T old = ops.read(slots.variable());
            ops.assign(slots.variable(), ops.read(slots.slot("slot")));
            ops.assign(slots.slot("slot"), old);
        }
    }

    @Test
    void a_loop_is_not_cut_when_a_later_part_needs_what_is_gone() {
        Loop loop = Programs.of(new Swap(), DType.FLOAT32).loop();
        assertThat(LoopCutter.cut(loop, part -> false)).containsExactly(loop);
    }

    /** All of RMSprop with all three slots is one loop, at the very limit of what C2 vectorises. */
    @Test
    void the_limits_are_those_that_were_measured() {
        Loop loop = Programs.of(Steps.RMSPROP, DType.FLOAT32).loop();
        assertThat(LoopCutter.fitsWithVariableBounds(loop)).isEqualTo(loopCost(loop, 5) <= 52);
        assertThat(LoopCutter.fitsWithConstantBounds(loop)).isEqualTo(loopCost(loop, 2) <= 49);
        for (int length = 1; length < 60; length++) {
            Loop turned = Programs.of(new Steps.Turn(length), DType.FLOAT32).loop();
            // Two loads, an addition, a store, and two arrays.
            assertThat(LoopCutter.fitsWithVariableBounds(turned)).isEqualTo(length + 4 + 10 <= 52);
            assertThat(LoopCutter.fitsWithConstantBounds(turned)).isEqualTo(length + 4 + 4 <= 49);
        }
    }

    private static int loopCost(Loop loop, int perArray) {
        return loop.body().size()
                + loop.stores().size()
                + perArray * loop.arrays().size();
    }

    @Test
    void a_sign_counts_for_the_operations_it_consists_of() {
        List<Loop> loops = new ArrayList<>();
        for (int signs = 0; signs < 10; signs++) {
            loops.add(Programs.of(new Signs(signs), DType.FLOAT32).loop());
        }
        // A load, a store, an array and five for each sign.
        assertThat(loops.stream().filter(LoopCutter::fitsWithVariableBounds)).hasSize((52 - 2 - 10) / 5 + 1);
    }

    private record Signs(int count) implements UpdateRule {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T value = slots.gradient();
            for (int i = 0; i < count; i++) {
                value = ops.sign(value);
            }
            ops.assign(slots.variable(), value);
        }
    }
}
