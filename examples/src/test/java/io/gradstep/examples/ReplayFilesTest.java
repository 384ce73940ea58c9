package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileCopy;
import io.gradstep.keras.StoredArray;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code replay} from files of Keras's and into them. */
class ReplayFilesTest {
    private static final List<String> ENDINGS = List.of(".weights.h5", ".keras");

    private record Run(int exitCode, String out, String err) {
        static Run replay(Object... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            String[] texts = Stream.concat(Stream.of("replay"), Arrays.stream(args))
                    .map(Object::toString)
                    .toArray(String[]::new);
            int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
            return new Run(exitCode, out.toString(), err.toString());
        }

        JsonObject result() {
            assertThat(out.lines()).hasSize(1);
            return JsonParser.parseString(out).getAsJsonObject();
        }

        JsonArray after() {
            assertThat(err).isEmpty();
            assertThat(exitCode).as(out).isZero();
            return result().getAsJsonArray("after");
        }

        void failsWith(String message) {
            assertThat(exitCode).as(out).isEqualTo(1);
            assertThat(result().keySet()).containsExactly("name", "error");
            assertThat(result().get("error").getAsString()).contains(message);
        }
    }

    /** Here and nowhere else are the files that a test begins with. */
    @TempDir
    private Path folder;

    /** What should be there is written here. */
    @TempDir
    private Path saved;

    private final Scenario plain = scenario("dense-plain");
    private Path plainScenario;
    private Path plainWeights;
    private Path plainArchive;

    @BeforeEach
    void files_of_a_plain_model() throws IOException {
        plainScenario = write(plain.json());
        plainWeights = golden("dense-plain.weights.h5");
        plainArchive = golden("dense-plain.keras");
    }

    private static Scenario scenario(String name) {
        return GoldenScenarios.continued().stream()
                .filter(scenario -> scenario.initialState().orElseThrow().equals(name + ".weights.h5"))
                .findFirst()
                .orElseThrow();
    }

    private Path write(JsonObject scenario) throws IOException {
        return Files.writeString(folder.resolve("scenario.json"), scenario.toString());
    }

    private Path golden(String name) {
        return GoldenScenarios.kerasFile(name, folder);
    }

    private static List<Object> expected(Scenario scenario) {
        return ReplayBits.of(scenario.json().getAsJsonObject("expect").getAsJsonArray("after"));
    }

    @ParameterizedTest
    @CsvSource({"reference, fused", "reference, eager", "nd4j, fused", "nd4j, eager", "djl, fused", "djl, eager"})
    void goes_on_from_every_file_as_keras_did_and_saves_what_keras_had(String backend, String execution)
            throws IOException {
        List<Scenario> scenarios = GoldenScenarios.continued();
        assertThat(scenarios).hasSizeGreaterThanOrEqualTo(5);
        for (Scenario scenario : scenarios) {
            for (String ending : ENDINGS) {
                String name = scenario.initialState().orElseThrow().replace(".weights.h5", ending);
                Path file = golden(name);
                Path target = saved.resolve(name);

                Run run = Run.replay(
                        "--backend",
                        backend,
                        "--execution",
                        execution,
                        "--load",
                        file,
                        "--save",
                        target,
                        write(scenario.json()));

                assertThat(ReplayBits.of(run.after())).as(name).isEqualTo(expected(scenario));
                assertHasLast(scenario, target);
                assertElseUnchanged(scenario, file, target);
            }
        }
    }

    /** Where in a file the numbers of a scenario are; those of a loss scale's inner optimizer twice. */
    private static Map<String, JsonArray> last(Scenario scenario, List<String> paths) {
        JsonObject json = scenario.json();
        JsonArray after = json.getAsJsonObject("expect").getAsJsonArray("after");
        JsonObject last = after.get(after.size() - 1).getAsJsonObject();
        Map<String, JsonArray> arrays = new TreeMap<>();
        for (int i = 0; i < json.getAsJsonArray("variables").size(); i++) {
            JsonObject variable = json.getAsJsonArray("variables").get(i).getAsJsonObject();
            arrays.put(
                    variable.get("h5").getAsString(),
                    last.getAsJsonArray("variables").get(i).getAsJsonArray());
        }
        JsonArray state = last.getAsJsonArray("optimizer_variables");
        for (int i = 0; i < state.size(); i++) {
            arrays.put("optimizer/vars/" + i, state.get(i).getAsJsonArray());
        }
        for (int i = 4; i < state.size() && paths.contains("optimizer/inner_optimizer/vars/0"); i++) {
            arrays.put("optimizer/inner_optimizer/vars/" + (i - 4), state.get(i).getAsJsonArray());
        }
        return arrays;
    }

