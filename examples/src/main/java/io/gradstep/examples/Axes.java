package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.Arrays;

/**
 * The order of the axes of a kernel: Keras has that of the outputs last, DJL has it first; DL4J has it first in a
 * convolution, and last in a dense layer.
 */
final class Axes {
    private static final int[] DENSE = {1, 0};
    private static final int[] CONVOLUTION_TO_OUTPUTS_FIRST = {3, 2, 0, 1};
    private static final int[] CONVOLUTION_TO_OUTPUTS_LAST = {2, 3, 1, 0};

    private Axes() {}

    /** Of Keras's order: outputs, inputs, and what the kernel has of height and width. A bias stays as it is. */
    static HostTensor outputsFirst(HostTensor kerasOrder) {
        return switch (kerasOrder.shape().rank()) {
            case 4 -> permuted(kerasOrder, CONVOLUTION_TO_OUTPUTS_FIRST);
            case 2 -> permuted(kerasOrder, DENSE);
            default -> kerasOrder;
        };
    }

    /** The way back. */
    static HostTensor outputsLast(HostTensor outputsFirst) {
        return switch (outputsFirst.shape().rank()) {
            case 4 -> permuted(outputsFirst, CONVOLUTION_TO_OUTPUTS_LAST);
            case 2 -> permuted(outputsFirst, DENSE);
            default -> outputsFirst;
        };
    }

    /** As NumPy's transpose: axis i of the result is axis {@code axes[i]} of the tensor. */
    private static HostTensor permuted(HostTensor tensor, int[] axes) {
        long[] lengths = tensor.shape().lengths();
        int[] strides = new int[axes.length];
        for (int axis = axes.length - 1, stride = 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.toIntExact(lengths[axis]);
        }
        Shape shape =
                Shape.of(Arrays.stream(axes).mapToLong(axis -> lengths[axis]).toArray());
        HostTensor result = HostTensor.filled(tensor.dtype(), shape, 0);
        for (int i = 0; i < result.length(); i++) {
            int from = 0;
            int rest = i;
            for (int axis = axes.length - 1; axis >= 0; axis--) {
                int length = Math.toIntExact(shape.length(axis));
                from += rest % length * strides[axes[axis]];
                rest /= length;
            }
            result.set(i, tensor.get(from));
        }
        return result;
    }
}
