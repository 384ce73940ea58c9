package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.Bits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A plain optimizer on the reference backend for a copy of a model's parameters, which is fed the gradients that DJL has.
 * It is built once, for all that is initialized; what is frozen is put back after each step.
 */
final class ReferenceTwin implements AutoCloseable {
    private final Settings settings;
    private final Model model;
    private final Backend<HostTensor> backend = new ReferenceProvider().open();
    private final Optimizer<HostTensor> optimizer;
    private final Map<String, TensorVariable<HostTensor>> variables = new LinkedHashMap<>();
    /** What was seen unfrozen: the drop-in has state of that alone. */
    private final Set<String> joined = new HashSet<>();

    private final List<String> warnings = new ArrayList<>();

    /** A twin of a model with at least one parameter that is initialized. */
    ReferenceTwin(Settings settings, Model model) {
        this.settings = settings;
        this.model = model;
        this.optimizer = settings.on(backend);
        optimizer.onWarning(warnings::add);
        parameters(model).forEach((path, parameter) -> {
            if (parameter.isInitialized()) {
                HostTensor values = TestModel.read(parameter.getArray());
                variables.put(path, backend.wrap(values, new VariableInfo(path, parameter.getName())));
            }
        });
        optimizer.build(List.copyOf(variables.values()));
    }

    /** A twin of the model as it is now, with the state of this one where the path is the same; in place of this one. */
    ReferenceTwin successor() {
        try (this) {
            Map<String, NamedArray> former = new HashMap<>();
            state().arrays().forEach(array -> former.put(array.name(), array));
            ReferenceTwin successor = new ReferenceTwin(settings, model);
            successor.joined.addAll(joined);
            successor.joined.removeIf(path -> !hasShapeOf(successor, path));
            successor.optimizer.loadOwnVariables(new OptimizerState(
                    successor.optimizer.saveOwnVariables().arrays().stream()
                            .map(array -> orFormer(array, former.get(array.name())))
                            .toList()));
            return successor;
        }
    }

    private boolean hasShapeOf(ReferenceTwin other, String path) {
        TensorVariable<HostTensor> theirs = other.variables.get(path);
        return variables.containsKey(path)
                && theirs != null
                && theirs.shape().equals(variables.get(path).shape());
    }

    private static NamedArray orFormer(NamedArray array, NamedArray former) {
        boolean fits =
                former != null && former.values().shape().equals(array.values().shape());
        return fits ? former : array;
    }

