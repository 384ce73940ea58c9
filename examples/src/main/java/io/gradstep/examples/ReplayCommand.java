package io.gradstep.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gradstep.examples.bench.StepExecution;
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

    @Parameters(paramLabel = "SCENARIO", arity = "1..*", description = "Scenario files.")
    private List<String> files;

    @Override
    public Integer call() {
        ensureBackend();
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

    /** The result, or what is wrong with the scenario. */
    private JsonObject replay(String file) {
        Scenario scenario = null;
        try {
            scenario = Scenario.parse(Files.readString(Path.of(file)));
            // A backend of its own for each: some free tensors only with the backend.
            try (Backend<?> opened = Backends.open(backend, execution.options())) {
                return run(opened, scenario);
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
        if (e instanceof IOException) {
            return "The file cannot be read: " + e;
        }
        boolean isRefusal = e instanceof IllegalArgumentException || e instanceof IllegalStateException;
        return isRefusal ? e.getMessage() : e.toString();
    }

    private static <T> JsonObject run(Backend<T> backend, Scenario scenario) {
        try (ScenarioRun<T> run = new ScenarioRun<>(backend, scenario)) {
            JsonArray names = new JsonArray();
            run.optimizerVariableNames().forEach(names::add);
            JsonArray after = new JsonArray();
            run.run((step, variables, optimizerVariables) -> {
                JsonObject state = new JsonObject();
                state.add("variables", tensors(variables));
                state.add("optimizer_variables", tensors(optimizerVariables));
                after.add(state);
            });
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
