package io.gradstep.keras;

import io.gradstep.ops.HostTensor;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A file in which Keras 3 keeps a model: {@code .weights.h5}, which holds the weights and the state of the optimizer, or
 * {@code .keras}, a zip of such a file and the model's configuration. Which of them it is the content says, not the name.
 *
 * <p>An array is read when it is asked for. {@link #copy} writes the file anew with other values; a file from nothing is
 * a {@link WeightsFile}. Safe for use by several threads until it is closed; a thread that is interrupted while it reads
 * closes it for all, as it does with every {@link FileChannel}.
 *
 * <p><b>Assumptions.</b> Nobody writes to the file while it is open; replacing it, as {@link KerasFileCopy} does, is not
 * writing to it. The file may come from anybody. Its arrays lie as Keras 3.15.1 writes them: each in one stretch, neither
 * in chunks nor compressed.
 *
 * <p><b>Guarantees.</b> Whatever stands in the file: no other file is opened, nothing outside it is read, nothing is
 * made by a name in it but what {@link ConfigReader} knows, and memory is taken only for what is really there. What is
 * damaged or of another kind is refused by a {@link KerasFileException}: the structure and an archive's weights when it is
 * opened, the configuration and other entries when they are read or copied. A
 * bit that flips among the numbers of a {@code .weights.h5} cannot be noticed, as the format has no checksums for them;
 * in a {@code .keras} it is.
 */
public final class KerasFile implements AutoCloseable {
    static final String OPTIMIZER = "optimizer/vars";
    static final String INNER_OPTIMIZER = "optimizer/inner_optimizer/vars";
    static final String ARCHIVE_ENDING = ".keras";
    private static final String WEIGHTS_ENDING = ".h5";

    private final Path path;
    private final FileStretch content;
    /** Null for a file of weights. */
    private final KerasArchive archive;

    private final Hdf5Tree tree;
    /** As many as there are threads that read at the same time. */
    private final Queue<DirectBuffer> buffers = new ConcurrentLinkedQueue<>();

    private KerasFile(Path path, FileStretch content, KerasArchive archive) throws IOException {
        this.path = path;
        this.content = content;
        this.archive = archive;
        this.tree = Hdf5Tree.read(content);
    }

    /**
     * Opens a file and reads its structure.
     *
     * @param path a {@code .weights.h5} or {@code .keras} file
     * @return the open file
     * @throws KerasFileException if it is neither, damaged, or has in it what Keras does not write
     * @throws IOException if it cannot be read
     */
    public static KerasFile open(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new KerasFileException(
                    path + " is a directory or a device. Name a file; a model that Keras saved with "
                            + "zipped=False is to be saved again without");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        KerasArchive archive = null;
        try {
            if (isZip(channel)) {
                archive = KerasArchive.open(path, channel);
            }
            return new KerasFile(path, archive == null ? FileStretch.whole(channel) : archive.weights(), archive);
        } catch (KerasFileException e) {
            closeAfter(e, channel, archive);
            throw new KerasFileException(path.getFileName() + ": " + e.getMessage(), e);
        } catch (Throwable e) {
            closeAfter(e, channel, archive);
            throw e;
        }
    }

    private static boolean isZip(FileChannel channel) throws IOException {
        ByteBuffer begin = ByteBuffer.allocate(2);
        return channel.read(begin, 0) == 2 && begin.get(0) == 'P' && begin.get(1) == 'K';
    }

    private static void closeAfter(Throwable failure, AutoCloseable... opened) {
        for (AutoCloseable one : opened) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Whether the file has the model's configuration beside the weights.
     *
     * @return true for a {@code .keras} file, whatever its name
     */
    public boolean isArchive() {
        return archive != null;
    }

    /**
     * Where arrays and groups can be.
     *
     * @return the paths of all groups, each before those in it; the root is the empty path
     */
    public List<String> groups() {
        return tree.groups().stream().sorted(new NaturalOrder()).toList();
    }

    /**
     * All arrays, weights and state, without their values.
     *
     * @return the arrays, ordered by path, {@code vars/2} before {@code vars/10}
     */
    public List<StoredArray> arrays() {
        return tree.dataSets().keySet().stream()
                .sorted(new NaturalOrder())
                .map(this::stored)
                .toList();
    }

    private StoredArray stored(String array) {
        Hdf5DataSet dataSet = tree.dataSets().get(array);
        return new StoredArray(array, dataSet.type().name(), dataSet.shape());
    }

    /**
     * What is written beside a group or an array: Keras gives each group of variables the {@code name} of its owner.
     *
     * @param path of a group or an array
     * @return the attributes by name; of those that are no text a description in parentheses; none if there is no such
     *     path
     */
    public Map<String, String> attributes(String path) {
        return tree.attributes().getOrDefault(path, Map.of());
    }

    /**
     * Reads an array.
     *
     * @param path as {@link #arrays} has it
     * @return its values: float32 for what is stored in 2 or 4 bytes, float64, or int32 for all integers
     * @throws IllegalArgumentException if there is no such array
     * @throws KerasFileException if it holds what is none of these: bfloat16, text, an integer too large for int32
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the file is closed
     */
    public HostTensor array(String path) throws IOException {
        Hdf5DataSet dataSet = dataSet(path);
        try {
            return read(dataSet);
        } catch (KerasFileException e) {
            throw new KerasFileException(this.path.getFileName() + ": " + path + ": " + e.getMessage(), e);
        }
    }

    private HostTensor read(Hdf5DataSet dataSet) throws IOException {
        ensureOpen();
        if (dataSet.type().number() == null) {
            throw new KerasFileException("Its elements are " + dataSet.type().name()
                    + ", which is not read here. Read are float16, float32, float64 and integers");
        }
        DirectBuffer idle = buffers.poll();
        DirectBuffer buffer = idle == null ? new DirectBuffer() : idle;
        try {
            return NumberReader.read(content, dataSet.position(), dataSet.type().number(), dataSet.shape(), buffer);
        } finally {
            buffers.add(buffer);
        }
    }

    Hdf5DataSet dataSet(String array) {
        Hdf5DataSet dataSet = tree.dataSets().get(array);
        if (dataSet == null) {
            throw new IllegalArgumentException("There is no array " + array + " in " + path.getFileName() + ". It has "
                    + tree.dataSets().size() + ": see arrays()");
        }
        return dataSet;
    }

    /**
     * Reads what {@code save_own_variables} wrote for the optimizer. As in Keras, what a loss scale's inner optimizer
     * wrote itself goes before what the loss scale wrote for it.
     *
     * <p>Up to Keras 3.9, files of an optimizer with both moving averages and gradient accumulation have average and
     * accumulator of one variable side by side, where now all averages come first; Keras 3.15 does not put that right,
     * nor does this. Of such a file give the arrays their names with {@link OptimizerState#named} and put them in order
     * with {@link OptimizerState#inOrderOf}.
     *
     * @return the state, its arrays named by their paths in the file; without arrays if there is no optimizer's state,
     *     which {@code loadOwnVariables} answers with a warning, as Keras does
     * @throws KerasFileException if the arrays are not numbered from 0 on, or as {@link #array} does
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the file is closed
     */
    public OptimizerState optimizerState() throws IOException {
        List<NamedArray> arrays = new ArrayList<>();
        for (String array : optimizerArrays()) {
            arrays.add(new NamedArray(array, array(array)));
        }
        return new OptimizerState(arrays);
    }

    /** The paths of the arrays that count, by position. */
    private List<String> optimizerArrays() throws KerasFileException {
        List<String> all = allOptimizerArrays();
        List<String> inner = innerOptimizerArrays();
        List<String> arrays = new ArrayList<>(all.subList(0, all.size() - inner.size()));
        arrays.addAll(inner);
        return arrays;
    }

    List<String> allOptimizerArrays() throws KerasFileException {
        return numbered(OPTIMIZER);
    }

    /** Where a loss scale's inner optimizer keeps the last of all arrays once more; none without a loss scale. */
    List<String> innerOptimizerArrays() throws KerasFileException {
        List<String> inner = numbered(INNER_OPTIMIZER);
        return allOptimizerArrays().size() == LossScale.OWN_VARIABLES + inner.size() ? inner : List.of();
    }

    /** The arrays in a group of variables, which Keras numbers. */
    List<String> numbered(String group) throws KerasFileException {
        List<String> arrays = tree.dataSets().keySet().stream()
                .filter(array -> array.startsWith(group + "/"))
                .sorted(new NaturalOrder())
                .toList();
        for (int i = 0; i < arrays.size(); i++) {
            if (!arrays.get(i).equals(group + "/" + i)) {
                throw new KerasFileException(path.getFileName() + ": The arrays in " + group
                        + " should be numbered from 0 on. Received " + arrays.get(i) + " where " + i + " should be");
            }
        }
        return arrays;
    }

    /**
     * The settings of the optimizer that the model was compiled with, read with Keras's own classes only.
     *
     * @return as {@link #optimizer(ConfigReader)} gives them
     * @throws IOException as {@link #optimizer(ConfigReader)} does
     */
    public Optional<Settings> optimizer() throws IOException {
        return optimizer(new ConfigReader());
    }

    /**
     * The settings of the optimizer that the model was compiled with. The learning rate is that of the compilation; the
     * present one is part of the state. Around the optimizer of a model in {@code mixed_float16}, Keras puts a loss scale
     * that its configuration does not have: here too, if the state has one.
     *
     * @param reader knows rules and schedules beside Keras's own
     * @return the settings; empty for a file of weights and for a model that was not compiled
     * @throws KerasFileException if the configuration cannot be read, or names an optimizer that {@code reader} does not
     *     know
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the file is closed
     */
    public Optional<Settings> optimizer(ConfigReader reader) throws IOException {
        return ofConfig(config -> ModelConfig.optimizer(config, reader)).map(this::scaledAsTheState);
    }

    private Settings scaledAsTheState(Settings settings) {
        boolean hasInnerState = tree.groups().contains(INNER_OPTIMIZER);
        return hasInnerState && !(settings instanceof LossScale)
                ? new LossScale(
                        settings, LossScale.INITIAL_SCALE, LossScale.DYNAMIC_GROWTH_STEPS, "loss_scale_optimizer")
                : settings;
    }

    /**
     * The serialized form of the optimizer that the model was compiled with, whether it is known here or not.
     *
     * @return a map or a class name; empty for a file of weights and for a model that was not compiled
     * @throws KerasFileException if the configuration cannot be read
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the file is closed
     */
    public Optional<Object> serializedOptimizer() throws IOException {
        return ofConfig(ModelConfig::serializedOptimizer);
    }

    private <R> Optional<R> ofConfig(Function<char[], Optional<R>> question) throws IOException {
        ensureOpen();
        if (!isArchive()) {
            return Optional.empty();
        }
        try {
            return question.apply(utf8(archive.config()));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new KerasFileException(
                    path.getFileName() + ": " + KerasArchive.CONFIG + " is not read: " + e.getMessage(), e);
        }
    }

    private static char[] utf8(byte[] text) throws CharacterCodingException {
        CharBuffer characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        char[] array = new char[characters.remaining()];
        characters.get(array);
        return array;
    }

    /**
     * Begins a copy of this file with other values. What is open stays what it was when it was opened, also after a copy
     * has replaced it: each copy begins from those values. To write again and again, keep one copy and give it the next
     * values, or open the file that was written.
     *
     * @return a copy in which nothing is changed yet
     */
    public KerasFileCopy copy() {
        return new KerasFileCopy(this);
    }

    void write(Path target, Map<Hdf5DataSet, HostTensor> values) throws IOException {
        ensureOpen();
        boolean isWeightsOnly = !isArchive() || isOfWeights(target);
        if (!isArchive() && nameOf(target).endsWith(ARCHIVE_ENDING)) {
            throw new IllegalArgumentException(
                    "A .keras file holds the model's configuration, which " + path.getFileName()
                            + " does not. Copy a .keras file, or write a .weights.h5. Received: " + target);
        }
        List<Piece> weights = new Overlay(content, values).pieces();
        try {
            if (isWeightsOnly) {
                AtomicFile.write(target, weights);
            } else {
                AtomicFile.write(target, out -> archive.copyTo(out, weights));
            }
        } catch (KerasFileException e) {
            throw new KerasFileException(path.getFileName() + ": " + e.getMessage(), e);
        }
    }

    /** An archive under another name stays one: its configuration would be lost. */
    private static boolean isOfWeights(Path target) throws IOException {
        if (!nameOf(target).endsWith(WEIGHTS_ENDING)) {
            return false;
        }
        if (!Files.isRegularFile(target)) {
            return true;
        }
        try (FileChannel existing = FileChannel.open(target, StandardOpenOption.READ)) {
            return !isZip(existing);
        }
    }

    /** Of the file itself, where the target is a link. */
    static String nameOf(Path target) throws IOException {
        return String.valueOf(AtomicFile.behindLinks(target.toAbsolutePath()).getFileName());
    }

    private void ensureOpen() {
        if (!content.isOpen()) {
            throw new IllegalStateException("The file " + path.getFileName() + " is closed. Open it again");
        }
    }

    /**
     * Closes the file. Twice is once.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        if (isArchive()) {
            archive.close();
        }
        content.close();
    }

    /** The name of the file, and how much is in it. */
    @Override
    public String toString() {
        return path.getFileName() + " with " + tree.dataSets().size()
                + (tree.dataSets().size() == 1 ? " array" : " arrays");
    }
}
