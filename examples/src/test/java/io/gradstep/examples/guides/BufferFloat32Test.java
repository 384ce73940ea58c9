package io.gradstep.examples.guides;

import io.gradstep.ops.Backend;
import io.gradstep.tck.Float32Tck;

// guide: your-own-backend/kit
class BufferFloat32Test extends Float32Tck<BufferTensor> {
    @Override
    protected Backend<BufferTensor> open() {
        return new BufferBackend();
    }
}
// end
