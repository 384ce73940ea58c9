/**
 * ND4J arrays as tensors: the weights of a DL4J or SameDiff model, stepped where they lie. The arithmetic is that of
 * ND4J's own operations, on whatever device they run, mended where their bits are not those of
 * {@link io.gradstep.ops.Unary} and {@link io.gradstep.ops.Binary}.
 *
 * <p>This module brings no native library: the application chooses {@code nd4j-native} or {@code nd4j-cuda}.
 */
package io.gradstep.nd4j;
