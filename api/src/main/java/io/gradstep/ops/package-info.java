/**
 * The small set of operations an update rule is written in, and what a tensor library supplies to run them.
 *
 * <p>Two readers meet here and never see each other: whoever writes an {@link io.gradstep.ops.UpdateRule} sees
 * {@link io.gradstep.ops.Ops} and {@link io.gradstep.ops.Slots}; whoever adapts a tensor library implements
 * {@link io.gradstep.ops.Backend}, most of it by extending {@link io.gradstep.ops.EagerOps}.
 *
 * <p>Numbers: every operation rounds once to the dtype of the variable that is updated. There is no fused
 * multiply-add and no wider intermediate. The bits are those of Keras 3.15.1 on its NumPy backend.
 */
package io.gradstep.ops;
