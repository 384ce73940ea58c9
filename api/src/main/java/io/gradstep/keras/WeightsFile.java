package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A new {@code .weights.h5} file, written from nothing as Keras 3.15.1 writes it: {@code load_weights} of a model that
 * has these layers and this optimizer takes it. Arrays are kept, not copied, and asked for when the file is written.
 * Float32, float64 and int32 are stored as they are.
 *
 * <p>A {@code .keras} file cannot be made from nothing, for it holds the layers' configurations: {@link KerasFile#copy}.
 * Not safe for use by several threads.
 */
public final class WeightsFile {
    private static final int LONGEST_TEXT = 1 << 15;
    /** What is read here. */
    private static final int LONGEST_NAME = Hdf5Links.LONGEST_NAME;

    private static final int MOST_NAMES = Hdf5Walk.DEEPEST;

    private final Map<String, HostTensor> arrays = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
    private final Set<String> groups = new HashSet<>();

    /** Begins a file without anything in it. */
    public WeightsFile() {
        // Keras writes the group of the model's own variables, also where there are none.
        attributes.put("vars", new LinkedHashMap<>());
        groups.add("vars");
    }

    /**
     * Adds the variables of a layer.
     *
     * @param group what Keras calls the layer's group: the class name in snake case, the second of a class with {@code
     *     _1}, and so on: {@code dense}, {@code dense_1}
     * @param variables in Keras's order: all of them, also those that are not trained
     * @return this
     * @throws IllegalArgumentException as {@link #array} does
     */
    public WeightsFile layer(String group, List<HostTensor> variables) {
        return numbered("layers/" + group + "/vars", group, variables);
    }

    /**
     * Adds the state of an optimizer.
     *
     * @param settings of the optimizer
     * @param state as its {@code saveOwnVariables} gives it
     * @return this
     * @throws IllegalArgumentException if a loss scale's state lacks its own four arrays, or as {@link #array} does
     */
    public WeightsFile optimizer(Settings settings, OptimizerState state) {
        List<HostTensor> variables =
                state.arrays().stream().map(NamedArray::values).toList();
        if (settings instanceof LossScale scale) {
            if (variables.size() < LossScale.OWN_VARIABLES) {
                throw new IllegalArgumentException("The state of a loss scale begins with " + LossScale.OWN_VARIABLES
                        + " arrays of its own. Received: " + variables.size() + " arrays");
            }
            List<HostTensor> inner = variables.subList(LossScale.OWN_VARIABLES, variables.size());
            ensureNumbered(KerasFile.OPTIMIZER, settings.name(), variables);
            numbered(KerasFile.INNER_OPTIMIZER, scale.inner().name(), inner);
        }
        return numbered(KerasFile.OPTIMIZER, settings.name(), variables);
    }

    private WeightsFile numbered(String group, String name, List<HostTensor> variables) {
        ensureNumbered(group, name, variables);
        for (int i = 0; i < variables.size(); i++) {
            array(group + "/" + i, variables.get(i));
        }
        return attribute(group, "name", name);
    }

    /** All of them first, so that what is refused has added nothing. */
    private void ensureNumbered(String group, String name, List<HostTensor> variables) {
        for (int i = 0; i < variables.size(); i++) {
            ensureArray(group + "/" + i, variables.get(i));
        }
        ensureAttribute(group, "name", name);
    }

    /**
     * Adds an array.
     *
     * @param path where: names with {@code /} between them, such as {@code layers/dense/vars/0}
     * @param values of any dtype, and of a rank up to 32
     * @return this
     * @throws IllegalArgumentException if a name is empty, {@code .} or {@code ..}, has a NUL character, half a
     *     surrogate pair or more than 1,023 bytes in UTF-8; if there are more than 64 names; if the rank is higher; or if
     *     there is something already at the path, or an array on the way to it
     */
    public WeightsFile array(String path, HostTensor values) {
        groups.addAll(ensureArray(path, values));
        arrays.put(path, values);
        return this;
    }

