package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gradstep.keras.KerasFile;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole kit in float32, with Keras as the judge.
 *
 * @param <T> the tensor type
 */
public abstract class Float32Tck<T> extends RepeatedStepsTck<T> {
    /** For subclasses. */
    protected Float32Tck() {}

    @Override
    final DType dtype() {
        return DType.FLOAT32;
    }

    static List<Scenario> scenarios() {
        return GoldenScenarios.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    final void gives_the_bits_of_keras(Scenario scenario) {
        try (ScenarioRun<T> run = new ScenarioRun<>(backend(), scenario)) {
            assertRunsAsInKeras(run, scenario);
        }
    }

    static List<Arguments> scenariosFromFiles() {
        return GoldenScenarios.continued().stream()
                .flatMap(scenario -> {
                    String weights = scenario.initialState().orElseThrow();
                    return Stream.of(weights, weights.replace(".weights.h5", ".keras"))
                            .map(file -> Arguments.of(scenario, file));
                })
                .toList();
    }

    @ParameterizedTest(name = "{0} from {1}")
    @MethodSource("scenariosFromFiles")
    final void goes_on_where_keras_stopped(Scenario scenario, String name, @TempDir Path folder) throws IOException {
        List<String> warnings = new ArrayList<>();
        try (KerasFile file = KerasFile.open(GoldenScenarios.kerasFile(name, folder));
                ScenarioRun<T> run = ScenarioRun.from(file, backend(), scenario, warnings::add)) {
            assertThat(warnings).isEmpty();
            assertRunsAsInKeras(run, scenario);
        }
    }

    private void assertRunsAsInKeras(ScenarioRun<T> run, Scenario scenario) {
        List<Integer> compared = new ArrayList<>();
        assertThat(run.optimizerVariableNames()).containsExactlyElementsOf(scenario.expectedNames());
        run.run((step, variables, optimizerVariables) -> {
            JsonObject expected = scenario.expectedAfter(step);
            String when = scenario + " after step " + step + ", variable ";
            compare(scenario, when, expected.getAsJsonArray("variables"), variables);
            compare(
                    scenario,
                    when + "of the optimizer ",
                    expected.getAsJsonArray("optimizer_variables"),
                    optimizerVariables);
            compared.add(step);
        });
        assertThat(compared)
                .hasSameSizeAs(scenario.json().getAsJsonObject("expect").getAsJsonArray("after"));
    }

    private void compare(Scenario scenario, String what, JsonArray expected, List<HostTensor> actual) {
        assertThat(actual).as(what).hasSize(expected.size());
        for (int i = 0; i < actual.size(); i++) {
            GoldenTensor.assertEqual(what + i, expected.get(i), actual.get(i), allowance(scenario.name()));
        }
    }

    // ---- the specification's numbers

    @ParameterizedTest(name = "clipnorm {0}: {1} becomes {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    1      | 1e20 1      | 0 0
                    1e10   | 1e30 1      | NaN 0
                    """)
    final void clipnorm_overflows(double limit, String gradient, String expected) {
        assertClipped(Settings.of(new TakeGradient()).learningRate(1).clipnorm(limit), gradient, expected);
    }

    @Test
    final void a_global_clipnorm_of_41_scales_what_is_below_it() {
        assertEndsAt(
                "3",
                Settings.of(new TakeGradient())
                        .learningRate(1)
                        .globalClipnorm(41.0)
                        .build(),
                "2.9999998");
    }

    @Test
    final void a_clipvalue_that_rounds_to_zero_keeps_the_sign_of_zeros() {
        Settings settings =
                Settings.of(new TakeGradient()).learningRate(1).clipvalue(1e-50).build();
        assertEndsAt("0 -0.0 1 -1", settings, "0 -0.0 0 -0.0");
    }

    /** Steps with one gradient from 0 on. */
    private void assertEndsAt(String gradient, Settings settings, String expected) {
        JsonArray gradients = array(gradient);
        Shape shape = Shape.of(gradients.size());
        TensorVariable<T> variable = variable("w", shape, i -> 0);
        try (Optimizer<T> optimizer = settings.on(backend())) {
            optimizer.apply(
                    List.of(backend().tensor(ScenarioTensor.parse(gradients, shape, DType.FLOAT32))),
                    List.of(variable));
        }
        GoldenTensor.assertEqual("w", array(expected), values(variable), Allowance.NONE);
    }

    private static JsonArray array(String numbers) {
        JsonArray array = new JsonArray();
        for (String number : numbers.split(" ", -1)) {
            array.add(number);
        }
        return array;
    }

    private record Sequence(Settings settings, String variable, String average) {}

    /** One element from 1, gradient 1 in each step. */
    static List<Sequence> averages() {
        RMSprop.Builder builder =
                RMSprop.builder().learningRate(0.1).useEma(true).emaMomentum(0.9);
        return List.of(
                new Sequence(
                        builder.emaOverwriteFrequency(3).build(),
                        "0.683772385 0.45435673 0.620973945 0.450450599",
                        "0.683772385 0.660830796 0.620973945 0.603921592"),
                new Sequence(
                        builder.emaOverwriteFrequency(null)
                                .gradientAccumulationSteps(2)
                                .build(),
                        null,
                        "1 0.683772385 0.683772385 0.660830796 0.640183389 0.602391243"));
    }

    @ParameterizedTest
    @MethodSource("averages")
    final void averages_follow(Sequence sequence) {
        TensorVariable<T> variable = variable("w", Shape.scalar(), i -> 1);
        try (Optimizer<T> optimizer = sequence.settings().on(backend())) {
            optimizer.build(List.of(variable));
            String[] averages = sequence.average().split(" ", -1);
            for (int i = 0; i < averages.length; i++) {
                optimizer.apply(List.of(tensor(Shape.scalar(), j -> 1)));
                TensorVariable<T> average = optimizer.variables().get(2);
                GoldenTensor.assertEqual(
                        "average after step " + i, array(averages[i]), values(average), Allowance.NONE);
                if (sequence.variable() != null) {
                    GoldenTensor.assertEqual(
                            "variable after step " + i,
                            array(sequence.variable().split(" ", -1)[i]),
                            values(variable),
                            Allowance.NONE);
                }
            }
        }
    }

    @Test
    final void decay_and_the_documented_example_have_the_numbers_of_keras() {
        TensorVariable<T> decayed = variable("w", Shape.of(2), i -> i == 0 ? 1.1 : -0.3);
        Settings decay = RMSprop.builder().learningRate(0.01).weightDecay(0.1).build();
        try (Optimizer<T> optimizer = decay.on(backend())) {
            optimizer.apply(List.of(tensor(Shape.of(2), i -> i == 0 ? 0.2 : 0.5)), List.of(decayed));
        }
        GoldenTensor.assertEqual("decayed", array("1.06727767 -0.33132273"), values(decayed), Allowance.NONE);
        TensorVariable<T> still = variable("w", Shape.scalar(), i -> 2);
        try (Optimizer<T> optimizer =
                RMSprop.builder().learningRate(1).weightDecay(0.004).build().on(backend())) {
            optimizer.apply(List.of(tensor(Shape.scalar(), i -> 0)), List.of(still));
        }
        GoldenTensor.assertEqual("still", array("1.99199998"), values(still), Allowance.NONE);
        TensorVariable<T> documented = variable("x", Shape.scalar(), i -> 10);
        try (Optimizer<T> optimizer = new RMSprop(0.1).on(backend())) {
            optimizer.minimize(
                    (variables, scale) -> new Loss.Evaluation<>(50, List.of(tensor(Shape.scalar(), i -> 10))),
                    List.of(documented));
        }
        GoldenTensor.assertEqual("documented", array("9.68377209"), values(documented), Allowance.NONE);
    }

    @Test
    final void no_scenario_is_left_out() {
        assertThat(scenarios())
                .hasSize(109)
                .extracting(Scenario::name)
                .contains("everything", "sizes-million-everything", "lion-everything", "adam-everything");
    }
}
