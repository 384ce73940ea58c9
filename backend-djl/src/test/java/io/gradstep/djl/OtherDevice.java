package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;

/**
 * A device that PyTorch takes for the CPU and nobody else does: DJL itself makes but one device for the CPU. What is on it
 * goes the way of what is on a GPU.
 */
final class OtherDevice extends Device.MultiDevice {
    private final String name;

    OtherDevice(String name) {
        // The one public constructor of a subclass of Device; it sorts the list.
        super(new ArrayList<>());
        this.name = name;
    }

    @Override
    public String getDeviceType() {
        return Type.CPU;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A copy of an array, to be trained on this device. */
    NDArray copy(NDArray array, NDManager manager) {
        // Not toDevice(): on the CPU it gives another handle on the same memory.
        PtNDArray memory;
        try (NDArray withoutGraph = array.stopGradient()) {
            memory = (PtNDArray) withoutGraph.duplicate();
        }
        // PyTorch's handle is the copy's from here on, and closed with it.
        memory.detach();
        NDArray copy = new OnDevice((PtNDManager) manager, memory.getHandle(), this);
        copy.setRequiresGradient(true);
        return copy;
    }

    private static final class OnDevice extends PtNDArray {
        private final Device device;

        OnDevice(PtNDManager manager, long handle, Device device) {
            super(manager, handle);
            this.device = device;
        }

        @Override
        public Device getDevice() {
            return device;
        }
    }
}
