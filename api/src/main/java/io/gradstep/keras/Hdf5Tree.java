package io.gradstep.keras;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What an HDF5 file holds, by path: {@code layers/dense/vars/0}. The root group is the empty path.
 *
 * @param groups all groups
 * @param attributes of each group and data set: the text of those that are text, of others what they are
 * @param dataSets all data sets
 */
record Hdf5Tree(List<String> groups, Map<String, Map<String, String>> attributes, Map<String, Hdf5DataSet> dataSets) {
    /**
     * Reads the structures, none of the data.
     *
     * @throws KerasFileException if the file is damaged, or has structures that Keras does not write
     */
    static Hdf5Tree read(FileStretch stretch) throws IOException {
        return new Hdf5Walk(stretch).tree();
    }
}
