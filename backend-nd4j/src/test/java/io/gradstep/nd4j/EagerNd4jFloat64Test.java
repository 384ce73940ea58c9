package io.gradstep.nd4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.tck.Float64Tck;
import org.nd4j.linalg.api.ndarray.INDArray;

final class EagerNd4jFloat64Test extends Float64Tck<INDArray> {
    @Override
    protected Backend<INDArray> open() {
        return new Nd4jProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
