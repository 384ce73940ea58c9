package io.gradstep.tck;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Runs a scenario on a backend and holds every number against Keras's. */
final class GoldenRun<T> {
    private final Backend<T> backend;
    private final GoldenScenario scenario;
    private final Allowance allowance;
    private final List<TensorVariable<T>> variables;

    GoldenRun(Backend<T> backend, GoldenScenario scenario, Allowance allowance) {
        this.backend = backend;
        this.scenario = scenario;
        this.allowance = allowance;
        List<VariableInfo> infos = scenario.infos();
        List<HostTensor> values = scenario.values();
        this.variables = IntStream.range(0, infos.size())
                .mapToObj(i -> backend.wrap(backend.tensor(values.get(i)), infos.get(i)))
                .toList();
    }

    void run() {
        try (Optimizer<T> optimizer = scenario.settings().on(backend)) {
            optimizer.build(variables);
            assertThat(optimizer.variables())
                    .extracting(TensorVariable::path)
                    .containsExactlyElementsOf(scenario.expectedNames());
            List<JsonObject> steps = scenario.steps();
            for (int i = 0; i < steps.size(); i++) {
                apply(optimizer, steps.get(i));
                JsonObject expected = scenario.expectedAfter(i);
                if (expected != null) {
                    compare("after step " + i, expected.getAsJsonArray("variables"), variables);
                    compare("after step " + i, expected.getAsJsonArray("optimizer_variables"), optimizer.variables());
                }
            }
        }
    }

    private void apply(Optimizer<T> optimizer, JsonObject step) {
        List<TensorVariable<T>> targets = targets(step);
        List<T> gradients = new ArrayList<>();
        JsonArray grads = step.getAsJsonArray("grads");
        for (int i = 0; i < grads.size(); i++) {
            JsonElement gradient = grads.get(i);
            Shape shape = targets.get(i).shape();
            gradients.add(gradient.isJsonNull() ? null : backend.tensor(GoldenTensor.parse(gradient, shape)));
        }
        optimizer.apply(gradients, targets);
    }

    private List<TensorVariable<T>> targets(JsonObject step) {
        if (!step.has("variables")) {
            return variables;
        }
        List<TensorVariable<T>> targets = new ArrayList<>();
        step.getAsJsonArray("variables").forEach(path -> targets.add(byPath(path.getAsString())));
        return targets;
    }

    private TensorVariable<T> byPath(String path) {
        return variables.stream()
                .filter(variable -> variable.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private void compare(String when, JsonArray expected, List<TensorVariable<T>> actual) {
        assertThat(actual).as("variables %s", when).hasSize(expected.size());
        for (int i = 0; i < actual.size(); i++) {
            TensorVariable<T> variable = actual.get(i);
            String what = scenario + " " + when + ", " + variable.path();
            GoldenTensor.assertEqual(what, expected.get(i), backend.read(variable.value()), allowance);
        }
    }
}
