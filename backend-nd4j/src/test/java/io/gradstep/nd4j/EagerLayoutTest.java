package io.gradstep.nd4j;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The same, each operation a call of ND4J. */
final class EagerLayoutTest extends LayoutTest {
    @Override
    Backend<INDArray> open() {
        return new Nd4jProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
