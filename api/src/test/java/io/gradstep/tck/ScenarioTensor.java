package io.gradstep.tck;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tensors as scenario files write them: see {@code golden/README.md}. */
public final class ScenarioTensor {
    /** Longer tensors are written as a hash and their first numbers. */
    private static final int LONGEST = 300;

    private static final int SHOWN = 8;
    private static final int DIGITS_OF_A_FLOAT = 9;

    private ScenarioTensor() {}

    /** The shape of an object that has values. */
    static Shape shape(JsonObject object) {
        JsonArray lengths = Scenario.member(object, "shape").getAsJsonArray();
        return Shape.of(
                Scenario.stream(lengths).mapToLong(JsonElement::getAsLong).toArray());
    }

    /**
     * Reads values: a flat array of numbers, or a recipe for generated ones.
     *
     * @param json the array or the recipe
     * @param shape the tensor's shape
     * @param dtype its dtype
     * @return the tensor
     * @throws IllegalArgumentException if the array has another length
     */
    public static HostTensor parse(JsonElement json, Shape shape, DType dtype) {
        if (json.isJsonObject()) {
            return generate(json.getAsJsonObject(), shape).cast(dtype);
        }
        JsonArray numbers = json.getAsJsonArray();
        return switch (dtype) {
            case FLOAT32 -> HostTensor.of(shape, floats(numbers));
            case FLOAT64 -> HostTensor.of(shape, doubles(numbers));
            case INT32 -> HostTensor.of(shape, ints(numbers));
        };
    }

    /** The text is parsed as float: by way of double, a few numbers would be rounded twice. */
    private static float[] floats(JsonArray json) {
        float[] values = new float[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(json.get(i).getAsString());
        }
        return values;
    }

    private static double[] doubles(JsonArray json) {
        double[] values = new double[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Double.parseDouble(json.get(i).getAsString());
        }
        return values;
    }

    private static int[] ints(JsonArray json) {
        int[] values = new int[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = json.get(i).getAsInt();
        }
        return values;
    }

    private static HostTensor generate(JsonObject recipe, Shape shape) {
        return generated(
                recipe.get("splitmix64").getAsLong(), recipe.get("scale").getAsDouble(), shape);
    }

    /**
     * The tensor of a recipe.
     *
     * @param seed {@code splitmix64}
     * @param scale {@code scale}
     * @param shape the shape
     * @return a float32 tensor
     */
    public static HostTensor generated(long seed, double scale, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((splitmix64(seed, i) >>> 40) * 0x1p-24 - 0.5) * (float) scale;
        }
        return HostTensor.of(shape, values);
    }

    /**
     * The 64 bits that an element is made of.
     *
     * @param seed {@code splitmix64}
     * @param index the element's, from 0, row-major
     * @return the bits
     */
    public static long splitmix64(long seed, long index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * Writes values: all numbers, or, of a float32 tensor with more than 300, a hash and the first eight.
     *
     * @param tensor the tensor
     * @return the flat array, or the object with {@code sha256} and {@code first}
     */
    public static JsonElement write(HostTensor tensor) {
        if (tensor.dtype() != DType.FLOAT32 || tensor.length() <= LONGEST) {
            return numbers(tensor, tensor.length());
        }
        JsonObject hashed = new JsonObject();
        hashed.addProperty("sha256", sha256(tensor));
        hashed.add("first", numbers(tensor, SHOWN));
        return hashed;
    }

    /**
     * Writes all values, however many.
     *
     * @param tensor the tensor
     * @return the flat array
     */
    public static JsonArray writeAll(HostTensor tensor) {
        return numbers(tensor, tensor.length());
    }

    private static JsonArray numbers(HostTensor tensor, int count) {
        JsonArray numbers = new JsonArray(count);
        for (int i = 0; i < count; i++) {
            numbers.add(number(tensor, i));
        }
        return numbers;
    }

    private static JsonPrimitive number(HostTensor tensor, int index) {
        double value = tensor.get(index);
        if (!Double.isFinite(value)) {
            return new JsonPrimitive(Double.toString(value));
        }
        return new JsonPrimitive(
                switch (tensor.dtype()) {
                    case FLOAT32 -> shortest((float) value);
                    case FLOAT64 -> value;
                    case INT32 -> (int) value;
                });
    }

    /** The shortest decimal that is read back as the same float. {@code Float.toString} is longer before JDK 19. */
    private static Number shortest(float value) {
        if (value == 0) {
            // A BigDecimal has no negative zero.
            return value;
        }
        BigDecimal exact = new BigDecimal(value);
        int digits = 1;
        while (exact.round(new MathContext(digits)).floatValue() != value) {
            digits++;
        }
        BigDecimal shortest = exact.round(new MathContext(digits));
        // With a point where it would look like an integer, which only counters are.
        return shortest.scale() <= 0 && shortest.precision() - shortest.scale() <= DIGITS_OF_A_FLOAT
                ? shortest.setScale(1)
                : shortest;
    }

    /**
     * SHA-256 over the little-endian bytes of a float32 tensor, every NaN as 7fc00000.
     *
     * @param tensor the tensor
     * @return 64 hexadecimal digits
     */
    public static String sha256(HostTensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * tensor.length()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.floats()) {
            // Not the raw bits: every NaN counts as 7fc00000.
            bytes.putInt(Float.floatToIntBits(value));
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
