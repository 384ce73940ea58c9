package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Tensors as the golden files write them: see {@code golden/README.md}. */
final class GoldenTensor {
    private GoldenTensor() {}

    /** Values or gradients: a flat array of float32 numbers, or a recipe for generated ones. */
    static HostTensor parse(JsonElement json, Shape shape) {
        float[] values = json.isJsonObject() ? generate(json.getAsJsonObject(), shape) : floats(json.getAsJsonArray());
        return HostTensor.of(shape, values);
    }

    static Shape shape(JsonArray json) {
        long[] lengths = new long[json.size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = json.get(i).getAsLong();
        }
        return Shape.of(lengths);
    }

    /** The text is parsed as float: by way of double, a few numbers would be rounded twice. */
    private static float[] floats(JsonArray json) {
        float[] values = new float[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(json.get(i).getAsString());
        }
        return values;
    }

    private static float[] generate(JsonObject recipe, Shape shape) {
        long seed = recipe.get("splitmix64").getAsLong();
        float scale = (float) recipe.get("scale").getAsDouble();
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z = z ^ (z >>> 31);
            values[i] = (float) ((z >>> 40) * 0x1p-24 - 0.5) * scale;
        }
        return values;
    }

    /** Fails unless the tensor is what Keras computed: numbers, or a hash and the first numbers of many. */
    static void assertEqual(String what, JsonElement expected, HostTensor actual, Allowance allowance) {
        if (expected.isJsonArray()) {
            HostTensor numbers = actual.dtype().isFloating()
                    ? parse(expected, actual.shape())
                    : HostTensor.of(
                            actual.shape(), expected.getAsJsonArray().get(0).getAsInt());
            Bits.assertEqual(what, numbers, actual, allowance);
        } else {
            JsonObject hashed = expected.getAsJsonObject();
            float[] first = floats(hashed.getAsJsonArray("first"));
            HostTensor beginning = HostTensor.of(Shape.of(first.length), firstOf(actual, first.length));
            Bits.assertEqual(what, HostTensor.of(Shape.of(first.length), first), beginning, allowance);
            assertThat(sha256(actual))
                    .as("SHA-256 of %s", what)
                    .isEqualTo(hashed.get("sha256").getAsString());
        }
    }

    private static float[] firstOf(HostTensor tensor, int length) {
        return Arrays.copyOf(tensor.floats(), length);
    }

    static String sha256(HostTensor tensor) {
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
