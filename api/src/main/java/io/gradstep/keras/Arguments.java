package io.gradstep.keras;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The keyword arguments of a Python constructor: a copy of a configuration. The getters name the argument and the
 * received value in what they throw.
 */
final class Arguments {
    private final Map<String, Object> values;

    Arguments(Map<?, ?> config) {
        Map<String, Object> copy = new LinkedHashMap<>();
        config.forEach((name, value) -> copy.put(string(name), value));
        values = Collections.unmodifiableMap(copy);
    }

    private static String string(Object name) {
        if (name instanceof String string) {
            return string;
        }
        throw new IllegalArgumentException("The keys of a configuration must be strings. Received: " + name);
    }

    /** An int, if the value is a whole number that is one. */
    static OptionalInt whole(Object value) {
        return value instanceof Number number && number.doubleValue() == number.intValue()
                ? OptionalInt.of(number.intValue())
                : OptionalInt.empty();
    }

    Map<String, Object> all() {
        return values;
    }

    Map<String, Object> except(Set<String> names) {
        Map<String, Object> others = new LinkedHashMap<>(values);
        others.keySet().removeAll(names);
        return Collections.unmodifiableMap(others);
    }

    void refuseAllBut(Set<String> names) {
        Map<String, Object> others = except(names);
        if (!others.isEmpty()) {
            throw new IllegalArgumentException("Argument(s) not recognized: " + Shown.of(others));
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Null where it is missing. */
    Object get(String name) {
        return values.get(name);
    }

    Object get(String name, Object byDefault) {
        return has(name) ? get(name) : byDefault;
    }

    double number(String name) {
        return asNumber(name, required(name));
    }

    double number(String name, double byDefault) {
        return asNumber(name, get(name, byDefault));
    }

    Double numberOrNull(String name) {
        return get(name) == null ? null : (Double) number(name);
    }

    private static double asNumber(String name, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    int integer(String name, int byDefault) {
        Object value = get(name, byDefault);
        return whole(value).orElseThrow(() -> wrong(name, "an integer", value));
    }

    boolean flag(String name, boolean byDefault) {
        Object value = get(name, byDefault);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "a boolean", value);
    }

    /** May be null, if it says so. */
    String text(String name, String byDefault) {
        Object value = get(name, byDefault);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "a string", value);
    }

    List<Double> numbers(String name) {
        return numbers(name, "a list of numbers", number -> true, Number::doubleValue);
    }

    /** What has a fraction is truncated. */
    List<Long> longs(String name) {
        return numbers(name, "a list of numbers that fit into 64 bits", Arguments::fitsLong, Number::longValue);
    }

    private static boolean fitsLong(Number number) {
        return number instanceof Long || Math.abs(number.doubleValue()) < 0x1p63;
    }

    private <T> List<T> numbers(
            String name, String expected, Predicate<Number> accepted, Function<Number, T> conversion) {
        Object value = required(name);
        if (value instanceof List<?> list
                && list.stream().allMatch(item -> item instanceof Number number && accepted.test(number))) {
            return list.stream().map(Number.class::cast).map(conversion).toList();
        }
        throw wrong(name, expected, value);
    }

    private Object required(String name) {
        if (has(name)) {
            return get(name);
        }
        throw new IllegalArgumentException("Argument `" + name + "` is missing");
    }

    static IllegalArgumentException wrong(String name, String expected, Object value) {
        return new IllegalArgumentException(
                "Argument `" + name + "` must be " + expected + ". Received: " + name + "=" + Shown.of(value));
    }
}
