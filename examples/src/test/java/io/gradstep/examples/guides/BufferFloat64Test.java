package io.gradstep.examples.guides;

import io.gradstep.ops.Backend;
import io.gradstep.tck.Float64Tck;

class BufferFloat64Test extends Float64Tck<BufferTensor> {
    @Override
    protected Backend<BufferTensor> open() {
        return new BufferBackend();
    }
}