    private static List<String> paths(KerasFile file) {
        return file.arrays().stream().map(StoredArray::path).toList();
    }

    private static void assertHasLast(Scenario scenario, Path target) throws IOException {
        try (KerasFile file = KerasFile.open(target)) {
            Map<String, JsonArray> last = last(scenario, paths(file));
            assertThat(paths(file)).containsAll(last.keySet());
            assertThat(paths(file).stream().filter(path -> path.startsWith("optimizer/")))
                    .isSubsetOf(last.keySet());
            for (Map.Entry<String, JsonArray> array : last.entrySet()) {
                assertThat(ReplayBits.ofTensor(ScenarioTensor.writeAll(file.array(array.getKey()))))
                        .as(target.getFileName() + " " + array.getKey())
                        .isEqualTo(ReplayBits.ofTensor(array.getValue()));
            }
        }
    }

    /** With the old numbers again, in the arrays that may have others, it is the old file. */
    private void assertElseUnchanged(Scenario scenario, Path old, Path target) throws IOException {
        Path restored = saved.resolve("restored" + old.getFileName());
        try (KerasFile before = KerasFile.open(old);
                KerasFile after = KerasFile.open(target)) {
            KerasFileCopy copy = after.copy();
            for (String path : last(scenario, paths(before)).keySet()) {
                copy.array(path, before.array(path));
            }
            copy.writeTo(restored);
            assertThat(after.isArchive()).isEqualTo(before.isArchive());
            if (after.isArchive()) {
                assertSameEntries(old, restored);
                assertThat(List.copyOf(ZipEntries.of(target).keySet()))
                        .isEqualTo(List.copyOf(ZipEntries.of(old).keySet()));
            } else {
                assertThat(target).hasSize(Files.size(old));
                assertThat(restored).hasSameBinaryContentAs(old);
            }
        }
    }

