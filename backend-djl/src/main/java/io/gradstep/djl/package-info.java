/**
 * DJL's {@code NDArray}s on its PyTorch engine as tensors, and {@link io.gradstep.djl.GradstepOptimizer}, which stands in a
 * trainer of DJL where its own optimizers stand.
 *
 * <p>Arrays of a model are used where they lie and written in place, whether they are trainable parameters, views or
 * slices; their gradients and whether they require one stay as they are. Nothing of it is recorded by autograd, and
 * whoever still holds a graph over a variable that a step has written gets PyTorch's error instead of wrong gradients.
 *
 * <p>One class of the package, {@code Torch}, knows what lies behind {@code NDArray}.
 */
package io.gradstep.djl;
