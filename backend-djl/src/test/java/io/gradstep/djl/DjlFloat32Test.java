package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.tck.Float32Tck;

final class DjlFloat32Test extends Float32Tck<NDArray> {
    @Override
    protected Backend<NDArray> open() {
        return new DjlProvider().open();
    }
}
