package io.gradstep.reference;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.tck.Float64Tck;

class EagerReferenceFloat64Test extends Float64Tck<HostTensor> {
    @Override
    protected Backend<HostTensor> open() {
        return new ReferenceProvider().open(BackendProvider.Options.DEFAULT.withExecution(ExecutionMode.EAGER));
    }
}
