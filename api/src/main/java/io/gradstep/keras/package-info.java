/**
 * What Keras 3.15.1 writes down, read and written: models and the state of their optimizers in files, and configurations.
 *
 * <ul>
 *   <li>{@link io.gradstep.keras.KerasFile} reads {@code .weights.h5} and {@code .keras}, {@link
 *       io.gradstep.keras.KerasFileCopy} writes them again with other values, {@link io.gradstep.keras.WeightsFile} writes
 *       a {@code .weights.h5} from nothing.
 *   <li>{@link io.gradstep.keras.Keras} has configurations as JSON, {@link io.gradstep.keras.ConfigReader} reads the maps
 *       of {@code get_config} and of {@code serialize}. Writing those maps is {@link io.gradstep.optim.Settings#config} and
 *       {@link io.gradstep.optim.Settings#serialize}.
 * </ul>
 *
 * <p>Within: {@code Hdf5…} is the part of HDF5 that Keras writes, {@code Number…} what lies in it, {@code Json…} text,
 * {@code KerasArchive} and {@code ZipDirectory} the zip, {@code AtomicFile} and {@code Piece} how a file is replaced.
 */
package io.gradstep.keras;
