package io.gradstep.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What scenarios and {@code replay} write, to be compared by bits. */
final class ReplayBits {
    private ReplayBits() {}

    /** The numbers of all tensors as bits of floats, and the hashes of the long ones. */
    static List<Object> of(JsonArray after) {
        List<Object> bits = new ArrayList<>();
        for (JsonElement state : after) {
            for (String kind : List.of("variables", "optimizer_variables")) {
                for (JsonElement tensor : state.getAsJsonObject().getAsJsonArray(kind)) {
                    bits.add(tensor.isJsonArray() ? ofTensor(tensor.getAsJsonArray()) : ofHash(tensor));
                }
            }
        }
        return bits;
    }

    static List<Integer> ofTensor(JsonArray tensor) {
        List<Integer> bits = new ArrayList<>();
        tensor.forEach(number -> bits.add(Float.floatToIntBits(Float.parseFloat(number.getAsString()))));
        return bits;
    }

    private static Object ofHash(JsonElement tensor) {
        JsonObject object = tensor.getAsJsonObject();
        return List.of(object.get("sha256").getAsString(), ofTensor(object.getAsJsonArray("first")));
    }
}
