/**
 * Fused execution: a rule is traced once into a {@link io.gradstep.fused.Program}, and the program is run over the
 * memory of the tensors piece by piece, so that each array is read once and written once, whatever the rule does.
 *
 * <p>The way of a step: {@link io.gradstep.fused.HostExecutor} asks {@link io.gradstep.fused.HostTensors} where the
 * tensors of each update lie, has {@code Recorder} trace its rule and {@code Kernels} make a kernel of the program,
 * and lets {@code Crew} spread the kernels' work over threads.
 */
package io.gradstep.fused;
