package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.Arrays;

/** Holds tensors against what the golden files say of them. */
final class GoldenTensor {
    private GoldenTensor() {}

    /** Fails unless the tensor is what Keras computed: numbers, or a hash and the first numbers of many. */
    static void assertEqual(String what, JsonElement expected, HostTensor actual, Allowance allowance) {
        if (expected.isJsonArray()) {
            HostTensor numbers = ScenarioTensor.parse(expected, actual.shape(), actual.dtype());
            Bits.assertEqual(what, numbers, actual, allowance);
        } else {
            JsonObject hashed = expected.getAsJsonObject();
            Shape shape = Shape.of(hashed.getAsJsonArray("first").size());
            HostTensor first = ScenarioTensor.parse(hashed.get("first"), shape, DType.FLOAT32);
            HostTensor beginning = HostTensor.of(shape, Arrays.copyOf(actual.floats(), first.length()));
            Bits.assertEqual(what, first, beginning, allowance);
            assertThat(ScenarioTensor.sha256(actual))
                    .as("SHA-256 of %s", what)
                    .isEqualTo(hashed.get("sha256").getAsString());
        }
    }
}
