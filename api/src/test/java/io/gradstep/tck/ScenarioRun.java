package io.gradstep.tck;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.keras.KerasFile;
import io.gradstep.keras.KerasFileCopy;
import io.gradstep.keras.WeightsFile;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Runs a scenario on a backend.
 *
 * @param <T> the tensor type
 */
public final class ScenarioRun<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final Scenario scenario;
    private final List<T> tensors = new ArrayList<>();
    private final List<TensorVariable<T>> variables = new ArrayList<>();
    private JsonObject exclusion;
    private Optimizer<T> optimizer;

    /** Hears what there is after a step. */
    public interface Listener {
        /**
         * Called after each step that the scenario reports.
         *
         * @param step the step's index, from 0
         * @param variables the model's variables, in the order of the scenario
         * @param optimizerVariables the optimizer's variables, in Keras's order
         */
        void after(int step, List<HostTensor> variables, List<HostTensor> optimizerVariables);
    }

    /**
     * Makes the variables and builds the optimizer.
     *
     * @param backend where to run; stays the caller's to close
     * @param scenario what to run; all of its values stand in it
     * @throws IllegalArgumentException if the scenario is not one that can be run, or begins with the state in a file
     */
    public ScenarioRun(Backend<T> backend, Scenario scenario) {
        this(backend, scenario, scenario.values());
        if (scenario.initialState().isPresent()) {
            throw new IllegalArgumentException("The scenario begins with the state in a file, "
                    + scenario.initialState().get() + ". Open it, and run the scenario from it");
        }
    }

    private ScenarioRun(Backend<T> backend, Scenario scenario, List<HostTensor> values) {
        this.backend = backend;
        this.scenario = scenario;
        List<VariableInfo> infos = scenario.infos();
        for (int i = 0; i < infos.size(); i++) {
            tensors.add(backend.tensor(values.get(i)));
            variables.add(backend.wrap(tensors.get(i), infos.get(i)));
        }
        exclusion = scenario.exclusion();
        optimizer = built(scenario.settings());
    }

    /**
     * Makes the variables with the values that they have in a file, builds the optimizer, and loads its state.
     *
     * @param <T> the tensor type
     * @param backend where to run; stays the caller's to close
     * @param scenario what to run
     * @param file of Keras's, in place of the scenario's own values; stays the caller's to close
     * @param warnings hears that the state in the file is not that of the scenario's optimizer, and was not loaded
     * @return the run, before its first step
     * @throws IllegalArgumentException if the scenario is not one that can be run, or not with this file
     * @throws IOException if the file cannot be read
     */
    public static <T> ScenarioRun<T> from(
            KerasFile file, Backend<T> backend, Scenario scenario, Consumer<String> warnings) throws IOException {
        List<HostTensor> values = new ArrayList<>();
        List<HostTensor> declared = scenario.values();
        for (String path : scenario.storedPaths()) {
            HostTensor like = declared.get(values.size());
            HostTensor stored = file.array(path);
            if (!stored.shape().equals(like.shape())) {
                throw new IllegalArgumentException("The array " + path + " of the file must have the shape that the "
                        + "scenario says, " + like.shape() + ". Received: " + stored.shape());
            }
            values.add(stored.cast(like.dtype()));
        }
        ScenarioRun<T> run = new ScenarioRun<>(backend, scenario, values);
        try {
            run.optimizer.onWarning(warnings);
            run.optimizer.loadOwnVariables(file.optimizerState());
            run.optimizer.onWarning(warning -> {});
            return run;
        } catch (IOException | RuntimeException e) {
            run.close();
            throw e;
        }
    }

    /**
     * Writes what there is: into a copy of a file, or into a new file of weights.
     *
     * @param file of Keras's; null for a new one
     * @param target where to
     * @throws IllegalArgumentException if the file does not have these variables or this state, or if the scenario does
     *     not say where the variables go
     * @throws IOException if that fails
     */
    public void save(KerasFile file, Path target) throws IOException {
        List<String> paths = scenario.storedPaths();
        List<HostTensor> values = read(variables);
        OptimizerState state = optimizer.saveOwnVariables();
        if (file == null) {
            WeightsFile created = new WeightsFile();
            IntStream.range(0, paths.size()).forEach(i -> created.array(paths.get(i), values.get(i)));
            created.optimizer(scenario.settings(), state).writeTo(target);
        } else {
            KerasFileCopy copy = file.copy().optimizerState(state);
            IntStream.range(0, paths.size()).forEach(i -> copy.array(paths.get(i), values.get(i)));
            copy.writeTo(target);
        }
    }

    private Optimizer<T> built(Settings settings) {
        Optimizer<T> made = settings.on(backend);
        made.onWarning(warning -> {});
        exclude(made);
        made.build(variables);
        return made;
    }

    private void exclude(Optimizer<T> target) {
        if (exclusion != null) {
            target.excludeFromWeightDecay(
                    strings(exclusion, "var_list").stream().map(this::byPath).toList(),
                    strings(exclusion, "var_names"));
        }
    }

    private static List<String> strings(JsonObject object, String key) {
        JsonElement strings = object.get(key);
        return strings == null || strings.isJsonNull()
                ? List.of()
                : Scenario.stream(strings.getAsJsonArray())
                        .map(JsonElement::getAsString)
                        .toList();
    }

    private TensorVariable<T> byPath(String path) {
        return variables.stream()
                .filter(variable -> variable.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The scenario has no variable \"" + path + "\""));
    }

    /**
     * The paths of the optimizer's variables.
     *
     * @return the paths, in Keras's order
     */
    public List<String> optimizerVariableNames() {
        return optimizer.variables().stream().map(TensorVariable::path).toList();
    }

    /**
     * Takes all steps.
     *
     * @param listener hears what there is after them
     */
    public void run(Listener listener) {
        List<JsonObject> steps = scenario.steps();
        for (int step = 0; step < steps.size(); step++) {
            take(steps.get(step));
            if (scenario.reports(step)) {
                listener.after(step, read(variables), read(optimizer.variables()));
            }
        }
    }

    private List<HostTensor> read(List<TensorVariable<T>> list) {
        return list.stream().map(variable -> backend.read(variable.value())).toList();
    }

    private void take(JsonObject step) {
        if (step.has("grads")) {
            apply(step);
        } else if (step.has("set_learning_rate")) {
            setLearningRate(step.get("set_learning_rate"));
        } else if (step.has("finalize_variable_values")) {
            optimizer.finalizeVariableValues(variables);
        } else if (step.has("exclude_from_weight_decay")) {
            exclusion = step.getAsJsonObject("exclude_from_weight_decay");
            exclude(optimizer);
        } else if (step.has("save_load")) {
            saveAndLoad();
        } else if (step.has("set_weights")) {
            setWeights(step.getAsJsonArray("set_weights"));
        } else {
            throw new IllegalArgumentException("A scenario has no such step: " + step);
        }
    }

    private void apply(JsonObject step) {
        List<TensorVariable<T>> targets = step.has("variables")
                ? strings(step, "variables").stream().map(this::byPath).toList()
                : variables;
        JsonArray values = step.getAsJsonArray("grads");
        if (values.size() != targets.size()) {
            throw new IllegalArgumentException("A step must have one gradient for each variable, or null. Received: "
                    + values.size() + " gradients for " + targets.size() + " variables");
        }
        List<T> gradients = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            JsonElement value = values.get(i);
            gradients.add(value.isJsonNull() ? null : tensor(value, targets.get(i)));
        }
        optimizer.apply(gradients, targets);
    }

    private T tensor(JsonElement values, TensorVariable<T> variable) {
        return backend.tensor(ScenarioTensor.parse(values, variable.shape(), variable.dtype()));
    }

    private void setLearningRate(JsonElement rate) {
        if (rate.isJsonObject()) {
            optimizer.setLearningRate(Scenario.reader().schedule(Scenario.map(rate)));
        } else {
            optimizer.setLearningRate(rate.getAsDouble());
        }
    }

    private void saveAndLoad() {
        OptimizerState state = optimizer.saveOwnVariables();
        Map<String, Object> config = optimizer.getConfig();
        optimizer.close();
        optimizer = built(scenario.settingsFromJson(config));
        optimizer.loadOwnVariables(state);
    }

    private void setWeights(JsonArray weights) {
        List<TensorVariable<T>> targets = optimizer.variables();
        optimizer.setWeights(IntStream.range(0, Math.min(weights.size(), targets.size()))
                .mapToObj(i -> tensor(weights.get(i), targets.get(i)))
                .toList());
    }

    /** Frees the optimizer's state. */
    @Override
    public void close() {
        optimizer.close();
    }
}
