package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandTest {
    private record Run(int exitCode, String out, String err) {
        static Run of(String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
            return new Run(exitCode, out.toString(), err.toString());
        }

        List<JsonObject> results() {
            return out.lines()
                    .map(line -> JsonParser.parseString(line).getAsJsonObject())
                    .toList();
        }
    }

    @TempDir
    private Path folder;

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @ParameterizedTest
    @CsvSource({"reference, fused", "reference, eager", "nd4j, fused", "nd4j, eager", "djl, fused", "djl, eager"})
    void prints_what_keras_had_for_every_scenario(String backend, String execution) throws IOException {
        List<Scenario> scenarios = GoldenScenarios.all();
        List<String> args = new ArrayList<>(List.of("replay", "--backend", backend, "--execution", execution));
        for (Scenario scenario : scenarios) {
            args.add(file(scenario.name() + ".json", scenario.json().toString()));
        }
        Run run = Run.of(args.toArray(String[]::new));
        assertThat(run.exitCode()).isZero();
        List<JsonObject> results = run.results();
        assertThat(results).hasSameSizeAs(scenarios).hasSizeGreaterThan(100);
        for (int i = 0; i < results.size(); i++) {
            JsonObject result = results.get(i);
            JsonObject expected = scenarios.get(i).json().getAsJsonObject("expect");
            assertThat(result.keySet()).containsExactly("name", "backend", "optimizer_variable_names", "after");
            assertThat(result.get("name").getAsString())
                    .isEqualTo(scenarios.get(i).name());
            assertThat(result.get("backend").getAsString()).isEqualTo(backend);
            assertThat(result.get("optimizer_variable_names")).isEqualTo(expected.get("optimizer_variable_names"));
            assertThat(ReplayBits.of(result.getAsJsonArray("after")))
                    .as(scenarios.get(i).name())
                    .isEqualTo(ReplayBits.of(expected.getAsJsonArray("after")));
        }
    }

    private static String scenario(String config, String more) {
        return "{\"format\": 1, \"name\": \"s\", \"config\": " + config
                + ", \"variables\": [{\"name\": \"w\", \"dtype\": \"float32\", \"shape\": [2], \"values\": [1, -0.0]}], "
                + "\"steps\": [{\"grads\": [[0.1, -0.0]]}]" + more + "}";
    }

    private static final String PLAIN = "{\"name\": \"rmsprop\", \"learning_rate\": 0.01}";

    @Test
    void needs_no_expectation_and_reports_the_steps_that_are_asked_for() throws IOException {
        String all = file("all.json", scenario(PLAIN, ""));
        String none = file("none.json", scenario(PLAIN, ", \"expect\": {\"at\": []}"));
        Run run = Run.of("replay", all, none);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList())
                .containsExactly(
                        "{\"name\":\"s\",\"backend\":\"reference\",\"optimizer_variable_names\":[\"rmsprop/iteration\","
                                + "\"rmsprop/learning_rate\",\"rmsprop/w_velocity\"],\"after\":[{\"variables\":["
                                + "[0.9683788,0.0]],\"optimizer_variables\":[[1],[0.01],[0.001,0.0]]}]}",
                        "{\"name\":\"s\",\"backend\":\"reference\",\"optimizer_variable_names\":[\"rmsprop/iteration\","
                                + "\"rmsprop/learning_rate\",\"rmsprop/w_velocity\"],\"after\":[]}");
    }

    @Test
    void a_scenario_that_cannot_be_run_is_an_error_among_results() throws IOException {
        String good = file("good.json", scenario(PLAIN, ""));
        String unknown = file("unknown.json", scenario("{\"class_name\": \"Adagrad\", \"config\": {}}", ""));
        String state = file("state.json", scenario(PLAIN, ", \"initial_state\": \"x.weights.h5\""));
        String broken = file("broken.json", "{\"format\": 1,");
        String other = file("other.json", "{\"format\": 2}");
        String nameless = file("nameless.json", "{\"format\": 1}");
        String uneven = file("uneven.json", scenario(PLAIN, "").replace("[[0.1, -0.0]]", "[[0.1, 1], [2]]"));
        String missing = folder.resolve("missing.json").toString();
        Run run = Run.of("replay", unknown, state, broken, other, nameless, missing, uneven, good);
        assertThat(run.exitCode()).isEqualTo(1);
        List<JsonObject> results = run.results();
        assertThat(results).hasSize(8);
        assertThat(results.subList(0, 7))
                .allSatisfy(result -> assertThat(result.keySet()).containsExactly("name", "error"));
        assertThat(errors(results))
                .satisfiesExactly(
                        error -> assertThat(error).contains("Adagrad"),
                        error -> assertThat(error).contains("x.weights.h5"),
                        error -> assertThat(error).contains("no JSON"),
                        error -> assertThat(error).contains("\"format\": 1"),
                        error -> assertThat(error).contains("a \"name\""),
                        error -> assertThat(error).contains("NoSuchFile"),
                        error -> assertThat(error)
                                .startsWith("A step must have")
                                .contains("2 gradients for 1 variables"));
        assertThat(results.get(0).get("name").getAsString()).isEqualTo("s");
        assertThat(results.get(5).get("name").getAsString()).isEqualTo(missing);
        assertThat(results.get(7).has("after")).isTrue();
    }

    private static List<String> errors(List<JsonObject> results) {
        return results.stream()
                .filter(result -> result.has("error"))
                .map(result -> result.get("error").getAsString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    replay                          | Missing required parameter: 'SCENARIO'
                    replay --backend jax x.json     | There is no backend "jax". Choose among [buffer, djl, nd4j, reference]
                    replay --execution lazy x.json  | '--execution'
                    """)
    void refuses_in_one_line(String commandLine, String message) {
        Run run = Run.of(commandLine.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(message);
        assertThat(run.err().lines()).hasSize(1);
    }
}
