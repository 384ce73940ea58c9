package io.gradstep.fused;

import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sum of the squares of an expression for one update, in the order of {@link PairwiseSum}: a tree, of which
 * subtrees are units. The expression is computed for a few elements at a time, and never stands in memory as a whole.
 */
final class SumWork<T> extends ProgramWork<T> {
    /** Null where there is nothing to compute, because the expression is an array as it is: mostly the gradient. */
    private final Kernel kernel;

    private final long[] lengths;
    /** The index of the result among the arrays. */
    private final int result;
    /** Where each subtree begins, in row-major order, and where the last one ends. */
    private final int[] begins;
    /** The sum of each subtree. */
    private final double[] sums;

    private int position;
    /** Whether elements that differ by 1 in the first coordinate lie side by side. */
    private boolean isColumnMajor;

    SumWork(Update<T> update, Program program, Kernels kernels) {
        super(update, program);
        boolean isAnArray = program.loop().body().size() == 1 && operands.used().length == 1;
        this.kernel = isAnArray ? null : kernels.of(new KernelForm(program.loop(), program.dtype(), false));
        this.lengths = update.variable().shape().lengths();
        this.result = program.places().indexOf(new Place.OfResult());
        List<Integer> subtrees = new ArrayList<>();
        addSubtrees(0, elements(), subtrees);
        this.begins = subtrees.stream().mapToInt(Integer::intValue).toArray();
        this.sums = new double[begins.length - 1];
    }

    private static void addSubtrees(int from, int length, List<Integer> begins) {
        if (begins.isEmpty()) {
            begins.add(from);
        }
        if (length > UNIT) {
            int half = SquareSums.half(length);
            addSubtrees(from, half, begins);
            addSubtrees(from + half, length - half, begins);
        } else {
            begins.add(from + length);
        }
    }

    /** All that may throw. */
    void prepare(int positionInStep) {
        position = positionInStep;
        int[] strides = operands.strides();
        isColumnMajor = strides != null && strides[0] == 1;
        computeNumbers();
    }

    /** Which of the sums of the step it is. */
    int position() {
        return position;
    }

    @Override
    int units() {
        return sums.length;
    }

    @Override
    void run(int unit, Scratch scratch) {
        int from = begins[unit];
        int length = begins[unit + 1] - from;
        sums[unit] = length > Tiles.SIZE && isColumnMajor
                ? sumOfColumns(from, length, scratch)
                : sumOfStretch(from, length, scratch);
    }

    /**
     * The sum of a subtree, of which all elements are fetched at once: in the order in which they lie. Element by element
     * in row-major order each would come from another page of memory.
     */
    private double sumOfColumns(int from, int length, Scratch scratch) {
        Object[] arrays = scratch.arrays(program.places().size());
        int rowLength = elements() / (int) lengths[0];
        int columns = Math.min(length, rowLength);
        for (int index : operands.used()) {
            arrays[index] = scratch.unit(program.dtype(), index);
        }
        for (int next = 0; next < columns; next += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, columns - next);
            findPositions(from + next, count, scratch.positions());
            for (int index : operands.used()) {
                operands.memory(index)
                        .gatherColumns(scratch.positions(), count, arrays[index], next, length, rowLength);
            }
        }
        if (kernel == null) {
            return SquareSums.of(arrays[operands.used()[0]], 0, length);
        }
        arrays[result] = scratch.unit(program.dtype(), result);
        kernel.run(arrays, numbers, 0, length);
        return SquareSums.of(arrays[result], 0, length);
    }

    private double sumOfStretch(int from, int length, Scratch scratch) {
        if (length == 0) {
            return 0;
        }
        if (length > Tiles.SIZE) {
            int half = SquareSums.half(length);
            double first = sumOfStretch(from, half, scratch);
            return add(first, sumOfStretch(from + half, length - half, scratch));
        }
        if (operands.allInPlace() && kernel == null) {
            return SquareSums.of(operands.arrays()[operands.used()[0]], from, length);
        }
        Object[] arrays = scratch.arrays(program.places().size());
        if (operands.strides() != null) {
            findPositions(from, length, scratch.positions());
        }
        for (int index : operands.used()) {
            arrays[index] = scratch.tile(program.dtype(), index);
            read(index, from, length, arrays[index], scratch);
        }
        if (kernel == null) {
            return SquareSums.of(arrays[operands.used()[0]], 0, length);
        }
        arrays[result] = scratch.tile(program.dtype(), result);
        kernel.run(arrays, numbers, 0, length);
        return SquareSums.of(arrays[result], 0, length);
    }

    private void read(int index, int from, int length, Object tile, Scratch scratch) {
        if (operands.allInPlace()) {
            System.arraycopy(operands.arrays()[index], from, tile, 0, length);
        } else if (operands.strides() == null) {
            operands.memory(index).get(from, tile, length);
        } else {
            operands.memory(index).gather(scratch.positions(), tile, length);
        }
    }

    /** Where the elements lie that follow each other in row-major order. */
    private void findPositions(int from, int length, int[] positions) {
        int[] strides = operands.strides();
        int[] coordinates = new int[lengths.length];
        int position = 0;
        int rest = from;
        for (int dimension = lengths.length - 1; dimension >= 0; dimension--) {
            coordinates[dimension] = rest % (int) lengths[dimension];
            rest /= (int) lengths[dimension];
            position += coordinates[dimension] * strides[dimension];
        }
        for (int i = 0; i < length; i++) {
            positions[i] = position;
            int dimension = lengths.length - 1;
            position += strides[dimension];
            coordinates[dimension]++;
            while (dimension > 0 && coordinates[dimension] == lengths[dimension]) {
                position -= coordinates[dimension] * strides[dimension];
                coordinates[dimension] = 0;
                dimension--;
                position += strides[dimension];
                coordinates[dimension]++;
            }
        }
    }

    private double add(double x, double y) {
        return program.dtype().round(x + y);
    }

    /** The sum, once all units are done. */
    double sum() {
        return sumOfTree(0, operands.length());
    }

    private double sumOfTree(int from, int length) {
        if (length > UNIT) {
            int half = SquareSums.half(length);
            return add(sumOfTree(from, half), sumOfTree(from + half, length - half));
        }
        return sums[Arrays.binarySearch(begins, 0, sums.length, from)];
    }
}
