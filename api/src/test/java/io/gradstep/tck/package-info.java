/**
 * The kit that every backend passes. A backend's tests extend {@link io.gradstep.tck.Float32Tck} and
 * {@link io.gradstep.tck.Float64Tck}, once for each device it runs on.
 */
package io.gradstep.tck;
