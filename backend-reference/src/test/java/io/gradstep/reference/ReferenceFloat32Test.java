package io.gradstep.reference;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.tck.Float32Tck;

class ReferenceFloat32Test extends Float32Tck<HostTensor> {
    @Override
    protected Backend<HostTensor> open() {
        return new ReferenceProvider().open();
    }
}
