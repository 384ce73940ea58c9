package io.gradstep.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.gradstep.tck.PlainJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JSON as a parser gives it to the reader: an integer token is a Long, another number a Double. */
final class Json {
    private Json() {}

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> golden(String file, String table) {
        try (InputStream in = Json.class.getResourceAsStream("/golden/" + file)) {
            JsonElement root = JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return (List<Map<String, Object>>)
                    PlainJson.of(root.getAsJsonObject().get(table));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Single quotes will do. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> map(String text) {
        return (Map<String, Object>) PlainJson.of(JsonParser.parseString(text));
    }

    /** One text for one content: keys in their order, strings in quotes, an int without a point, a double with one. */
    static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((key, item) -> entries.add(text(key) + ": " + text(item)));
            return "{" + String.join(", ", entries) + "}";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Json::text).toList().toString();
        }
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }
}
