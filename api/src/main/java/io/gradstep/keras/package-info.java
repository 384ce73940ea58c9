/**
 * What Keras 3.15.1 writes about its objects, written and read back: {@link io.gradstep.keras.Keras} as JSON, {@link
 * io.gradstep.keras.ConfigReader} from the maps of {@code get_config} and of {@code serialize}. Writing those maps is
 * {@link io.gradstep.optim.Settings#config} and {@link io.gradstep.optim.Settings#serialize}.
 */
package io.gradstep.keras;
