package io.gradstep.constraint;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The norms of a tensor along axes, {@code sqrt(sum(square(w), axis, keepdims=True))}, and the way from each norm back
 * to its values. They are added in NumPy 2.4.6's order: values that lie side by side and share a norm are a row, summed
 * pairwise; the rows of a norm are added one after the other.
 */
final class Norms {
    private static final double EPSILON = 1e-7;

    /** An axis that the norms are not taken along. */
    private record Kept(int length, int stride) {}

    private final HostTensor values;
    private final DType dtype;
    private final List<Kept> kept = new ArrayList<>();
    private final int norms;
    private final int rowLength;

    /** Of a tensor that is not empty. */
    private Norms(HostTensor values, boolean[] along) {
        this.values = values;
        this.dtype = values.dtype();
        Shape shape = values.shape();
        int count = 1;
        int stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int length = Math.toIntExact(shape.length(axis));
            // An axis of length 1 ends no row.
            if (!along[axis] && length > 1) {
                kept.add(new Kept(length, stride));
                count *= length;
            }
            stride *= length;
        }
        norms = count;
        rowLength = kept.isEmpty() ? values.length() : kept.get(0).stride();
    }

    /**
     * Combines each value with the number that its norm gives.
     *
     * @param operation its second operand is that number
     * @param factor takes a norm
     */
    static void rescale(HostTensor values, List<Integer> axes, Binary operation, DoubleUnaryOperator factor) {
        boolean[] along = Axes.of(axes, values.shape());
        if (values.length() > 0) {
            new Norms(values, along).rescale(operation, factor);
        }
    }

    /** {@code epsilon() + norm}: what Keras divides by. */
    static double plusEpsilon(DType dtype, double norm) {
        return dtype.round(dtype.round(EPSILON) + norm);
    }

    /** {@code clip(norm, min, max)}, which of two zeros keeps the norm's: hence the order of the operands. */
    static double clip(DType dtype, double norm, double min, double max) {
        double raised = Binary.MAXIMUM.apply(dtype.round(min), norm);
        return Binary.MINIMUM.apply(dtype.round(max), raised);
    }

    private void rescale(Binary operation, DoubleUnaryOperator factor) {
        double[] factors = squares();
        for (int i = 0; i < norms; i++) {
            double norm = dtype.round(Math.sqrt(factors[i]));
            factors[i] = factor.applyAsDouble(norm);
        }
        for (int row = 0; row < values.length(); row += rowLength) {
            double factorOfRow = factors[normOf(row)];
            for (int i = row; i < row + rowLength; i++) {
                values.set(i, operation.apply(values.get(i), factorOfRow));
            }
        }
    }

    private double[] squares() {
        double[] sums = new double[norms];
        for (int start = 0; start < values.length(); start += rowLength) {
            int row = start;
            double sum = PairwiseSum.of(dtype, rowLength, i -> square(row + i));
            int norm = normOf(row);
            sums[norm] = dtype.round(sums[norm] + sum);
        }
        return sums;
    }

    private double square(int index) {
        double value = values.get(index);
        return dtype.round(value * value);
    }

    private int normOf(int index) {
        int norm = 0;
        int stride = 1;
        for (Kept axis : kept) {
            norm += index / axis.stride() % axis.length() * stride;
            stride *= axis.length();
        }
        return norm;
    }
}
