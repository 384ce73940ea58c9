package io.gradstep.keras;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Damages what Keras wrote and holds it against {@link JsonProperty}; in a JVM of its own with little memory. */
final class JsonMutations {
    private static final List<String> PIECES = List.of(
            "NaN",
            "-Infinity",
            "1e999",
            "01",
            "1E5",
            "-0",
            "3000000000",
            "1" + "0".repeat(30),
            "null",
            "true",
            "TRUE",
            "{}",
            "[]",
            "[[",
            "\"\"",
            "\"x\"",
            "'",
            "\\",
            "\\u12",
            "//",
            ",",
            ":",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\0",
            "\n",
            "\ufeff",
            "é",
            "class_name",
            "inner_optimizer",
            "RMSprop",
            "ExponentialDecay",
            "\"rho\": 1,");

    private JsonMutations() {}

    /** Argument: how many. Prints each outcome with its count, as {@code JSON=3}. */
    public static void main(String[] arguments) {
        Random random = new Random(3);
        List<String> texts = goldenTexts();
        Map<JsonProperty.Outcome, Integer> outcomes = new EnumMap<>(JsonProperty.Outcome.class);
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            String text = texts.get(random.nextInt(texts.size()));
            for (int change = random.nextInt(3); change >= 0; change--) {
                text = damaged(text, random);
            }
            try {
                outcomes.merge(JsonProperty.check(text), 1, Integer::sum);
            } catch (Throwable e) {
                throw new AssertionError(text, e);
            }
        }
        System.out.println(outcomes);
    }

    static List<String> goldenTexts() {
        Stream<Object> settings = Stream.of("written", "read", "refused")
                .flatMap(table -> Json.golden("configs.json", table).stream())
                .flatMap(golden ->
                        Stream.of("serialized", "get_config", "identifier").map(golden::get))
                .filter(Map.class::isInstance);
        Stream<Object> schedules =
                Json.golden("schedules.json", "schedules").stream().map(golden -> golden.get("schedule"));
        return Stream.concat(settings, schedules).map(JsonText::of).toList();
    }

    private static String damaged(String text, Random random) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(8));
        String before = text.substring(0, from);
        String after = text.substring(to);
        return switch (random.nextInt(5)) {
            case 0 -> before + after;
            case 1 -> before + text.substring(from, to) + text.substring(from, to) + after;
            case 2 -> before + PIECES.get(random.nextInt(PIECES.size())) + text.substring(from);
            case 3 -> withAnotherValue(text, from, random);
            default -> random.nextInt(10) == 0 ? before : before + (char) random.nextInt(128) + after;
        };
    }

    /** The first value after a place. */
    private static String withAnotherValue(String text, int from, Random random) {
        int colon = text.indexOf(':', from);
        int comma = text.indexOf(',', colon + 1);
        if (colon < 0 || comma < 0) {
            return text;
        }
        return text.substring(0, colon + 1) + PIECES.get(random.nextInt(PIECES.size())) + text.substring(comma);
    }
}
