package io.gradstep.tck;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the maps and lists that configurations are made of. */
public final class PlainJson {
    private PlainJson() {}

    /**
     * The value of an element.
     *
     * @param element any JSON
     * @return a map in the order of the text, a list, a string, a boolean, null, or a number: a {@link Double} if it
     *     has a point or an exponent, else a {@link Long}
     */
    public static Object of(JsonElement element) {
        if (element.isJsonNull()) {
            return null;
        }
        if (element.isJsonObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            element.getAsJsonObject().entrySet().forEach(entry -> map.put(entry.getKey(), of(entry.getValue())));
            return map;
        }
        if (element.isJsonArray()) {
            List<Object> list = new ArrayList<>();
            element.getAsJsonArray().forEach(item -> list.add(of(item)));
            return list;
        }
        JsonPrimitive primitive = element.getAsJsonPrimitive();
        if (primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        if (primitive.isString()) {
            return primitive.getAsString();
        }
        // No conditional expression, which would make a double of either.
        if (primitive.getAsString().matches("-?\\d+")) {
            return primitive.getAsLong();
        }
        return primitive.getAsDouble();
    }
}
