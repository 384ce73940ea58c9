package io.gradstep.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Unary;
import io.gradstep.ops.Update;
import io.gradstep.ops.Variable;
import io.gradstep.tck.Float32Tck;
import java.lang.reflect.Method;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * The kit is tested too: a backend with one mistake must fail it, and in the test that is there for this mistake. The
 * mistakes are made in the operations, where a backend could make them; rules are not a backend's to change.
 */
class KitCatchesMutantsTest {
    static List<Arguments> mutants() {
        return List.of(
                Arguments.of(EpsilonOutsideTheRootKit.class, "gives_the_bits_of_keras"),
                Arguments.of(AddsWhereItShouldSubtractKit.class, "gives_the_bits_of_keras"),
                Arguments.of(AddsWhereItShouldSubtractKit.class, "reads_and_assignments_mean"),
                Arguments.of(ReadsStaleValuesKit.class, "gives_the_bits_of_keras"),
                Arguments.of(ReadsStaleValuesKit.class, "reads_and_assignments_mean"),
                Arguments.of(WritesToMemoryEarlyKit.class, "reads_and_assignments_mean"),
                Arguments.of(WritesToMemoryEarlyKit.class, "nothing_is_written_before_every_rule_has_returned"),
                Arguments.of(KeepsDoubleTemporariesKit.class, "gives_the_bits_of_keras"),
                Arguments.of(DividesByMultiplyingKit.class, "an_operation_rounds_once"),
                Arguments.of(DropsNanKit.class, "an_operation_rounds_once"),
                Arguments.of(SkipsTheLastElementKit.class, "gives_the_bits_of_keras"),
                Arguments.of(SumsFromLeftToRightKit.class, "gives_the_bits_of_keras"),
                Arguments.of(SumsInDoubleKit.class, "gives_the_bits_of_keras"),
                Arguments.of(SumsTheRawGradientKit.class, "gives_the_bits_of_keras"),
                Arguments.of(TakesAllForFiniteKit.class, "gives_the_bits_of_keras"),
                Arguments.of(TakesAllForFiniteKit.class, "a_dynamic_scale_grows_and_halves"),
                Arguments.of(SkipsATileKit.class, "all_ways_to_run_a_step_give_the_bits_of_eager_execution"),
                Arguments.of(SkipsATileKit.class, "of_large_variables_too"),
                Arguments.of(SkipsATileOfStateKit.class, "all_ways_to_run_a_step_give_the_bits_of_eager_execution"),
                Arguments.of(SkipsATileOfStateKit.class, "of_large_variables_too"),
                Arguments.of(SumsTileByTileKit.class, "squares_are_summed_in_the_order_of_numpy"),
                Arguments.of(SumsTileByTileKit.class, "gives_the_bits_of_keras"),
                Arguments.of(SumsUnitByUnitKit.class, "squares_are_summed_in_the_order_of_numpy"),
                Arguments.of(RunsUpdatesOneByOneKit.class, "the_gradient_may_be_another_variable"),
                Arguments.of(RunsUpdatesOneByOneKit.class, "nothing_is_written_before_every_rule_has_returned"));
    }

