package io.gradstep.keras;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads damaged files one after the other, in a Java virtual machine of its own with little memory. */
final class Hdf5DamagedFiles {
    /** A file takes some milliseconds; this is there to fail instead of hanging. */
    private static final long HANGS_AFTER_MS = 10_000;

    private final Path file;
    private final Path copy;
    private final Map<String, byte[]> whole = new LinkedHashMap<>();
    private final Map<String, Content> contents = new LinkedHashMap<>();
    private final Map<String, Integer> results = new TreeMap<>();
    private volatile String current;
    private volatile long since = System.currentTimeMillis();

    /** Everything that can be asked of a file, in the order of the file. */
    private record Content(Hdf5Tree tree, Map<String, HostTensor> arrays, String optimizer) {}

    private Hdf5DamagedFiles(Path folder) throws IOException {
        file = folder.resolve("damaged");
        copy = folder.resolve("copy");
        for (String name : GoldenFiles.all()) {
            whole.put(name, GoldenFiles.bytes(name));
        }
        whole.put("newer.weights.h5", newer());
        for (String name : whole.keySet()) {
            contents.put(name, content(whole.get(name)));
        }
    }

    /** The structures that Keras does not write and we do. */
    private byte[] newer() throws IOException {
        WeightsFile weights = new WeightsFile();
        int rows = 0;
        for (DType dtype : DType.values()) {
            for (int i = 0; i < 3; i++) {
                weights.layer("dense_" + rows, List.of(HostTensor.filled(dtype, Shape.of(rows, 3), i)));
                rows++;
            }
        }
        weights.array("scalar", HostTensor.of(Shape.scalar(), 7)).attribute("", "at the root", "text");
        weights.writeTo(copy);
        return Files.readAllBytes(copy);
    }

    /** Arguments: a folder, how many files. */
    public static void main(String[] arguments) throws IOException {
        Hdf5DamagedFiles damaged = new Hdf5DamagedFiles(Path.of(arguments[0]));
        damaged.watch();
        damaged.readAll(Integer.parseInt(arguments[1]));
        System.out.println(damaged.results);
    }

