package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;

/** The same, each operation a call of PyTorch. */
final class EagerDjlLayoutTest extends DjlLayoutTest {
    @Override
    Backend<NDArray> open() {
        return new DjlProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