    /** By path, but for the running numbers of batch normalization; what a block has under two names, under the first. */
    private static Map<String, Parameter> parameters(Model model) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        Set<String> ids = new HashSet<>();
        model.getBlock().getParameters().forEach(pair -> {
            Parameter.Type type = pair.getValue().getType();
            boolean isRunning = type == Parameter.Type.RUNNING_MEAN || type == Parameter.Type.RUNNING_VAR;
            if (!isRunning && ids.add(pair.getValue().getId())) {
                parameters.put(path(pair.getKey(), pair.getValue().getName()), pair.getValue());
            }
        });
        return parameters;
    }

    private static String path(String key, String name) {
        String block = key.substring(0, key.length() - name.length());
        return block.isEmpty() ? name : block.substring(0, block.length() - 1) + "/" + name;
    }

    Optimizer<HostTensor> optimizer() {
        return optimizer;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Takes a step with the gradients of all that is not frozen. */
    void step() {
        step(parameter -> true);
    }

    /** Takes a step with the gradients of some, if they are not frozen. */
    void step(Predicate<Parameter> isStepped) {
        List<TensorVariable<HostTensor>> stepped = new ArrayList<>();
        List<HostTensor> gradients = new ArrayList<>();
        parameters(model).forEach((path, parameter) -> {
            if (isTrainable(path, parameter) && isStepped.test(parameter)) {
                stepped.add(variables.get(path));
                gradients.add(gradient(parameter));
            }
        });
        join();
        sparingWhatIsFrozen(() -> optimizer.apply(gradients, stepped));
    }

    void finalizeVariableValues() {
        sparingWhatIsFrozen(() -> optimizer.finalizeVariableValues(List.copyOf(variables.values())));
    }

    private void join() {
        parameters(model).forEach((path, parameter) -> {
            if (isTrainable(path, parameter) && joined.add(path) && optimizer.iterations() > 0) {
                beginAverage(path);
            }
        });
    }

    /** Else the first average would be next to nothing: Keras has no parameter that joins later. */
    private void beginAverage(String path) {
        String name = path.replace('/', '_') + "_average";
        optimizer.variables().stream()
                .filter(variable -> variable.name().equals(name))
                .forEach(
                        average -> optimizer.assign(average, variables.get(path).value()));
    }

    private boolean isTrainable(String path, Parameter parameter) {
        return parameter.requiresGradient() && variables.containsKey(path);
    }

    private void sparingWhatIsFrozen(Runnable step) {
        Map<TensorVariable<HostTensor>, HostTensor> before = new HashMap<>();
        parameters(model).forEach((path, parameter) -> {
            if (variables.containsKey(path) && !parameter.requiresGradient()) {
                before.put(variables.get(path), variables.get(path).value().copy());
                ofOptimizer(path)
                        .forEach(state -> before.put(state, state.value().copy()));
            }
        });
        step.run();
        before.forEach(backend::write);
    }

    private List<TensorVariable<HostTensor>> ofOptimizer(String path) {
        return optimizer.variables().stream()
                .filter(variable -> isOf(variable.path(), path))
                .toList();
    }

    /** {@code rmsprop/01Linear_weight_velocity} is of {@code 01Linear/weight}. */
    private static boolean isOf(String state, String path) {
        return state.substring(state.indexOf('/') + 1).startsWith(path.replace('/', '_') + "_");
    }

    private static HostTensor gradient(Parameter parameter) {
        try (NDArray gradient = Torch.gradient(parameter.getArray())) {
            if (gradient == null) {
                return null;
            }
            try (NDArray dense = gradient.toDense()) {
                return TestModel.read(dense);
            }
        }
    }

    private OptimizerState state() {
        return new OptimizerState(optimizer.saveOwnVariables().arrays().stream()
                .filter(array -> variables.keySet().stream()
                        .noneMatch(path -> !joined.contains(path) && isOf(array.name(), path)))
                .toList());
    }

    // ---- comparing

    /** Parameters and state are the same, and the gradients that DJL has are spent. */
    void assertStepped(String when, GradstepOptimizer actual) {
        assertSame(when, actual);
        parameters(model).forEach((path, parameter) -> {
            HostTensor gradient = isTrainable(path, parameter) ? gradient(parameter) : null;
            if (gradient != null) {
                HostTensor zeros = HostTensor.filled(gradient.dtype(), gradient.shape(), 0);
                Bits.assertEqual("gradient of " + path + " " + when, zeros, gradient);
            }
        });
    }

    /** Parameters and state are the same. */
    void assertSame(String when, GradstepOptimizer actual) {
        Map<String, HostTensor> expected = new LinkedHashMap<>();
        variables.forEach((path, variable) -> expected.put(path, variable.value()));
        join();
        Bits.assertEqual(when, expected, values(model));
        Bits.assertEqual(when, state(), actual.state());
        assertThat(actual.iterations()).as("iterations %s", when).isEqualTo(optimizer.iterations());
        assertThat(actual.learningRate()).as("learning rate %s", when).isEqualTo(optimizer.learningRate());
    }

    /** Copies of all that is initialized, frozen or not. */
    static Map<String, HostTensor> values(Model model) {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        parameters(model).forEach((path, parameter) -> {
            if (parameter.isInitialized()) {
                values.put(path, TestModel.read(parameter.getArray()));
            }
        });
        return values;
    }

    @Override
    public void close() {
        optimizer.close();
        backend.close();
    }
}