    private void watch() {
        Thread watch = new Thread(() -> {
            while (System.currentTimeMillis() - since < HANGS_AFTER_MS) {
                try {
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    return;
                }
            }
            System.out.println("It hangs at " + current);
            Runtime.getRuntime().halt(3);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private void readAll(int count) {
        List<String> names = new ArrayList<>(whole.keySet());
        // Of archives nearly all are refused by their checksums.
        whole.keySet().stream().filter(name -> !name.endsWith(".keras")).forEach(names::add);
        whole.keySet().stream().filter(name -> !name.endsWith(".keras")).forEach(names::add);
        for (int seed = 0; seed < count; seed++) {
            String name = names.get(seed % names.size());
            boolean isBit = seed / names.size() % 4 == 0;
            current = (isBit ? "bit " : "damage ") + seed + " of " + name;
            since = System.currentTimeMillis();
            byte[] bytes = isBit ? Hdf5Damage.bit(seed, whole.get(name)) : Hdf5Damage.of(seed, whole.get(name));
            String result;
            try {
                Content content = content(bytes);
                result = isBit ? compared(name, content) : "read";
                // Writing waits for the disk.
                if (seed % 64 == 0) {
                    copyAll();
                }
            } catch (KerasFileException e) {
                result = isBit ? "bit refused" : "refused";
            } catch (Throwable e) {
                throw new AssertionError(current, e);
            }
            results.merge(result, 1, Integer::sum);
        }
    }

    private Content content(byte[] bytes) throws IOException {
        overwrite(bytes);
        try (KerasFile opened = KerasFile.open(file)) {
            Map<String, HostTensor> arrays = new LinkedHashMap<>();
            for (StoredArray array : opened.arrays()) {
                if (array.dtype().matches("[<>|][fiu][1248]")) {
                    arrays.put(array.path(), opened.array(array.path()));
                }
            }
            opened.groups().forEach(opened::attributes);
            opened.optimizerState();
            String optimizer = "" + opened.serializedOptimizer() + opened.optimizer();
            return new Content(tree(opened), arrays, optimizer);
        }
    }

    /** Not by truncating first, which makes the file system free and find blocks each time. */
    private void overwrite(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.truncate(bytes.length);
        }
    }

    /** In the order of the file, which the public methods do not give. */
    private Hdf5Tree tree(KerasFile opened) throws IOException {
        if (opened.serializedOptimizer().isPresent()) {
            Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
            opened.groups().forEach(group -> attributes.put(group, opened.attributes(group)));
            Map<String, Hdf5DataSet> dataSets = new LinkedHashMap<>();
            opened.arrays().forEach(array -> dataSets.put(array.path(), opened.dataSet(array.path())));
            return new Hdf5Tree(opened.groups(), attributes, dataSets);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return Hdf5Tree.read(FileStretch.whole(channel));
        }
    }

    private void copyAll() throws IOException {
        try (KerasFile opened = KerasFile.open(file)) {
            KerasFileCopy copied = opened.copy().optimizerState(opened.optimizerState());
            for (StoredArray array : opened.arrays()) {
                copied.array(array.path(), opened.array(array.path()));
            }
            copied.writeTo(copy);
        } catch (IllegalArgumentException e) {
            // An array whose type says now that it is text, say.
            results.merge("not copied", 1, Integer::sum);
        }
    }

    // ---- what one bit may change

    private String compared(String name, Content content) {
        Content expected = contents.get(name);
        List<String> differences = differences(expected, content);
        boolean isWithChecksums = name.endsWith(".keras");
        if (differences.size() > (isWithChecksums ? 0 : 1)) {
            throw new AssertionError("One bit changed " + differences);
        }
        return differences.isEmpty()
                ? "the same"
                : "another " + differences.get(0).replaceAll(":.*", "");
    }

    private static List<String> differences(Content expected, Content content) {
        List<String> differences = new ArrayList<>();
        if (!expected.optimizer.equals(content.optimizer)) {
            differences.add("optimizer:");
        }
        List<String> paths = paths(expected.tree);
        List<String> others = paths(content.tree);
        if (paths.size() != others.size()) {
            throw new AssertionError("One bit made " + others.size() + " paths of " + paths.size());
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < paths.size(); i++) {
            addNames(paths.get(i), others.get(i), names);
        }
        names.forEach(name -> differences.add("name: " + name));
        for (int i = 0; i < paths.size(); i++) {
            addAttributes(
                    expected.tree.attributes().getOrDefault(paths.get(i), Map.of()),
                    content.tree.attributes().getOrDefault(others.get(i), Map.of()),
                    differences);
            if (expected.tree.dataSets().containsKey(paths.get(i))) {
                addArray(expected, paths.get(i), content, others.get(i), differences);
            }
        }
        return differences;
    }

    private static List<String> paths(Hdf5Tree tree) {
        List<String> paths = new ArrayList<>(tree.groups());
        paths.addAll(tree.dataSets().keySet());
        return paths;
    }

    private static void addNames(String path, String other, Set<String> differences) {
        String[] names = path.split("/", -1);
        String[] others = other.split("/", -1);
        if (names.length != others.length) {
            differences.add(path + " and " + other);
            return;
        }
        String prefix = "";
        for (int i = 0; i < names.length; i++) {
            if (!names[i].equals(others[i])) {
                differences.add(prefix + names[i] + " is " + others[i]);
            }
            prefix += names[i] + "/";
        }
    }

    private static void addAttributes(
            Map<String, String> expected, Map<String, String> actual, List<String> differences) {
        if (!expected.equals(actual)) {
            differences.add("attribute: " + expected + " and " + actual);
        }
    }

    private static void addArray(
            Content expected, String path, Content content, String other, List<String> differences) {
        if (!expected.tree.dataSets().get(path).equals(content.tree.dataSets().get(other))) {
            differences.add("type or address: " + path);
            return;
        }
        HostTensor actual = content.arrays.get(other);
        int count = Hdf5Damage.differences(expected.arrays.get(path), actual);
        for (int i = 0; i < count; i++) {
            differences.add("number: " + path);
        }
    }
}
