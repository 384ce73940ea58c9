package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.tck.Float32Tck;

final class EagerDjlFloat32Test extends Float32Tck<NDArray> {
    @Override
    protected Backend<NDArray> open() {
        return new DjlProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
