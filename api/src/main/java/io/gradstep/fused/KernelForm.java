package io.gradstep.fused;

import io.gradstep.ops.DType;

/**
 * What a kernel is made of. Equal forms have one kernel.
 *
 * @param loop what it runs
 * @param dtype in which
 * @param wholeTiles whether it is only ever run from 0 to {@link Tiles#SIZE}
 */
record KernelForm(Loop loop, DType dtype, boolean wholeTiles) {}
