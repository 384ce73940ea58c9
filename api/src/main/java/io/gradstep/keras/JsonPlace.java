package io.gradstep.keras;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Something in a tree of maps and lists.
 *
 * @param path the way to it, as {@code .a.b[2]}. It is put together only for what was found: keys may be long, and many
 * @param value what stands there
 */
record JsonPlace(String path, Object value) {
    /** The first one in order, or one that lies deeper than is read and written. */
    static Optional<JsonPlace> find(Object tree, Predicate<Object> wanted) {
        return Optional.ofNullable(find(tree, wanted, 1));
    }

    private static JsonPlace find(Object value, Predicate<Object> wanted, int depth) {
        if (wanted.test(value) || (depth > StrictJson.MAX_DEPTH && isContainer(value))) {
            return new JsonPlace("", value);
        }
        if (value instanceof Map<?, ?> map) {
            return findIn(map, wanted, depth + 1);
        }
        return value instanceof List<?> list ? findIn(list, wanted, depth + 1) : null;
    }

    static boolean isContainer(Object value) {
        return value instanceof Map || value instanceof List;
    }

    private static JsonPlace findIn(Map<?, ?> map, Predicate<Object> wanted, int depth) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            JsonPlace place = find(entry.getValue(), wanted, depth);
            if (place != null) {
                return place.under("." + entry.getKey());
            }
        }
        return null;
    }

    private static JsonPlace findIn(List<?> list, Predicate<Object> wanted, int depth) {
        int index = 0;
        for (Object item : list) {
            JsonPlace place = find(item, wanted, depth);
            if (place != null) {
                return place.under("[" + index + "]");
            }
            index++;
        }
        return null;
    }

    private JsonPlace under(String parent) {
        return new JsonPlace(parent + path, value);
    }
}
