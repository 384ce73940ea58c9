package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of {@code coming-from-pytorch.md}. PyTorch itself is the judge, by way of a file. */
class ComingFromPyTorchTest {
    /** Written by the script beside it, with PyTorch 2.7.1. */
    private static JsonObject golden() throws IOException {
        try (Reader reader = new InputStreamReader(
                ComingFromPyTorchTest.class.getResourceAsStream("pytorch-rmsprop.json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        }
    }

    static Stream<Arguments> runs() throws IOException {
        return stream(golden().getAsJsonArray("runs"))
                .map(JsonElement::getAsJsonObject)
                .flatMap(run -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .map(dtype -> Arguments.of(run.getAsJsonObject("arguments"), dtype, run)));
    }

    /**
     * Not the bits: PyTorch's own differ from one processor to the next, as it fuses multiplications and additions where
     * the processor can. In float64 the learning rate is a float32 here.
     */
    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("runs")
    void the_rule_gives_the_numbers_of_pytorch(JsonObject arguments, DType dtype, JsonObject run) throws IOException {
        JsonObject golden = golden();
        HostTensor weights = tensor(golden.getAsJsonArray("start"), dtype);
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = settings(arguments).on(reference)) {
            optimizer.build(List.of(reference.wrap(weights, "w")));
            for (JsonElement gradient : golden.getAsJsonArray("gradients")) {
                optimizer.apply(List.of(tensor(gradient.getAsJsonArray(), dtype)));
            }
        }
        boolean isFloat = dtype == DType.FLOAT32;
        HostTensor theirs = tensor(run.getAsJsonArray(isFloat ? "float32" : "float64"), DType.FLOAT64);
        assertThat(weights.cast(DType.FLOAT64).doubles())
                .containsExactly(theirs.doubles(), within(isFloat ? 1e-6 : 1e-7));
    }

    private static Settings settings(JsonObject arguments) {
        PyTorchRMSprop rule = new PyTorchRMSprop(
                number(arguments, "alpha", 0.99),
                number(arguments, "eps", 1e-8),
                number(arguments, "weight_decay", 0),
                number(arguments, "momentum", 0),
                arguments.has("centered") && arguments.get("centered").getAsBoolean());
        return Settings.of(rule).learningRate(number(arguments, "lr", 0.01)).build();
    }

    private static double number(JsonObject arguments, String name, double otherwise) {
        return arguments.has(name) ? arguments.get(name).getAsDouble() : otherwise;
    }

    private static HostTensor tensor(JsonArray numbers, DType dtype) {
        double[] values = stream(numbers).mapToDouble(JsonElement::getAsDouble).toArray();
        return HostTensor.of(Shape.of(values.length), values).cast(dtype);
    }

    private static Stream<JsonElement> stream(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    @Test
    void the_settings_of_the_guide_are_those_of_pytorchs_defaults() {
        // guide: coming-from-pytorch/old
        Settings settings = Settings.of(new PyTorchRMSprop(0.99, 1e-8, 0, 0, false))
                .learningRate(0.01)
                .build();
        // end
        assertThat(settings.rule()).isEqualTo(settings(new JsonObject()).rule());
    }

    @Test
    void training_goes_on_where_pytorch_stopped() throws IOException {
        JsonObject golden = golden();
        JsonObject stopped = golden.getAsJsonObject("after_6");
        HostTensor weights = tensor(stopped.getAsJsonArray("weights"), DType.FLOAT32);
        float[] squareAvg =
                tensor(stopped.getAsJsonArray("square_avg"), DType.FLOAT32).floats();
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = settings(new JsonObject()).on(reference)) {
            // guide: coming-from-pytorch/state
            OptimizerState state = new OptimizerState(List.of(
                    new NamedArray("iteration", HostTensor.of(Shape.scalar(), 6)),
                    new NamedArray("learning_rate", HostTensor.of(Shape.scalar(), 0.01f)),
                    new NamedArray("square_avg", HostTensor.of(weights.shape(), squareAvg))));
            optimizer.build(List.of(reference.wrap(weights, "weights")));
            optimizer.loadOwnVariables(state);
            // end
            assertThat(optimizer.iterations()).isEqualTo(6);
            JsonArray gradients = golden.getAsJsonArray("gradients");
            for (int step = 6; step < gradients.size(); step++) {
                optimizer.apply(List.of(tensor(gradients.get(step).getAsJsonArray(), DType.FLOAT32)));
            }
        }
        JsonObject defaults = golden.getAsJsonArray("runs").get(0).getAsJsonObject();
        assertThat(weights.floats())
                .containsExactly(
                        tensor(defaults.getAsJsonArray("float32"), DType.FLOAT32)
                                .floats(),
                        within(1e-6f));
    }
}
