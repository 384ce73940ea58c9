package io.gradstep.fused;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where {@link TestTensor}s lie, and how steps on them are run. */
final class TestTensors implements HostTensors<TestTensor> {
    static final HostTensors<TestTensor> ALL = new TestTensors();

    private final List<TestTensor> written = new ArrayList<>();

    @Override
    public String hindrance(TestTensor tensor) {
        return tensor.memory() == null ? "it is on another planet" : null;
    }

    @Override
    public Object array(TestTensor tensor) {
        return tensor.array();
    }

    @Override
    public HostMemory memory(TestTensor tensor) {
        return tensor.memory();
    }

    @Override
    public int[] strides(TestTensor tensor) {
        return tensor.strides();
    }

    @Override
    public HostMemory gradient(TestTensor gradient, int[] strides) {
        return gradient.memory() != null && Arrays.equals(gradient.strides(), strides)
                ? gradient.memory()
                : TestTensor.inArray(gradient.values(), strides).memory();
    }

    @Override
    public void written(TestTensor tensor) {
        written.add(tensor);
    }

    /** Of which the library was told. */
    List<TestTensor> written() {
        return written;
    }

    static TensorVariable<TestTensor> tiled(TensorVariable<TestTensor> reference, String path, double initial) {
        return new TiledState<>(
                reference,
                VariableInfo.of(path),
                initial,
                reference.value().strides(),
                () -> TestTensor.inArray(
                                reference.value().values(), reference.value().strides())
                        .as(path),
                TestTensor::memory);
    }

    static HostExecutor<TestTensor> executor(ExecutionMode mode, int threads) {
        return new HostExecutor<>(new BackendProvider.Options(mode, threads));
    }

    static void run(HostExecutor<TestTensor> executor, List<Update<TestTensor>> updates) {
        run(executor, updates, new TestTensors());
    }

    static void run(HostExecutor<TestTensor> executor, List<Update<TestTensor>> updates, TestTensors tensors) {
        executor.run(updates, tensors, (some, beforeStoring) -> EagerOps.run(some, TestOps::new, beforeStoring));
    }

    static void runEagerly(List<Update<TestTensor>> updates) {
        EagerOps.run(updates, TestOps::new);
    }
}
