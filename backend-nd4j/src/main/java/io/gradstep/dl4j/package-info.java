/**
 * The drop-in for models of DL4J and SameDiff: {@link io.gradstep.dl4j.GradstepUpdater} stands where DL4J's own
 * updaters stand, {@link io.gradstep.dl4j.NetworkOptimizer} adds what an updater of DL4J cannot see.
 *
 * <p>SameDiff needs ND4J alone; networks need {@code deeplearning4j-nn}, which the application brings.
 */
package io.gradstep.dl4j;
