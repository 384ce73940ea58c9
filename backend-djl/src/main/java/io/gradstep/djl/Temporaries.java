package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.HashMap;
import java.util.Map;

/**
 * The arrays of one call on one thread: all are gone when it is closed, and autograd is off until then.
 *
 * <p>DJL attaches a result to the manager of the first operand. For a weight this is the model's manager, which may
 * be capped and is never closed while the model is trained. Hence every operand is {@linkplain #borrow borrowed}
 * first.
 */
final class Temporaries implements AutoCloseable {
    private final NDManager manager;
    /** DJL makes a further manager, and never closes it, where an array and its manager differ in their device. */
    private final Map<Device, NDManager> managers = new HashMap<>();
    /** Keeps our arrays, closed or not, out of a scope that the caller has open. */
    private final NDScope scope;

    private final boolean gradMode;

    Temporaries(NDManager parent) {
        manager = parent.newSubManager();
        scope = new NDScope();
        gradMode = Torch.gradMode();
        // On by default on most threads. Writing into a trainable parameter would throw, all else would be recorded.
        Torch.setGradMode(false);
    }

    /** A handle of ours on the same memory, or the array itself if it is ours. */
    NDArray borrow(NDArray array) {
        NDManager ours = on(array.getDevice());
        return array.getManager() == ours ? array : Torch.alias(array, ours);
    }

    /** Counts as a write to the array: autograd then refuses to go back through what used its former values. */
    void touch(NDArray array) {
        Torch.touch(array, on(array.getDevice()));
    }

    NDArray scalar(double value, DType dtype, Device device) {
        return Torch.filled(on(device), device, dtype, Shape.scalar(), value);
    }

    NDArray tensor(HostTensor values, Device device) {
        return Torch.tensor(on(device), values);
    }

    private NDManager on(Device device) {
        return device.equals(manager.getDevice()) ? manager : managers.computeIfAbsent(device, manager::newSubManager);
    }

    @Override
    public void close() {
        try {
            scope.close();
            manager.close();
        } finally {
            Torch.setGradMode(gradMode);
        }
    }
}