    /** Returns the groups on the way. */
    private List<String> ensureArray(String path, HostTensor values) {
        Objects.requireNonNull(values, () -> "The values of " + path + " are null");
        List<String> way = groupsAbove(path);
        ensureName(path.substring(path.lastIndexOf('/') + 1), path);
        if (arrays.containsKey(path) || groups.contains(path)) {
            throw new IllegalArgumentException("There is something already at " + Shown.of(path));
        }
        if (values.shape().rank() > Hdf5DataSetReader.HIGHEST_RANK) {
            throw new IllegalArgumentException(
                    "An array in an HDF5 file has at most " + Hdf5DataSetReader.HIGHEST_RANK + " axes. Received: "
                            + Shown.of(path) + " of rank " + values.shape().rank());
        }
        return way;
    }

    /**
     * Adds text to a group, which is made if it is not there, or to an array that is.
     *
     * @param path of the group or the array; the empty path is the root
     * @param name of the attribute; one that has the name already is replaced
     * @param text of at most 32,768 bytes in UTF-8
     * @return this
     * @throws IllegalArgumentException if a name is not as for {@link #array}, the text is too long or has a NUL
     *     character or half a surrogate pair, or if there is an array on the way to the path
     */
    public WeightsFile attribute(String path, String name, String text) {
        groups.addAll(ensureAttribute(path, name, text));
        attributes.computeIfAbsent(path, unused -> new LinkedHashMap<>()).put(name, text);
        return this;
    }

    /** Returns the groups on the way, the last one too. */
    private List<String> ensureAttribute(String path, String name, String text) {
        ensureName(name, name);
        if (!isText(text) || bytes(text) > LONGEST_TEXT) {
            throw new IllegalArgumentException("The text of an attribute has at most " + LONGEST_TEXT
                    + " bytes, no NUL and no half of a surrogate pair. Received: " + name + " of " + Shown.of(path)
                    + " with " + bytes(text) + " bytes");
        }
        if (path.isEmpty() || arrays.containsKey(path)) {
            return List.of();
        }
        List<String> way = groupsAbove(path);
        ensureName(path.substring(path.lastIndexOf('/') + 1), path);
        way.add(path);
        return way;
    }

    private List<String> groupsAbove(String path) {
        List<String> above = new ArrayList<>();
        if (path.chars().filter(character -> character == '/').count() >= MOST_NAMES) {
            throw new IllegalArgumentException(
                    "A path has at most " + MOST_NAMES + " names. Received one of " + path.length() + " characters");
        }
        int from = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            ensureName(path.substring(from, slash), path);
            String group = path.substring(0, slash);
            if (arrays.containsKey(group)) {
                throw new IllegalArgumentException(group + " is an array and cannot hold " + path);
            }
            above.add(group);
            from = slash + 1;
        }
        return above;
    }

    private static void ensureName(String name, String path) {
        boolean isNone = name.isEmpty() || name.equals(".") || name.equals("..");
        if (isNone || name.indexOf('/') >= 0 || !isText(name) || bytes(name) > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "A name in a file is not empty, `.` or `..`, and has no NUL, no half of a "
                            + "surrogate pair and at most " + LONGEST_NAME + " bytes. Received: " + Shown.of(path));
        }
    }

    /** NUL would end it early, and what is no UTF-8 would become "?", as which it may be there already. */
    private static boolean isText(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Writes the file, as {@link KerasFileCopy#writeTo} does.
     *
     * @param target the file to write or to replace
     * @throws IllegalArgumentException if the target ends in {@code .keras}, or if there are more than 200,000 arrays,
     *     groups and attributes, which {@link KerasFile} does not read
     * @throws IOException if that fails; the target is what it was then
     */
    public void writeTo(Path target) throws IOException {
        if (KerasFile.nameOf(target).endsWith(KerasFile.ARCHIVE_ENDING)) {
            throw new IllegalArgumentException(
                    "A .keras file holds the model's configuration, which is not here. Copy a "
                            + ".keras file, or write a .weights.h5. Received: " + target);
        }
        // An attribute is two: itself, and its text.
        int parts = arrays.size()
                + groups.size()
                + attributes.values().stream().mapToInt(own -> 2 * own.size()).sum();
        if (parts > Hdf5Limit.MOST) {
            throw new IllegalArgumentException("A file of weights has at most " + Hdf5Limit.MOST
                    + " arrays, groups and attributes, each of these counting twice. Received: " + parts);
        }
        AtomicFile.write(target, new NewHdf5File(arrays, attributes).pieces());
    }
}