    @ParameterizedTest(name = "{0} fails {1}")
    @MethodSource("mutants")
    void a_mutant_fails(Class<?> kit, String test) {
        assertThat(failures(kit, test))
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).isInstanceOf(AssertionError.class));
    }

    /** Else a kit that is broken itself would seem to catch mutants. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gives_the_bits_of_keras",
                "reads_and_assignments_mean",
                "an_operation_rounds_once",
                "nothing_is_written_before_every_rule_has_returned",
                "a_dynamic_scale_grows_and_halves",
                "all_ways_to_run_a_step_give_the_bits_of_eager_execution",
                "of_large_variables_too",
                "squares_are_summed_in_the_order_of_numpy",
                "the_gradient_may_be_another_variable"
            })
    void what_is_no_mutant_passes(String test) {
        assertThat(failures(UnchangedKit.class, test)).isEmpty();
        assertThat(failures(UnchangedFusedKit.class, test)).isEmpty();
    }

    static class UnchangedKit extends MutantKit {
        UnchangedKit() {
            super(ReferenceOps::new);
        }
    }

    private static List<Throwable> failures(Class<?> kit, String test) {
        Method method = ReflectionSupport.findMethods(
                        kit, found -> found.getName().equals(test), HierarchyTraversalMode.BOTTOM_UP)
                .get(0);
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(kit, method))
                .execute()
                .testEvents()
                .failed()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .toList();
    }

    /** The kit on the reference backend with other operations. */
    abstract static class MutantKit extends Float32Tck<HostTensor> {
        private final Function<Update<HostTensor>, ReferenceOps> operations;

        MutantKit(Function<Update<HostTensor>, ReferenceOps> operations) {
            this.operations = operations;
        }

        @Override
        protected Backend<HostTensor> open() {
            return new ReferenceBackend(operations);
        }
    }

    static class EpsilonOutsideTheRootKit extends MutantKit {
        EpsilonOutsideTheRootKit() {
            super(EpsilonOutsideTheRoot::new);
        }
    }

    /** √(x + ε) becomes √x + ε. */
    private static final class EpsilonOutsideTheRoot extends ReferenceOps {
        private final IdentityHashMap<HostTensor, HostTensor[]> sums = new IdentityHashMap<>();

        EpsilonOutsideTheRoot(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public HostTensor binary(Binary op, HostTensor x, HostTensor y) {
            HostTensor result = super.binary(op, x, y);
            if (op == Binary.ADD && y.shape().rank() == 0) {
                sums.put(result, new HostTensor[] {x, y});
            }
            return result;
        }

        @Override
        public HostTensor unary(Unary op, HostTensor x) {
            HostTensor[] sum = sums.get(x);
            return op == Unary.SQRT && sum != null ? add(super.unary(op, sum[0]), sum[1]) : super.unary(op, x);
        }
    }

    static class AddsWhereItShouldSubtractKit extends MutantKit {
        AddsWhereItShouldSubtractKit() {
            super(AddsWhereItShouldSubtract::new);
        }
    }

    private static final class AddsWhereItShouldSubtract extends ReferenceOps {
        AddsWhereItShouldSubtract(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public void assignSub(Variable<HostTensor> variable, HostTensor value) {
            assignAdd(variable, value);
        }
    }

    static class ReadsStaleValuesKit extends MutantKit {
        ReadsStaleValuesKit() {
            super(ReadsStaleValues::new);
        }
    }

    /** Reads see memory, not what the rule has assigned. */
    private static final class ReadsStaleValues extends ReferenceOps {
        ReadsStaleValues(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public HostTensor read(Variable<HostTensor> variable) {
            return variable instanceof TensorVariable<HostTensor> inMemory ? inMemory.value() : super.read(variable);
        }
    }

    static class WritesToMemoryEarlyKit extends MutantKit {
        WritesToMemoryEarlyKit() {
            super(WritesToMemoryEarly::new);
        }
    }

    /** An assignment changes the values that were read before it. */
    private static final class WritesToMemoryEarly extends ReferenceOps {
        WritesToMemoryEarly(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public void assign(Variable<HostTensor> variable, HostTensor value) {
            super.assign(variable, value);
            if (variable instanceof TensorVariable<HostTensor> inMemory) {
                store(inMemory, value);
            }
        }
    }

    static class KeepsDoubleTemporariesKit extends MutantKit {
        KeepsDoubleTemporariesKit() {
            super(KeepsDoubleTemporaries::new);
        }
    }

    /** A product that is only added to something is not rounded first, as by a fused multiply-add. */
    private static final class KeepsDoubleTemporaries extends ReferenceOps {
        private final IdentityHashMap<HostTensor, HostTensor[]> products = new IdentityHashMap<>();

        KeepsDoubleTemporaries(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public HostTensor binary(Binary op, HostTensor x, HostTensor y) {
            HostTensor result = super.binary(op, x, y);
            HostTensor[] product = products.get(y);
            if (op == Binary.MULTIPLY) {
                products.put(result, new HostTensor[] {x, y});
            } else if (op == Binary.ADD && product != null) {
                for (int i = 0; i < result.length(); i++) {
                    result.set(i, x.get(i) + at(product[0], i) * at(product[1], i));
                }
            }
            return result;
        }

        private static double at(HostTensor tensor, int i) {
            return tensor.get(tensor.shape().rank() == 0 ? 0 : i);
        }
    }

    static class DividesByMultiplyingKit extends MutantKit {
        DividesByMultiplyingKit() {
            super(DividesByMultiplying::new);
        }
    }

    private static final class DividesByMultiplying extends ReferenceOps {
        DividesByMultiplying(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public HostTensor binary(Binary op, HostTensor x, HostTensor y) {
            return op == Binary.DIVIDE ? multiply(x, super.binary(op, scalar(1), y)) : super.binary(op, x, y);
        }
    }

    static class DropsNanKit extends MutantKit {
        DropsNanKit() {
            super(DropsNan::new);
        }
    }

    /** The minimum of a number and NaN is the number. */
    private static final class DropsNan extends ReferenceOps {
        DropsNan(Update<HostTensor> update) {
            super(update);
        }

        @Override
        public HostTensor binary(Binary op, HostTensor x, HostTensor y) {
            HostTensor result = super.binary(op, x, y);
            for (int i = 0; op == Binary.MINIMUM && i < result.length(); i++) {
                double second = y.get(y.shape().rank() == 0 ? 0 : i);
                result.set(i, Double.isNaN(result.get(i)) ? second : result.get(i));
            }
            return result;
        }
    }

    static class SkipsTheLastElementKit extends MutantKit {
        SkipsTheLastElementKit() {
            super(SkipsTheLastElement::new);
        }
    }

    private static final class SkipsTheLastElement extends ReferenceOps {
        SkipsTheLastElement(Update<HostTensor> update) {
            super(update);
        }

        @Override
        protected void store(TensorVariable<HostTensor> variable, HostTensor value) {
            HostTensor memory = variable.value();
            int last = memory.length() - 1;
            double kept = last < 0 ? 0 : memory.get(last);
            super.store(variable, value);
            if (last >= 1) {
                memory.set(last, kept);
            }
        }
    }

    /** The kit on a backend of which something else than the operations is wrong. */
    abstract static class WrongBackendKit extends Float32Tck<HostTensor> {
        private final Supplier<ReferenceBackend> backend;

        WrongBackendKit(Supplier<ReferenceBackend> backend) {
            this.backend = backend;
        }

        @Override
        protected Backend<HostTensor> open() {
            return backend.get();
        }
    }

    private abstract static class WrongReduction extends ReferenceBackend {
        WrongReduction() {
            super(ReferenceOps::new);
        }

        HostTensor value(Expression expression, Update<HostTensor> update) {
            return new ReferenceOps(update).evaluate(expression);
        }
    }

    static class SumsFromLeftToRightKit extends WrongBackendKit {
        SumsFromLeftToRightKit() {
            super(SumsFromLeftToRight::new);
        }
    }

    private static final class SumsFromLeftToRight extends WrongReduction {
        @Override
        double sumOfSquares(Expression expression, Update<HostTensor> update) {
            float sum = 0;
            for (float number : value(expression, update).floats()) {
                sum += number * number;
            }
            return sum;
        }
    }

    static class SumsInDoubleKit extends WrongBackendKit {
        SumsInDoubleKit() {
            super(SumsInDouble::new);
        }
    }

    private static final class SumsInDouble extends WrongReduction {
        @Override
        double sumOfSquares(Expression expression, Update<HostTensor> update) {
            double sum = 0;
            for (float number : value(expression, update).floats()) {
                sum += (double) number * number;
            }
            return (float) sum;
        }
    }

    static class SumsTheRawGradientKit extends WrongBackendKit {
        SumsTheRawGradientKit() {
            super(SumsTheRawGradient::new);
        }
    }

    /** Before it is unscaled, and without what was accumulated. */
    private static final class SumsTheRawGradient extends WrongReduction {
        @Override
        double sumOfSquares(Expression expression, Update<HostTensor> update) {
            return PairwiseSum.ofSquares(update.gradient());
        }
    }

    static class TakesAllForFiniteKit extends WrongBackendKit {
        TakesAllForFiniteKit() {
            super(TakesAllForFinite::new);
        }
    }

    private static final class TakesAllForFinite extends WrongReduction {
        @Override
        public boolean allFinite(List<HostTensor> tensors) {
            return true;
        }
    }

    // ---- mistakes of fused execution

    /** Hands everything to the fused backend. */
    private static class Fused extends ReferenceBackend {
        private final Backend<HostTensor> fused = new FusedReferenceBackend(BackendProvider.Options.DEFAULT);

        Fused() {
            super(ReferenceOps::new);
        }

        @Override
        public void run(List<Update<HostTensor>> updates) {
            fused.run(updates);
        }

        @Override
        public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
            return fused.sumsOfSquares(expression, updates);
        }

        @Override
        public boolean allFinite(List<HostTensor> tensors) {
            return fused.allFinite(tensors);
        }
    }

    static class UnchangedFusedKit extends WrongBackendKit {
        UnchangedFusedKit() {
            super(Fused::new);
        }
    }

    static class SkipsATileKit extends WrongBackendKit {
        SkipsATileKit() {
            super(() -> new SkipsATile(update -> List.of(update.variable())));
        }
    }

    static class SkipsATileOfStateKit extends WrongBackendKit {
        SkipsATileOfStateKit() {
            super(() -> new SkipsATile(Update::slots));
        }
    }

    /** The second tile stays as it was. */
    private static final class SkipsATile extends Fused {
        private static final int TILE = 8192;

        private final Function<Update<HostTensor>, List<TensorVariable<HostTensor>>> skipped;

        SkipsATile(Function<Update<HostTensor>, List<TensorVariable<HostTensor>>> skipped) {
            this.skipped = skipped;
        }

        @Override
        public void run(List<Update<HostTensor>> updates) {
            List<HostTensor> memory = updates.stream()
                    .flatMap(update -> skipped.apply(update).stream())
                    .map(TensorVariable::value)
                    .toList();
            List<HostTensor> before = memory.stream().map(HostTensor::copy).toList();
            super.run(updates);
            for (int i = 0; i < memory.size(); i++) {
                for (int k = TILE; k < Math.min(2 * TILE, memory.get(i).length()); k++) {
                    memory.get(i).set(k, before.get(i).get(k));
                }
            }
        }
    }

    static class SumsTileByTileKit extends WrongBackendKit {
        SumsTileByTileKit() {
            super(() -> new SumsPieceByPiece(8192));
        }
    }

    static class SumsUnitByUnitKit extends WrongBackendKit {
        SumsUnitByUnitKit() {
            super(() -> new SumsPieceByPiece(65_536));
        }
    }

    /** Each piece in the right order, and the sums of the pieces from left to right. */
    private static final class SumsPieceByPiece extends Fused {
        private final int piece;

        SumsPieceByPiece(int piece) {
            this.piece = piece;
        }

        @Override
        public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
            return updates.stream()
                    .mapToDouble(update -> sum(new ReferenceOps(update).evaluate(expression)))
                    .toArray();
        }

        private double sum(HostTensor value) {
            DType dtype = value.dtype();
            double sum = 0;
            for (int i = 0; i < value.length(); i += piece) {
                int from = i;
                sum = dtype.round(sum
                        + PairwiseSum.of(
                                dtype,
                                Math.min(piece, value.length() - from),
                                k -> dtype.round(value.get(from + k) * value.get(from + k))));
            }
            return sum;
        }
    }

    static class RunsUpdatesOneByOneKit extends WrongBackendKit {
        RunsUpdatesOneByOneKit() {
            super(RunsUpdatesOneByOne::new);
        }
    }

    private static final class RunsUpdatesOneByOne extends Fused {
        @Override
        public void run(List<Update<HostTensor>> updates) {
            updates.forEach(update -> super.run(List.of(update)));
        }
    }
}
