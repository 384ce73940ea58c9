package io.gradstep.nd4j;

import io.gradstep.fused.HostMemory;
import io.gradstep.fused.HostTensors;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where the elements of ND4J's arrays lie. To be used outside workspaces. */
final class Nd4jTensors implements HostTensors<INDArray> {
    private final List<INDArray> temporaries;

    /** Copies that were needed are added to the list, for the caller to close. */
    Nd4jTensors(List<INDArray> temporaries) {
        this.temporaries = temporaries;
    }

    @Override
    public String hindrance(INDArray array) {
        if (!Nd4j.getEnvironment().isCPU()) {
            return "the array is on a device of its own, not in host memory";
        }
        if (!array.isEmpty() && !isDense(array, false) && !isDense(array, true)) {
            return "the array is a view with gaps, or in an order of its own";
        }
        long bytes = array.length() * array.dataType().width();
        return bytes > Integer.MAX_VALUE
                ? "the array has " + bytes + " bytes, and a Java buffer at most " + Integer.MAX_VALUE
                : null;
    }

    /** Whether the elements lie one after the other, in row-major or else in column-major order. */
    private static boolean isDense(INDArray array, boolean isRowMajor) {
        long next = 1;
        for (int i = 0; i < array.rank(); i++) {
            int dimension = isRowMajor ? array.rank() - 1 - i : i;
            if (array.size(dimension) != 1 && array.stride(dimension) != next) {
                return false;
            }
            next *= array.size(dimension);
        }
        return true;
    }

    @Override
    public int[] strides(INDArray array) {
        if (array.isEmpty() || isDense(array, true)) {
            return null;
        }
        int[] strides = new int[array.rank()];
        for (int i = 0; i < strides.length; i++) {
            // Along a dimension of length 1 nobody ever goes.
            strides[i] = array.size(i) == 1 ? 0 : array.stride(i);
        }
        return strides;
    }

    @Override
    public HostMemory memory(INDArray array) {
        boolean isFloat = array.dataType() == DataType.FLOAT;
        if (array.isEmpty()) {
            return isFloat ? HostMemory.of(new float[0]) : HostMemory.of(new double[0]);
        }
        if (array.wasClosed()) {
            throw new IllegalStateException("The array is closed: its memory was given back");
        }
        // Pointers of a view are those of its base.
        long width = array.dataType().width();
        long from = array.offset() * width;
        Pointer base = array.data().pointer();
        ByteBuffer bytes = new BytePointer(base)
                .limit(from + array.length() * width)
                .position(from)
                .asByteBuffer();
        return isFloat
                ? HostMemory.of(bytes.asFloatBuffer(), base.address() + from)
                : HostMemory.of(bytes.asDoubleBuffer(), base.address() + from);
    }

    @Override
    public HostMemory gradient(INDArray gradient, int[] strides) {
        if (gradient.isEmpty() || isDense(gradient, strides == null)) {
            return memory(gradient);
        }
        INDArray copy = gradient.dup(strides == null ? 'c' : 'f');
        temporaries.add(copy);
        return memory(copy);
    }
}
