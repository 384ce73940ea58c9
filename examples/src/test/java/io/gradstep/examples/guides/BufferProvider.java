package io.gradstep.examples.guides;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;

// guide: your-own-backend/provider
public final class BufferProvider implements BackendProvider {
    @Override
    public String id() {
        return "buffer";
    }

    @Override
    public Backend<?> open(Options options) {
        return new BufferBackend();
    }
}
// end
