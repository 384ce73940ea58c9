package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open {@link KerasFile} with other values: all else stays as it was, in the weights byte for byte and of the other
 * entries of an archive the content, so that Keras loads the copy as it loaded the file. Values are kept, not copied, and
 * asked for when the copy is written. Not safe for use by several threads.
 */
public final class KerasFileCopy {
    private final KerasFile file;
    private final Map<Hdf5DataSet, HostTensor> values = new LinkedHashMap<>();

    KerasFileCopy(KerasFile file) {
        this.file = file;
    }

    /**
     * Gives an array other values.
     *
     * @param path as {@link KerasFile#arrays} has it
     * @param array of the same shape; floats are rounded once to what is stored, integers must fit
     * @return this
     * @throws IllegalArgumentException if there is no such array, or if shape or kind of number are others, or an integer
     *     does not fit
     */
    public KerasFileCopy array(String path, HostTensor array) {
        values.put(checked(path, array), array);
        return this;
    }

    private Hdf5DataSet checked(String path, HostTensor array) {
        Hdf5DataSet dataSet = file.dataSet(path);
        NumberType number = dataSet.type().number();
        if (!dataSet.shape().equals(array.shape()) || number == null || !number.takes(array.dtype())) {
            throw refused(path, dataSet, array.dtype() + " " + array.shape());
        }
        int misfit = number.firstThatDoesNotFit(array);
        if (misfit >= 0) {
            throw refused(path, dataSet, "the number " + array.ints()[misfit] + " in place " + misfit);
        }
        if (dataSet.isInHeader()) {
            throw new IllegalArgumentException("The values of " + path + " lie in the header of their data set, whose "
                    + "checksum would be wrong with others. Keras writes none so: save the model again with Keras");
        }
        return dataSet;
    }

    private static IllegalArgumentException refused(String path, Hdf5DataSet dataSet, String received) {
        return new IllegalArgumentException("The array " + path + " is "
                + dataSet.type().name() + " " + dataSet.shape() + " and takes only what fits. Received: " + received);
    }

    /**
     * Gives the optimizer another state: all arrays of {@code optimizer/vars}, by position, and, where the file has those
     * of a loss scale's inner optimizer once more, these too.
     *
     * @param state as {@code saveOwnVariables} gives it
     * @return this
     * @throws IllegalArgumentException if the state does not fit; the message has a table of both
     * @throws KerasFileException if the arrays in the file are not numbered from 0 on
     */
    public KerasFileCopy optimizerState(OptimizerState state) throws KerasFileException {
        List<String> all = file.allOptimizerArrays();
        Map<String, Shape> places = new LinkedHashMap<>();
        all.forEach(path -> places.put(path, file.dataSet(path).shape()));
        state.ensureFits(places);
        Map<Hdf5DataSet, HostTensor> checked = new LinkedHashMap<>();
        addChecked(all, state.arrays(), checked);
        List<String> inner = file.innerOptimizerArrays();
        addChecked(inner, state.arrays().subList(all.size() - inner.size(), all.size()), checked);
        values.putAll(checked);
        return this;
    }

    private void addChecked(List<String> paths, List<NamedArray> arrays, Map<Hdf5DataSet, HostTensor> checked) {
        for (int i = 0; i < paths.size(); i++) {
            HostTensor array = arrays.get(i).values();
            checked.put(checked(paths.get(i), array), array);
        }
    }

    /**
     * Writes the copy; more than once, if values change meanwhile. The target's ending decides, as in Keras, what is
     * written: of a {@code .keras} file that is open, {@code .h5} has the weights alone, unless it replaces an archive
     * that has this name. Under any other name it is the same kind of file.
     *
     * <p>At any moment, and after a crash, the whole old file or the whole new one is under the target's name, with the
     * old one's permissions and, where that is allowed, its group and owner. It may be the file that is open, but on
     * Windows, which replaces no open file. What a process that was killed leaves beside it is called {@code
     * .NAME.RANDOM.tmp} and may be deleted. A link is followed.
     *
     * @param target the file to write or to replace
     * @throws IllegalArgumentException if the target ends in {@code .keras} and the file that is open is no such file
     * @throws IOException if that fails; the target is what it was then
     * @throws IllegalStateException if the file that is copied is closed
     */
    public void writeTo(Path target) throws IOException {
        file.write(target, values);
    }
}
