package io.gradstep.reference;

import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.HostTensor;

/** Opens the backend {@code reference}, whose tensors are {@link HostTensor}s: plain Java arrays. */
public final class ReferenceProvider implements BackendProvider {
    /** For the service loader, and for who wants the typed backend. */
    public ReferenceProvider() {}

    @Override
    public String id() {
        return ReferenceBackend.ID;
    }

    @Override
    public Backend<HostTensor> open(Options options) {
        return options.execution().isFused()
                ? new FusedReferenceBackend(options)
                : new ReferenceBackend(ReferenceOps::new);
    }

    @Override
    public Backend<HostTensor> open() {
        return open(Options.DEFAULT);
    }
}