    private static void assertSameEntries(Path one, Path other) throws IOException {
        Map<String, byte[]> expected = ZipEntries.of(one);
        Map<String, byte[]> entries = ZipEntries.of(other);
        assertThat(entries).containsOnlyKeys(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(entries.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void goes_on_from_the_file_that_the_scenario_names_beside_it() {
        assertThat(ReplayBits.of(Run.replay(plainScenario).after())).isEqualTo(expected(plain));
    }

    @Test
    void a_file_that_is_loaded_takes_the_place_of_the_one_that_the_scenario_names() throws IOException {
        JsonObject json = plain.json().deepCopy();
        json.addProperty("initial_state", "missing.weights.h5");
        Run run = Run.replay("--load", plainArchive, write(json));

        assertThat(ReplayBits.of(run.after())).isEqualTo(expected(plain));
    }

    @Test
    void a_scenario_that_names_no_file_can_be_given_one() throws IOException {
        JsonObject json = plain.json().deepCopy();
        json.remove("initial_state");

        assertThat(ReplayBits.of(Run.replay("--load", plainWeights, write(json)).after()))
                .isEqualTo(expected(plain));
    }

    @Test
    void what_the_scenario_names_is_what_a_copy_is_made_of() throws IOException {
        Path target = saved.resolve("copy.weights.h5");
        Run.replay("--save", target, plainScenario).after();

        assertHasLast(plain, target);
        assertElseUnchanged(plain, plainWeights, target);
    }

    @Test
    void the_loaded_file_itself_can_be_saved() throws IOException {
        for (Path file : List.of(plainWeights, plainArchive)) {
            Run.replay("--load", file, "--save", file, plainScenario).after();

            assertHasLast(plain, file);
        }
        assertThat(names(folder))
                .containsExactlyInAnyOrder("scenario.json", "dense-plain.weights.h5", "dense-plain.keras");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void of_an_archive_the_weights_alone_can_be_saved() throws IOException {
        Path target = saved.resolve("weights.weights.h5");
        Run.replay("--load", plainArchive, "--save", target, plainScenario).after();

        try (KerasFile file = KerasFile.open(target)) {
            assertThat(file.isArchive()).isFalse();
        }
        assertHasLast(plain, target);
    }

    /** A scenario without a file, and with a loss scale: its state is written twice. */
    @ParameterizedTest
    @ValueSource(strings = {"dense-plain", "dense-loss-scale", "batch-norm-ema"})
    void without_a_file_to_begin_with_a_new_one_is_written_from_which_a_run_goes_on(String name) throws IOException {
        JsonObject first = scenario(name).json().deepCopy();
        first.remove("initial_state");
        first.remove("expect");
        JsonObject both = first.deepCopy();
        both.getAsJsonArray("steps").addAll(first.getAsJsonArray("steps"));
        Path target = saved.resolve("new.weights.h5");

        List<Object> all = ReplayBits.of(Run.replay(write(both)).after());
        List<Object> beginning =
                ReplayBits.of(Run.replay("--save", target, write(first)).after());
        List<Object> rest =
                ReplayBits.of(Run.replay("--load", target, write(first)).after());

        beginning.addAll(rest);
        assertThat(beginning).isEqualTo(all);
    }

    @Test
    void a_new_file_is_for_variables_that_have_a_place_in_it() throws IOException {
        JsonObject json = plain.json().deepCopy();
        json.remove("initial_state");
        json.getAsJsonArray("variables").get(1).getAsJsonObject().remove("h5");

        Run.replay("--save", saved.resolve("new.weights.h5"), write(json))
                .failsWith("each variable must have an \"h5\", the path of its array there. Received: [");
        Run.replay("--load", plainWeights, write(json)).failsWith("each variable must have an \"h5\"");
        assertThat(saved).isEmptyDirectory();
    }

    @Test
    void an_archive_is_never_written_from_nothing() throws IOException {
        JsonObject json = plain.json().deepCopy();
        json.remove("initial_state");
        Path target = saved.resolve("new.keras");

        Run.replay("--load", plainWeights, "--save", target, plainScenario)
                .failsWith("A .keras file holds the model's configuration, which dense-plain.weights.h5 does not");
        Run.replay("--save", target, write(json))
                .failsWith("A .keras file holds the model's configuration, which is not here. Copy a .keras file");
        assertThat(saved).isEmptyDirectory();
    }

    /** As Keras does: it warns, and the optimizer begins anew. */
    @Test
    void a_state_of_another_optimizer_is_not_loaded() throws IOException {
        Scenario everything = scenario("dense-everything");
        Path target = saved.resolve("copy.weights.h5");

        Run run = Run.replay("--load", plainWeights, write(everything.json()));
        Run saving = Run.replay("--load", plainWeights, "--save", target, write(everything.json()));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("gradstep: ")
                .contains("21", "6");
        JsonObject first = run.result().getAsJsonArray("after").get(0).getAsJsonObject();
        assertThat(first.getAsJsonArray("optimizer_variables").get(0)).hasToString("[1]");
        saving.failsWith("The state has 21 arrays for 6 places");
        assertThat(saved).isEmptyDirectory();
    }

    @Test
    void a_file_of_another_model_is_refused() throws IOException {
        Path other = golden("two-inputs-momentum.weights.h5");
        JsonObject lacking = plain.json().deepCopy();
        lacking.getAsJsonArray("variables").get(0).getAsJsonObject().addProperty("h5", "layers/dense/vars/9");

        Run.replay("--load", other, plainScenario)
                .failsWith("The array layers/dense/vars/0 of the file must have the shape that the scenario says, "
                        + "(4, 8). Received: (3, 4)");
        Run.replay("--load", plainWeights, write(lacking))
                .failsWith("There is no array layers/dense/vars/9 in dense-plain.weights.h5");
    }

    @Test
    void a_file_that_is_missing_or_damaged_is_an_error() throws IOException {
        Path missing = folder.resolve("missing.weights.h5");
        for (Path file : List.of(plainWeights, plainArchive)) {
            byte[] bytes = Files.readAllBytes(file);
            Path half = folder.resolve("half-" + file.getFileName());
            Files.write(half, Arrays.copyOf(bytes, bytes.length / 2));
            Run.replay("--load", half, plainScenario).failsWith(half.getFileName() + ": ");
        }

        Run.replay("--load", missing, plainScenario).failsWith(missing.toString());
        Run.replay("--load", folder, plainScenario).failsWith(folder + " is a directory");
        Run.replay("--load", plainScenario, plainScenario).failsWith("scenario.json: ");
        Files.delete(plainWeights);
        Run.replay(plainScenario).failsWith(plainWeights.toString());
    }

    @Test
    void a_target_that_cannot_be_written_is_an_error_and_leaves_nothing() throws IOException {
        Path nowhere = saved.resolve("missing/new.weights.h5");
        for (Path file : List.of(plainWeights, plainArchive)) {
            Run.replay("--load", file, "--save", nowhere, plainScenario)
                    .failsWith("There is no directory " + nowhere.getParent() + ". Create it first");
            Run.replay("--load", file, "--save", saved, plainScenario)
                    .failsWith(saved + ": Is a directory. Name a file in it");
        }
        assertThat(saved).isEmptyDirectory();
        assertThat(names(folder)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--load", "--save"})
    void one_file_is_for_one_scenario(String option) {
        Run run = Run.replay(option, saved.resolve("x.weights.h5"), plainScenario, plainScenario);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualToIgnoringNewLines("gradstep: --load and --save need exactly one scenario. Received: 2");
        assertThat(saved).isEmptyDirectory();
    }
}
