package io.gradstep.reference;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.tck.Float64Tck;

class ReferenceFloat64Test extends Float64Tck<HostTensor> {
    @Override
    protected Backend<HostTensor> open() {
        return new ReferenceProvider().open();
    }
}
