package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.tck.Float64Tck;

final class EagerDjlFloat64Test extends Float64Tck<NDArray> {
    @Override
    protected Backend<NDArray> open() {
        return new DjlProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
