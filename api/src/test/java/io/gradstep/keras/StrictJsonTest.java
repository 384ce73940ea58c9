package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import io.gradstep.optim.RMSprop;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("json")
class StrictJsonTest {
    /** Else the run on the oldest Gson could be one on the newest, unnoticed. */
    @Test
    void gson_is_of_the_version_that_the_build_says() {
        String version = System.getProperty("gson.version");
        assumeTrue(version != null, "not started by the build");
        assertThat(JsonReader.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .endsWith("/gson-" + version + ".jar");
    }

    static List<Arguments> read() {
        return List.of(
                Arguments.of("{}", Map.of()),
                Arguments.of(" \t\r\n[ ] ", List.of()),
                Arguments.of("\"rmsprop\"", "rmsprop"),
                Arguments.of("true", true),
                Arguments.of("null", null),
                Arguments.of("[true,false,null]", Arrays.asList(true, false, null)),
                Arguments.of("[1,-1,0,-0]", List.of(1L, -1L, 0L, 0L)),
                Arguments.of("[1.0,1e5,1E5,1e+5,1E-5,-0.0,0e0,0E0]", List.of(1.0, 1e5, 1e5, 1e5, 1e-5, -0.0, 0.0, 0.0)),
                Arguments.of("[1e0,1E0,-1E0]", List.of(1.0, 1.0, -1.0)),
                Arguments.of("[1e-999,4.9e-324]", List.of(0.0, Double.MIN_VALUE)),
                Arguments.of("[9223372036854775807,-9223372036854775808]", List.of(Long.MAX_VALUE, Long.MIN_VALUE)),
                Arguments.of("[9223372036854775808]", List.of(BigInteger.TWO.pow(63))),
                Arguments.of(
                        "[" + "9".repeat(308) + "]",
                        List.of(BigInteger.TEN.pow(308).subtract(BigInteger.ONE))),
                Arguments.of("[1." + "3".repeat(900) + "]", List.of(1.0 + 1.0 / 3)),
                Arguments.of("[NaN,Infinity,-Infinity]", List.of(Double.NaN, 1 / 0.0, -1 / 0.0)),
                Arguments.of("{\"a\":NaN}", Map.of("a", Double.NaN)),
                Arguments.of("[\"NaN\",\"1E0\",\"-Infinity\"]", List.of("NaN", "1E0", "-Infinity")),
                Arguments.of("{\"NaN\":\"Infinity\"}", Map.of("NaN", "Infinity")),
                Arguments.of("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"", "\"\\/\b\f\n\r\té😀"),
                Arguments.of("\"é😀\u2028\u007f\"", "é😀\u2028\u007f"),
                Arguments.of("\"\\ud800\"", "\ud800"),
                Arguments.of("\"\\u0000\"", "\0"),
                Arguments.of("\"\\\\\"", "\\"),
                Arguments.of("\"'{[//#]}'\"", "'{[//#]}'"),
                Arguments.of("{\"\":{\"\":1}}", Map.of("", Map.of("", 1L))),
                Arguments.of("[".repeat(64) + "]".repeat(64), nested(64)));
    }

    private static Object nested(int depth) {
        Object value = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    @ParameterizedTest
    @MethodSource("read")
    void json_is_read(String text, Object value) {
        assertThat(StrictJson.parse(text)).isEqualTo(value);
    }

    static Stream<Named<String>> refused() {
        return Stream.of(
                        "",
                        " ",
                        "{",
                        "[",
                        "]",
                        "}",
                        "[}",
                        "{]",
                        "[1",
                        "[1,",
                        "[1,]",
                        "[,1]",
                        "[1,,2]",
                        "[1 2]",
                        "[1:2]",
                        "[1}",
                        "{\"a\"}",
                        "{\"a\":}",
                        "{\"a\":1",
                        "{\"a\":1,",
                        "{\"a\":1,}",
                        "{,}",
                        "{\"a\" 1}",
                        "{\"a\":1 \"b\":2}",
                        "{\"a\":1]",
                        "{\"a\",1}",
                        "{1:2}",
                        "{null:2}",
                        "{NaN:2}",
                        "{a:1}",
                        "{'a':1}",
                        "['a']",
                        "{\"a\"=1}",
                        "{\"a\"=>1}",
                        "{\"a\":1;\"b\":2}",
                        "[1;2]",
                        "{\"a\":1,\"a\":1}",
                        "{\"a\":1,\"\\u0061\":2}",
                        "{\"b\":{\"a\":1,\"c\":2,\"a\":3}}",
                        "{}{}",
                        "{} x",
                        "{},",
                        "1 2",
                        "1,2",
                        "\"a\"\"b\"",
                        "[1]// end",
                        "[1]#",
                        "[1]/**/",
                        "/**/[1]",
                        "[//\n1]",
                        "[#\n1]",
                        "\ufeff{}",
                        "{\ufeff}",
                        "\0{}",
                        "{}\0",
                        "[\f]",
                        "[\u00a01]",
                        ")]}'\n[]",
                        "TRUE",
                        "[True]",
                        "[FALSE]",
                        "[NULL]",
                        "[None]",
                        "[nan]",
                        "[NAN]",
                        "[infinity]",
                        "[+Infinity]",
                        "[--Infinity]",
                        "[- Infinity]",
                        "[-NaN]",
                        "[NaN0]",
                        "[NaNNaN]",
                        "[Infinity0]",
                        "[Infinity 0]",
                        "[1-Infinity]",
                        "[1Infinity]",
                        "[NaN\"a\"]",
                        "[Infinity\"a\"]",
                        "[\"a\"NaN]",
                        "[1\"a\"]",
                        "[true\"a\"]",
                        "[truefalse]",
                        "[undefined]",
                        "[01]",
                        "[-01]",
                        "[00]",
                        "[1.]",
                        "[.5]",
                        "[-.5]",
                        "[-]",
                        "[+1]",
                        "[1e]",
                        "[1e+]",
                        "[1e1.5]",
                        "[1.5.5]",
                        "[0x10]",
                        "[1_000]",
                        "[1f]",
                        "[1d]",
                        "[1L]",
                        "[١]",
                        "[1e999]",
                        "[-1e999]",
                        "[1e99999999999]",
                        "[" + "9".repeat(309) + "]",
                        "[" + "9".repeat(1001) + "]",
                        "[0." + "1".repeat(1000) + "]",
                        "[" + "9".repeat(1_000_000) + "]",
                        "\"",
                        "\"\\\"",
                        "\"\\",
                        "[\"a]",
                        "\"a\nb\"",
                        "\"a\tb\"",
                        "\"a\0b\"",
                        "\"\u001f\"",
                        "\"\\x\"",
                        "\"\\'\"",
                        "\"\\a\"",
                        "\"\\\n\"",
                        "\"\\U0041\"",
                        "\"\\u\"",
                        "\"\\u12\"",
                        "\"\\u123",
                        "\"\\u12g4\"",
                        "\"\\u+123\"",
                        "\"\\u١١١١\"",
                        "[".repeat(65) + "]".repeat(65),
                        "{\"a\":".repeat(65) + "1" + "}".repeat(65),
                        "[".repeat(100_000) + "]".repeat(100_000),
                        "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
                        "[".repeat(10_000_000),
                        "{".repeat(10_000_000),
                        "\"".repeat(10_000_001),
                        "x".repeat(10_000_000))
                .map(text -> Named.of("<" + text.substring(0, Math.min(text.length(), 50)) + ">", text));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void everything_else_is_refused(String text) {
        assertThatThrownBy(() -> StrictJson.parse(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("JSON")
                .hasSizeLessThan(1000);
    }

    static List<String[]> messages() {
        return List.of(
                new String[] {"{\"a\": [1, TRUE]}", "at offset 10 stands neither a number", "Received: TRUE"},
                new String[] {"[\"\\x\"]", "at offset 2 stands an escape", "Received: \\x"},
                new String[] {"[\"a\nb\"]", "at offset 3 stands a control character", "Received: \\u000a"},
                new String[] {"[1e999]", "at offset 1 stands a number beyond", "Received: 1e999"},
                new String[] {"[\"a", "at offset 1 stands a string that does not end", ""},
                new String[] {"\ufeff{}", "at offset 0 stands", "Received: \\ufeff"},
                new String[] {"{\"a\":{\"b\":1,\"b\":2}}", "`$.a.b` is there twice", ""},
                new String[] {"{\"a\":[1,,2]}", "`$.a[1]`", "missing or too many"},
                new String[] {"{\"a\":[1", "`$.a[1]`", "the text ends too early"},
                new String[] {"[[],[],{\"a\":" + "[".repeat(70), "more than 64 maps and lists", "`$[2].a[0]"});
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_message_says_where_and_what(String text, String where, String what) {
        assertThatThrownBy(() -> StrictJson.parse(text))
                .hasMessageContaining(where)
                .hasMessageContaining(what);
    }

    @Test
    void a_text_that_is_too_long_or_holds_too_much_is_refused_as_such() {
        assertThatThrownBy(() -> StrictJson.parse(" ".repeat((64 << 20) + 1)))
                .hasMessage("JSON of more than 67108864 characters is not read. Received: 67108865");
        assertThatThrownBy(() -> StrictJson.parse("[" + "1,".repeat(1 << 18) + "1]"))
                .hasMessage("JSON of more than 262144 values is not read");
    }

    @Test
    void a_path_of_long_keys_is_shortened() {
        String key = "\"" + "k".repeat(1_000_000) + "\":";
        assertThatThrownBy(() -> StrictJson.parse("{" + key + "{" + key + "1," + key + "2}}"))
                .hasMessageContaining("`$.kkk")
                .hasMessageContaining("k…` is there twice");
    }

    @Test
    void the_order_of_the_text_is_kept() {
        assertThat(StrictJson.map(StrictJson.parse("{\"z\":1,\"a\":2,\"m\":3}"), "$")
                        .keySet())
                .containsExactly("z", "a", "m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"configs.json", "schedules.json", "constraints.json"})
    void a_golden_file_is_read_as_gson_reads_it(String file) {
        String text = Json.goldenText(file);
        assertThat(StrictJson.parse(text)).isEqualTo(plain(parsedByGson(text)));
    }

    /** As the oldest Gson has it. */
    @SuppressWarnings({"deprecation", "InlineMeInliner"})
    private static JsonElement parsedByGson(String text) {
        return new JsonParser().parse(text);
    }

    private static Object plain(JsonElement element) {
        if (element.isJsonObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            element.getAsJsonObject().entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (element.isJsonArray()) {
            List<Object> list = new ArrayList<>();
            element.getAsJsonArray().forEach(item -> list.add(plain(item)));
            return list;
        }
        if (element.isJsonNull() || element.getAsJsonPrimitive().isString()) {
            return element.isJsonNull() ? null : element.getAsString();
        }
        if (element.getAsJsonPrimitive().isBoolean()) {
            return element.getAsBoolean();
        }
        return element.getAsString().matches("-?\\d+") ? (Object) element.getAsLong() : element.getAsDouble();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a': {'b': [0, {'c': NaN}]}}     | `$.x.a.b[1].c` must be a finite number. Received: NaN",
                "{'a': 1, 'b': Infinity, 'c': NaN} | `$.x.b` must be a finite number. Received: Infinity",
                "{'a': [-Infinity]}                | `$.x.a[0]` must be a finite number. Received: -Infinity",
            })
    void a_number_that_is_not_finite_is_refused_with_its_path(String text, String message) {
        Object value = StrictJson.parse(text.replace('\'', '"'));
        assertThatThrownBy(() -> StrictJson.requireFinite(value, "$.x"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void what_is_finite_passes() {
        StrictJson.requireFinite(StrictJson.parse("{\"a\":[1,1.5,null,\"NaN\",true," + "9".repeat(300) + "]}"), "$");
    }

    @Test
    void numbers_that_are_not_finite_disturb_nobody_elsewhere() {
        Map<String, Object> model = StrictJson.map(
                StrictJson.parse("{\"layers\":[NaN,{\"rate\":-Infinity}],\"compile_config\":{\"optimizer\":"
                        + "{\"class_name\":\"RMSprop\",\"config\":{\"name\":\"n\",\"rho\":0.5}},\"loss\":NaN}}"),
                "$");
        Map<String, Object> compiled = StrictJson.map(model.get("compile_config"), "$.compile_config");
        assertThat(Keras.settings(compiled.get("optimizer"), "$.compile_config.optimizer", new ConfigReader()))
                .isEqualTo(RMSprop.builder().name("n").rho(0.5).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"x\"", "3", "null", "true"})
    void what_should_be_a_map_and_is_none_is_refused_with_its_path(String value) {
        Map<String, Object> parent = StrictJson.map(StrictJson.parse("{\"key\":" + value + "}"), "$");
        assertThatThrownBy(() -> StrictJson.map(parent.get("key"), "$.a.key"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("`$.a.key` must be a JSON object. Received: " + parent.get("key"));
    }
}
