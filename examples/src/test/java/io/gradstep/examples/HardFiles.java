package io.gradstep.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileCopy;
import io.gradstep.keras.StoredArray;
import io.gradstep.keras.WeightsFile;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes, copies and edits files of weights, which {@code hard_files.py} then judges with h5py and Keras; the Maven profile
 * {@code keras} starts that. No test itself.
 */
final class HardFiles {
    private HardFiles() {}

    /**
     * Writes one file.
     *
     * @param arguments {@code write PLAN FILE}, {@code copy FILE FILE} or {@code edit FILE FILE}
     */
    public static void main(String... arguments) throws IOException {
        Path from = Path.of(arguments[1]);
        Path to = Path.of(arguments[2]);
        switch (arguments[0]) {
            case "write" -> write(JsonParser.parseString(Files.readString(from)).getAsJsonObject(), to);
            case "copy" -> copy(from, to);
            case "edit" -> edit(from, to);
            default -> throw new IllegalArgumentException("write, copy or edit. Received: " + arguments[0]);
        }
    }

    private static void write(JsonObject plan, Path to) throws IOException {
        WeightsFile file = new WeightsFile();
        for (JsonElement element : plan.getAsJsonArray("arrays")) {
            JsonObject array = element.getAsJsonObject();
            file.array(array.get("path").getAsString(), values(array));
        }
        for (JsonElement element : plan.getAsJsonArray("attributes")) {
            JsonObject attribute = element.getAsJsonObject();
            file.attribute(
                    attribute.get("group").getAsString(),
                    attribute.get("name").getAsString(),
                    attribute.get("value").getAsString());
        }
        file.writeTo(to);
    }

    /** The same numbers as {@code meant} in {@code hard_files.py}. */
    private static HostTensor values(JsonObject array) {
        Shape shape = shape(array.getAsJsonArray("shape"));
        int length = Math.toIntExact(shape.elements());
        long seed = array.get("seed").getAsLong();
        String dtype = array.get("dtype").getAsString();
        switch (dtype) {
            case "float32" -> {
                float[] values = new float[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (float) ((ScenarioTensor.splitmix64(seed, i) >>> 40) * 0x1p-24 - 0.5);
                }
                return HostTensor.of(shape, values);
            }
            case "float64" -> {
                double[] values = new double[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (ScenarioTensor.splitmix64(seed, i) >>> 11) * 0x1p-53 - 0.5;
                }
                return HostTensor.of(shape, values);
            }
            case "int32" -> {
                int[] values = new int[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (int) (ScenarioTensor.splitmix64(seed, i) >>> 32);
                }
                return HostTensor.of(shape, values);
            }
            default -> throw new IllegalArgumentException("No dtype of a plan: " + dtype);
        }
    }

    private static Shape shape(JsonArray dimensions) {
        long[] sizes = new long[dimensions.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = dimensions.get(i).getAsLong();
        }
        return Shape.of(sizes);
    }

    /** Prints a line for each array: path, dtype and shape. What {@link KerasFile} does not read is not copied. */
    private static void copy(Path from, Path to) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (KerasFile file = KerasFile.open(from)) {
            WeightsFile copy = new WeightsFile();
            for (String group : file.groups()) {
                file.attributes(group).forEach((name, text) -> copy.attribute(group, name, text));
            }
            for (StoredArray array : file.arrays()) {
                out.println(array.path() + "\t" + array.dtype() + "\t" + array.shape());
                if (!array.dtype().equals("bfloat16")) {
                    copy.array(array.path(), file.array(array.path()));
                }
            }
            copy.writeTo(to);
        }
    }

    /** Puts the numbers of each array in the opposite order. What {@link KerasFile} does not read stays. */
    private static void edit(Path from, Path to) throws IOException {
        try (KerasFile file = KerasFile.open(from)) {
            KerasFileCopy copy = file.copy();
            for (StoredArray array : file.arrays()) {
                if (!array.dtype().equals("bfloat16")) {
                    copy.array(array.path(), reversed(file.array(array.path())));
                }
            }
            copy.writeTo(to);
        }
    }

    private static HostTensor reversed(HostTensor array) {
        HostTensor result = array.copy();
        for (int i = 0; i < array.length(); i++) {
            result.set(i, array.get(array.length() - 1 - i));
        }
        return result;
    }
}
