package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.constraint.KerasConstraint;
import io.gradstep.constraint.MaxNorm;
import io.gradstep.constraint.MinMaxNorm;
import io.gradstep.constraint.NonNeg;
import io.gradstep.constraint.UnitNorm;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every constraint against Keras, bit for bit: {@code golden/constraints.json}. */
class ConstraintGoldenTest {
    private static final int CASES = 65;
    private static final int REFUSED = 7;

    static Stream<Arguments> cases() {
        return rows("cases");
    }

    static Stream<Arguments> refused() {
        return rows("refused");
    }

    private static Stream<Arguments> rows(String key) {
        return StreamSupport.stream(table().getAsJsonArray(key).spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(row -> Arguments.of(
                        row.getAsJsonObject("constraint").get("class_name").getAsString() + ", "
                                + row.get("about").getAsString(),
                        row));
    }

    private static JsonObject table() {
        try (Reader reader = new InputStreamReader(
                ConstraintGoldenTest.class.getResourceAsStream("/golden/constraints.json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        } catch (IOException e) {
            throw new IllegalStateException("golden/constraints.json cannot be read", e);
        }
    }

    /** Else an empty file would pass. */
    @Test
    void no_case_is_missing() {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(CASES);
        assertThat(refused()).hasSizeGreaterThanOrEqualTo(REFUSED);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void the_values_are_those_of_keras(String name, JsonObject row) {
        KerasConstraint constraint = constraint(row);
        Shape shape = ScenarioTensor.shape(row);
        DType dtype = DType.valueOf(row.get("dtype").getAsString().toUpperCase(Locale.ROOT));
        constraint.checkFits(shape);
        if (dtype == DType.FLOAT64) {
            HostTensor values = doubles(row.getAsJsonArray("values"), shape);
            constraint.constrain(values);
            Bits.assertEqual(name, doubles(row.getAsJsonArray("expect"), shape), values, Allowance.NONE);
        } else {
            HostTensor values = ScenarioTensor.parse(row.get("values"), shape, DType.FLOAT32);
            constraint.constrain(values);
            GoldenTensor.assertEqual(name, row.get("expect"), values, Allowance.NONE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void the_config_is_that_of_keras(String name, JsonObject row) {
        JsonObject expected = row.getAsJsonObject("constraint");
        KerasConstraint constraint = constraint(row);
        assertThat(constraint.className()).isEqualTo(expected.get("class_name").getAsString());
        JsonObject config = new Gson().toJsonTree(constraint.config()).getAsJsonObject();
        assertThat(config).as(name).isEqualTo(expected.getAsJsonObject("config"));
        assertThat(config.keySet())
                .containsExactlyElementsOf(expected.getAsJsonObject("config").keySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void what_keras_refuses_is_refused_and_changes_nothing(String name, JsonObject row) {
        KerasConstraint constraint = constraint(row);
        Shape shape = ScenarioTensor.shape(row);
        HostTensor values = HostTensor.filled(DType.FLOAT32, shape, 3);
        assertThatIllegalArgumentException().as(name).isThrownBy(() -> constraint.checkFits(shape));
        assertThatIllegalArgumentException().as(name).isThrownBy(() -> constraint.constrain(values));
        assertThat(values.floats()).containsOnly(3);
    }

    private static KerasConstraint constraint(JsonObject row) {
        JsonObject written = row.getAsJsonObject("constraint");
        JsonObject config = written.getAsJsonObject("config");
        return switch (written.get("class_name").getAsString()) {
            case "NonNeg" -> new NonNeg();
            case "MaxNorm" -> new MaxNorm(number(config, "max_value"), axes(config));
            case "UnitNorm" -> new UnitNorm(axes(config));
            case "MinMaxNorm" ->
                new MinMaxNorm(
                        number(config, "min_value"), number(config, "max_value"), number(config, "rate"), axes(config));
            default -> throw new IllegalArgumentException("Keras has no such constraint: " + written);
        };
    }

    private static double number(JsonObject config, String key) {
        return config.get(key).getAsDouble();
    }

    private static List<Integer> axes(JsonObject config) {
        JsonElement axis = config.get("axis");
        return axis.isJsonArray()
                ? axis.getAsJsonArray().asList().stream()
                        .map(JsonElement::getAsInt)
                        .toList()
                : List.of(axis.getAsInt());
    }

    private static HostTensor doubles(JsonArray json, Shape shape) {
        double[] values = json.asList().stream()
                .mapToDouble(number -> Double.parseDouble(number.getAsString()))
                .toArray();
        return HostTensor.of(shape, values);
    }
}
