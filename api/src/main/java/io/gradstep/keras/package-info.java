/**
 * What Keras 3.15.1 writes about its objects, read back: {@link io.gradstep.keras.ConfigReader} turns the maps of
 * {@code get_config} and of {@code serialize} into settings and schedules. Writing them is
 * {@link io.gradstep.optim.Settings#config} and {@link io.gradstep.optim.Settings#serialize}.
 */
package io.gradstep.keras;
