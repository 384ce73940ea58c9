package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.gradstep.fused.HostMemory;
import io.gradstep.fused.HostTensors;
import java.nio.ByteBuffer;

/** Where the elements of PyTorch's arrays lie. */
final class DjlTensors implements HostTensors<NDArray> {
    private final Temporaries temporaries;

    /** Copies that are needed are made there. */
    DjlTensors(Temporaries temporaries) {
        this.temporaries = temporaries;
    }

    @Override
    public String hindrance(NDArray array) {
        if (!array.getDevice().equals(Device.cpu())) {
            return "the array is on " + array.getDevice() + ", not in host memory";
        }
        long bytes = array.size() * array.getDataType().getNumOfBytes();
        if (bytes > Integer.MAX_VALUE) {
            return "the array has " + bytes + " bytes, and a Java buffer at most " + Integer.MAX_VALUE;
        }
        return bytes == 0 || isContiguous(array) ? null : "the array is a view with gaps, or in an order of its own";
    }

    /** DJL does not say. Of an array that is not, each buffer is one of a new copy. */
    private boolean isContiguous(NDArray array) {
        NDArray ours = temporaries.borrow(array);
        ByteBuffer first = Torch.buffer(ours);
        ByteBuffer second = Torch.buffer(ours);
        return address(first) == address(second);
    }

    private static long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    @Override
    public HostMemory memory(NDArray array) {
        return memoryOf(array);
    }

    static HostMemory memoryOf(NDArray array) {
        boolean isFloat = array.getDataType() == DataType.FLOAT32;
        if (array.size() == 0) {
            return isFloat ? HostMemory.of(new float[0]) : HostMemory.of(new double[0]);
        }
        ByteBuffer bytes = Torch.buffer(array);
        return isFloat
                ? HostMemory.of(bytes.asFloatBuffer(), address(bytes))
                : HostMemory.of(bytes.asDoubleBuffer(), address(bytes));
    }

    /** A graph that still needs the old values must notice. */
    @Override
    public void written(NDArray array) {
        temporaries.touch(array);
    }

    /** Through a handle of ours: where the array has gaps DJL makes a copy, and leaves it to the manager of the array. */
    @Override
    public HostMemory gradient(NDArray gradient, int[] strides) {
        return memory(temporaries.borrow(gradient));
    }
}
