package io.gradstep.keras;

import io.gradstep.ops.Shape;

/**
 * A data set of an HDF5 file whose bytes lie in one stretch.
 *
 * @param type of its elements
 * @param shape scalars have none
 * @param position of its first byte in the file's stretch; of an empty one anything
 * @param isInHeader whether its bytes are part of a structure, which may have a checksum
 */
record Hdf5DataSet(Hdf5Type type, Shape shape, long position, boolean isInHeader) {
    long bytes() {
        return shape.elements() * type.size();
    }
}
