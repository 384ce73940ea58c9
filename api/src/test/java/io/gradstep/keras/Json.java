package io.gradstep.keras;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** JSON as the reader takes it. */
final class Json {
    private Json() {}

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> golden(String file, String table) {
        return (List<Map<String, Object>>)
                Keras.configFromJson(goldenText(file)).get(table);
    }

    static String goldenText(String file) {
        try (InputStream in = Json.class.getResourceAsStream("/golden/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In single quotes. */
    static Map<String, Object> map(String text) {
        return Keras.configFromJson(text.replace('\'', '"'));
    }
}
