package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("json")
class JsonTextTest {
    static List<Arguments> written() {
        return List.of(
                Arguments.of(null, "null"),
                Arguments.of(true, "true"),
                Arguments.of(1, "1"),
                Arguments.of(-1L, "-1"),
                Arguments.of((short) 2, "2"),
                Arguments.of((byte) 3, "3"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of(BigInteger.TWO.pow(64), "18446744073709551616"),
                Arguments.of(1.0, "1.0"),
                Arguments.of(-0.0, "-0.0"),
                Arguments.of(1e-7, "1.0E-7"),
                Arguments.of(1e300, "1.0E300"),
                Arguments.of(0.1f, "0.10000000149011612"),
                Arguments.of("<a href='b'>&=\"\\\n\0é\u2028", "\"<a href='b'>&=\\\"\\\\\\n\\u0000é\\u2028\""),
                Arguments.of(List.of(), "[]"),
                Arguments.of(Map.of(), "{}"),
                Arguments.of(Arrays.asList(1, null, List.of("a")), "[1,null,[\"a\"]]"),
                Arguments.of(Collections.singletonMap("a", null), "{\"a\":null}"));
    }

    @ParameterizedTest
    @MethodSource("written")
    void a_value_is_written(Object value, String text) {
        // In a list, since not all a text can be is a configuration.
        assertThat(JsonText.of(Collections.singletonList(value))).isEqualTo("[" + text + "]");
    }

    @Test
    void the_order_of_the_map_is_kept() {
        Map<String, Object> map = new LinkedHashMap<>();
        List.of("z", "a", "m").forEach(key -> map.put(key, key));
        assertThat(Keras.toJson(map)).isEqualTo("{\"z\":\"z\",\"a\":\"a\",\"m\":\"m\"}");
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of(Double.NaN, "must be a finite number, JSON has no other. Received: NaN"),
                Arguments.of(Float.NEGATIVE_INFINITY, "must be a finite number"),
                Arguments.of(BigInteger.TEN.pow(309), "must be a finite number"),
                Arguments.of(
                        BigDecimal.ONE, "must be a map, a list, a string, a boolean, a number or null. Received: 1"),
                Arguments.of('c', "Received: c of class java.lang.Character"),
                Arguments.of(new double[1], "must be a map, a list"),
                Arguments.of(Set.of(3), "Received: [3] of"),
                Arguments.of(Map.of(3, 4), "must have strings as keys. Received: [3]"),
                Arguments.of(Collections.singletonMap(null, 4), "must have strings as keys. Received: [null]"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_json_does_not_have_is_refused_with_its_path(Object value, String message) {
        Map<String, Object> config = Map.of("a", List.of(1, Map.of("b", value)));
        assertThatThrownBy(() -> Keras.toJson(config))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`$.a[1].b` must ")
                .hasMessageContaining(message);
    }

    @Test
    void what_lies_within_itself_is_refused() {
        List<Object> list = new ArrayList<>();
        list.add(Map.of("a", list));
        assertThatThrownBy(() -> Keras.toJson(Map.of("b", list)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("`$.b[0].a[0]")
                .hasMessageEndingWith("lies in more than 64 maps and lists, or within itself");
    }

    @Test
    void as_deep_as_is_read_is_written() {
        String text = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
        assertThat(Keras.toJson(Keras.configFromJson(text))).isEqualTo(text);
    }
}
