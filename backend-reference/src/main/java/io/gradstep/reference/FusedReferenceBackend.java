package io.gradstep.reference;

import io.gradstep.fused.HostExecutor;
import io.gradstep.fused.HostMemory;
import io.gradstep.fused.HostTensors;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.Execution;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.List;

/** Host tensors, their arrays worked on in place by {@link HostExecutor}. */
final class FusedReferenceBackend extends ReferenceBackend {
    private static final HostTensors<HostTensor> ARRAYS = new Arrays();

    private final HostExecutor<HostTensor> executor;

    FusedReferenceBackend(BackendProvider.Options options) {
        super(ReferenceOps::new);
        this.executor = new HostExecutor<>(options);
    }

    /** A host tensor is an array. */
    private static final class Arrays implements HostTensors<HostTensor> {
        @Override
        public Object array(HostTensor tensor) {
            return tensor.dtype() == DType.FLOAT32 ? tensor.floats() : tensor.doubles();
        }

        @Override
        public HostMemory memory(HostTensor tensor) {
            return tensor.dtype() == DType.FLOAT32 ? HostMemory.of(tensor.floats()) : HostMemory.of(tensor.doubles());
        }
    }

    @Override
    public void run(List<Update<HostTensor>> updates) {
        executor.run(updates, ARRAYS, (some, beforeStoring) -> EagerOps.run(some, ReferenceOps::new, beforeStoring));
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<HostTensor>> updates) {
        return executor.sumsOfSquares(expression, updates, ARRAYS, update -> sumOfSquares(expression, update));
    }

    @Override
    public boolean allFinite(List<HostTensor> tensors) {
        return executor.allFinite(tensors, ARRAYS, HostTensor::isFinite);
    }

    @Override
    public Execution execution(TensorVariable<HostTensor> variable) {
        return executor.execution(variable, ARRAYS);
    }
}
