package io.gradstep.keras;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.CharArrayReader;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON as RFC 8259 has it, and as Python writes it: {@code NaN}, {@code Infinity} and {@code -Infinity} are numbers. A
 * number without point and exponent is a {@link Long}, or a {@link BigInteger} where that is too small; any other is a
 * {@link Double}. Whatever is wrong with a text ends in an {@link IllegalArgumentException}.
 *
 * <p>Only what Gson 2.8.0 has is used: Maven takes that version where DL4J is nearer than we are.
 */
final class StrictJson {
    /** Of maps and lists within one another. */
    static final int MAX_DEPTH = 64;

    private static final int MAX_CHARACTERS = 64 << 20;
    /** Kept at one time: of an empty list there are two characters in a text and some fifty bytes in memory. */
    private static final int MAX_VALUES = 1 << 18;

    private static final int LONGEST_PATH = 200;

    private final JsonReader reader;
    private int values;

    private StrictJson(JsonReader reader) {
        this.reader = reader;
    }

    /** The part of a document that is wanted. */
    private interface Wanted {
        Object in(StrictJson json) throws IOException;
    }

    /** A map in the order of the text, a list, a string, a boolean, a number or null. */
    static Object parse(String text) {
        return document(text.toCharArray(), json -> json.value(0, true));
    }

    /**
     * What stands at the end of a way of keys; null if nothing does. All else is checked, and forgotten: a document may
     * be much larger than what is wanted of it.
     *
     * @param text may be changed
     */
    static Object at(char[] text, String... way) {
        return document(text, json -> json.at(0, way));
    }

    private static Object document(char[] text, Wanted wanted) {
        if (text.length > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "JSON of more than " + MAX_CHARACTERS + " characters is not read. Received: " + text.length);
        }
        JsonTokens.check(text);
        JsonReader reader = new JsonReader(new CharArrayReader(text));
        try {
            Object value = wanted.in(new StrictJson(reader));
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalArgumentException("Malformed JSON: there is text after the document");
            }
            return value;
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            String problem = e instanceof EOFException
                    ? "the text ends too early"
                    : "a comma, colon, key or value is missing or too many";
            throw new IllegalArgumentException("Malformed JSON: " + problem + " at `" + path(reader) + "`", e);
        }
    }

    private static String path(JsonReader reader) {
        String path = reader.getPath();
        return path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path;
    }

    private Object at(int depth, String... way) throws IOException {
        if (depth == way.length || reader.peek() == JsonToken.NULL) {
            return value(depth, true);
        }
        if (reader.peek() != JsonToken.BEGIN_OBJECT) {
            throw new IllegalArgumentException(
                    "`" + path(reader) + "` must be a JSON object. Received: " + Shown.of(value(depth, true)));
        }
        Set<String> keys = new HashSet<>();
        Object found = null;
        reader.beginObject();
        while (reader.hasNext()) {
            String key = newKey(keys);
            if (key.equals(way[depth])) {
                found = at(depth + 1, way);
            } else {
                value(depth + 1, false);
            }
        }
        reader.endObject();
        values -= keys.size();
        return found;
    }

    /** What is not kept comes to null. */
    private Object value(int depth, boolean isKept) throws IOException {
        count();
        Object value = switch (reader.peek()) {
            case BEGIN_OBJECT -> map(depth + 1, isKept);
            case BEGIN_ARRAY -> list(depth + 1, isKept);
            case STRING -> reader.nextString();
            case NUMBER -> number(reader.nextString());
            case BOOLEAN -> reader.nextBoolean();
            case NULL -> {
                reader.nextNull();
                yield null;
            }
            case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
                throw new IllegalArgumentException("Malformed JSON: at `" + path(reader) + "` a value is missing");
        };
        if (!isKept) {
            values--;
            return null;
        }
        return value;
    }

    private void count() {
        values++;
        if (values > MAX_VALUES) {
            throw new IllegalArgumentException("JSON of more than " + MAX_VALUES + " values is not read");
        }
    }

    private Map<String, Object> map(int depth, boolean isKept) throws IOException {
        refuseDeeper(depth);
        Map<String, Object> map = new LinkedHashMap<>();
        Set<String> keys = new HashSet<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = newKey(keys);
            Object value = value(depth, isKept);
            if (isKept) {
                map.put(key, value);
            }
        }
        reader.endObject();
        values -= keys.size();
        return map;
    }

    /** Counted while its map is being read. */
    private String newKey(Set<String> keys) throws IOException {
        count();
        String key = reader.nextName();
        if (!keys.add(key)) {
            throw new IllegalArgumentException("Malformed JSON: `" + path(reader) + "` is there twice");
        }
        return key;
    }

    private List<Object> list(int depth, boolean isKept) throws IOException {
        refuseDeeper(depth);
        List<Object> list = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            Object item = value(depth, isKept);
            if (isKept) {
                list.add(item);
            }
        }
        reader.endArray();
        return list;
    }

    private void refuseDeeper(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON of more than " + MAX_DEPTH
                    + " maps and lists within one another is not read. Received: one more at `" + path(reader) + "`");
        }
    }

    private static Object number(String token) {
        return switch (token) {
            case JsonTokens.NAN -> Double.NaN;
            case JsonTokens.INFINITY -> Double.POSITIVE_INFINITY;
            case JsonTokens.MINUS_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> isInteger(token) ? integer(token) : Double.valueOf(token);
        };
    }

    private static boolean isInteger(String token) {
        return token.indexOf('.') < 0 && token.indexOf('e') < 0;
    }

    private static Number integer(String token) {
        BigInteger integer = new BigInteger(token);
        return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
    }

    /** The value, if it is a map. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("`" + path + "` must be a JSON object. Received: " + Shown.of(value));
    }

    /**
     * Refuses NaN and infinities.
     *
     * @param value of {@link #parse}, or within it
     * @param path where it stands, as {@code $.a.b}
     */
    static void requireFinite(Object value, String path) {
        JsonPlace.find(value, StrictJson::isNotFinite).ifPresent(place -> {
            throw new IllegalArgumentException(
                    "`" + path + place.path() + "` must be a finite number. Received: " + place.value());
        });
    }

    static boolean isNotFinite(Object value) {
        return value instanceof Number number && !Double.isFinite(number.doubleValue());
    }
}
