package io.gradstep.keras;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what {@link StrictJson} reads, in the order of the maps. A double has a point or an exponent, so that Python
 * reads a float; null is written too, since Keras takes a missing argument for its default.
 */
final class JsonText {
    private static final Set<Class<?>> NUMBERS =
            Set.of(Double.class, Float.class, Long.class, Integer.class, Short.class, Byte.class, BigInteger.class);

    private final JsonWriter out;

    private JsonText(JsonWriter out) {
        this.out = out;
    }

    /**
     * One line.
     *
     * @param tree maps with string keys, lists, strings, booleans, finite numbers and null
     * @throws IllegalArgumentException naming the path, if something else is in it
     */
    static String of(Object tree) {
        JsonPlace.find(tree, JsonText::isUnwritable).ifPresent(place -> {
            throw new IllegalArgumentException("`$" + place.path() + "` " + problem(place.value()));
        });
        StringWriter text = new StringWriter();
        try {
            new JsonText(new JsonWriter(text)).write(tree);
        } catch (IOException e) {
            throw new UncheckedIOException("A string cannot fail to be written", e);
        }
        return text.toString();
    }

    private static boolean isUnwritable(Object value) {
        if (value instanceof Map<?, ?> map) {
            return !map.keySet().stream().allMatch(String.class::isInstance);
        }
        if (value instanceof Number) {
            return !NUMBERS.contains(value.getClass()) || StrictJson.isNotFinite(value);
        }
        return !(value == null || value instanceof List || value instanceof String || value instanceof Boolean);
    }

    private static String problem(Object value) {
        if (JsonPlace.isContainer(value) && !isUnwritable(value)) {
            return "lies in more than " + StrictJson.MAX_DEPTH + " maps and lists, or within itself";
        }
        if (StrictJson.isNotFinite(value)) {
            return "must be a finite number, JSON has no other. Received: " + value;
        }
        if (value instanceof Map<?, ?> map) {
            return "must have strings as keys. Received: " + map.keySet();
        }
        return "must be a map, a list, a string, a boolean, a number or null. Received: " + value + " of "
                + value.getClass();
    }

    private void write(Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            out.beginObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.name((String) entry.getKey());
                write(entry.getValue());
            }
            out.endObject();
        } else if (value instanceof List<?> list) {
            out.beginArray();
            for (Object item : list) {
                write(item);
            }
            out.endArray();
        } else {
            writePlain(value);
        }
    }

    private void writePlain(Object value) throws IOException {
        if (value == null) {
            out.nullValue();
        } else if (value instanceof String string) {
            out.value(string);
        } else if (value instanceof Boolean flag) {
            out.value(flag);
        } else if (value instanceof Float number) {
            // Widened, since Python's shortest text of a float32 is read as another double.
            out.value(number.doubleValue());
        } else {
            out.value((Number) value);
        }
    }
}
