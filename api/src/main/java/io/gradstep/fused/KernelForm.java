package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.util.Set;

/**
 * What a kernel is made of. Equal forms have one kernel.
 *
 * @param loop what it runs
 * @param dtype in which
 * @param buffers the arrays that it reads from buffers; they are not written
 * @param wholeTiles whether it is only ever run from 0 to {@link Tiles#SIZE}
 */
record KernelForm(Loop loop, DType dtype, Set<Integer> buffers, boolean wholeTiles) {
    KernelForm {
        buffers = Set.copyOf(buffers);
    }
}
