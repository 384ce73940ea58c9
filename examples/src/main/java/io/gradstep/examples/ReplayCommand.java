package io.gradstep.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileException;
import io.gradstep.ops.Backend;
import io.gradstep.ops.Backends;
import io.gradstep.ops.HostTensor;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioRun;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replay}: what an optimizer makes of a recorded run, to be held against what Keras made of it. */
@Command(
        name = "replay",
        description = "Runs scenario files, as golden/README.md describes them, and prints for each one line of JSON: "
                + "what variables and optimizer hold after each step.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "ID",
            defaultValue = "reference",
            description = "The library to run on: reference, nd4j or djl.")
    private String backend;

    @Option(
            names = "--execution",
            paramLabel = "HOW",
            defaultValue = "fused",
            description = "How steps are run: fused (all operations in one pass over memory), eager (each as a call of "
                    + "the library).")
    private StepExecution execution;

    @Option(
            names = "--load",
            paramLabel = "FILE",
            description = "A .weights.h5 or .keras file to begin with, in place of the one that the scenario names.")
    private Path load;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Where to write what there is after the last step: a copy of the file that was loaded, or, "
                    + "where none was, a new .weights.h5.")
    private Path save;

    @Parameters(paramLabel = "SCENARIO", arity = "1..*", description = "Scenario files.")
    private List<String> files;

    @Override
    public Integer call() {
        ensureBackend();
        ensureOneScenario();
        PrintWriter out = spec.commandLine().getOut();
        boolean allRan = true;
        for (String file : files) {
            JsonObject result = replay(file);
            out.println(GSON.toJson(result));
            allRan &= !result.has("error");
        }
        return allRan ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void ensureBackend() {
        if (!Backends.ids().contains(backend)) {
            throw new UserError("There is no backend \"" + backend + "\". Choose among " + Backends.ids());
        }
    }

    private void ensureOneScenario() {
        if ((load != null || save != null) && files.size() != 1) {
            throw new UserError("--load and --save need exactly one scenario. Received: " + files.size());
        }
    }

    /** The result, or what is wrong with the scenario. */
    private JsonObject replay(String file) {
        Scenario scenario = null;
        try {
            scenario = Scenario.parse(Files.readString(Path.of(file)));
            // A backend of its own for each: some free tensors only with the backend.
            try (Backend<?> opened = Backends.open(backend, execution.options());
                    KerasFile begin = begin(scenario, Path.of(file))) {
                return run(opened, scenario, begin);
            }
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            // Native code that is missing or does not suit the machine is an error of the scenario too.
            JsonObject error = new JsonObject();
            error.addProperty("name", scenario == null ? file : scenario.name());
            error.addProperty("error", message(e));
            return error;
        }
    }

    /** What was refused says so itself; what merely went wrong is named too. */
    private static String message(Throwable e) {
        if (e instanceof IOException && !(e instanceof KerasFileException)) {
            return "A file cannot be read or written: " + e;
        }
        boolean isRefusal = e instanceof KerasFileException
                || e instanceof IllegalArgumentException
                || e instanceof IllegalStateException;
        return isRefusal ? e.getMessage() : e.toString();
    }

    /** The file to begin with; null where the scenario has all values itself. */
    private KerasFile begin(Scenario scenario, Path scenarioFile) throws IOException {
        Path beside = scenario.initialState().map(scenarioFile::resolveSibling).orElse(null);
        Path file = load == null ? beside : load;
        return file == null ? null : KerasFile.open(file);
    }

    private <T> JsonObject run(Backend<T> backend, Scenario scenario, KerasFile begin) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        try (ScenarioRun<T> run = begin == null
                ? new ScenarioRun<>(backend, scenario)
                : ScenarioRun.from(begin, backend, scenario, warning -> err.println("gradstep: " + warning))) {
            JsonArray names = new JsonArray();
            run.optimizerVariableNames().forEach(names::add);
            JsonArray after = new JsonArray();
            run.run((step, variables, optimizerVariables) -> {
                JsonObject state = new JsonObject();
                state.add("variables", tensors(variables));
                state.add("optimizer_variables", tensors(optimizerVariables));
                after.add(state);
            });
            if (save != null) {
                run.save(begin, save);
            }
            JsonObject result = new JsonObject();
            result.addProperty("name", scenario.name());
            result.addProperty("backend", backend.id());
            result.add("optimizer_variable_names", names);
            result.add("after", after);
            return result;
        }
    }

    private static JsonArray tensors(List<HostTensor> tensors) {
        JsonArray array = new JsonArray();
        tensors.forEach(tensor -> array.add(ScenarioTensor.write(tensor)));
        return array;
    }
}
