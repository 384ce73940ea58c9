package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an optimizer does with the variables of its own, whatever its steps are: adds and names them, assigns, saves and
 * loads them, lends their places to others for a stateless step, and closes them.
 */
abstract sealed class BaseOptimizer<T> implements Optimizer<T> permits RuleOptimizer, LossScaleOptimizer {
    final Backend<T> backend;
    final Checks<T> checks;
    final OwnVariables<T> own;
    private final String name;
    private final Assigner<T> assigner;
    private Consumer<String> warnings = logOnce();
    private boolean closed;

    BaseOptimizer(String name, Backend<T> backend) {
        this.name = name;
        this.backend = Objects.requireNonNull(backend, "backend");
        this.checks = new Checks<>(backend);
        this.assigner = new Assigner<>(backend);
        this.own = new OwnVariables<>(backend, name);
    }

    /** Each text once, as Python does: a frozen layer would fill the log. */
    private static Consumer<String> logOnce() {
        Set<String> logged = new HashSet<>();
        return warning -> {
            if (logged.add(warning)) {
                System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning);
            }
        };
    }

    /** The same optimizer with other variables in the places of its own. */
    BaseOptimizer(BaseOptimizer<T> original, StandIns<T> standIns) {
        this.name = original.name;
        this.backend = original.backend;
        this.checks = original.checks;
        this.assigner = original.assigner;
        this.own = original.own.on(standIns);
        this.warnings = original.warnings;
    }

    /** The same optimizer with other variables in the places of its own and the model's. */
    abstract BaseOptimizer<T> on(StandIns<T> standIns);

    /** The variables that it was built for. */
    abstract List<TensorVariable<T>> modelVariables();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final StatelessResult<T> statelessApply(
            List<T> optimizerVariables, List<T> gradients, List<T> trainableVariables) {
        ensureBuilt("statelessApply");
        Objects.requireNonNull(gradients, "The list of gradients is null");
        checks.values("optimizerVariables", optimizerVariables, variables());
        checks.values("trainableVariables", trainableVariables, modelVariables());
        List<TensorVariable<T>> variables = variables();
        variables.addAll(modelVariables());
        List<T> values = new ArrayList<>(optimizerVariables);
        values.addAll(trainableVariables);
        try (StandIns<T> standIns = StandIns.of(backend, variables, values)) {
            on(standIns).apply(gradients);
            return new StatelessResult<>(standIns.values(modelVariables()), standIns.values(variables()));
        }
    }

    // ---- variables of the optimizer's own

    @Override
    public List<TensorVariable<T>> variables() {
        ensureOpen();
        return own.list();
    }

    @Override
    public final TensorVariable<T> addVariable(Shape shape, DType dtype, double initial, String variableName) {
        ensureOpen();
        return own.add(shape, dtype, initial, variableName);
    }

    @Override
    public final TensorVariable<T> addVariable(HostTensor initial, String variableName) {
        ensureOpen();
        return own.add(initial, variableName);
    }

    @Override
    public final TensorVariable<T> addVariableFromReference(
            TensorVariable<T> reference, String variableName, double initial) {
        ensureOpen();
        checks.variable(reference);
        return own.addLike(reference, variableName, initial);
    }

    @Override
    public final List<List<TensorVariable<T>>> addOptimizerVariables(
            List<TensorVariable<T>> references, List<String> names, List<Double> initials) {
        ensureOpen();
        references.forEach(checks::variable);
        return own.addLike(references, names, initials);
    }

    // ---- assigning

    @Override
    public final void assign(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN, variable, value);
    }

    @Override
    public final void assignAdd(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN_ADD, variable, value);
    }

    @Override
    public final void assignSub(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN_SUB, variable, value);
    }

    // ---- state

    @Override
    public final OptimizerState saveOwnVariables() {
        return new OptimizerState(variables().stream()
                .map(variable -> new NamedArray(variable.path(), assigner.read(variable)))
                .toList());
    }

    @Override
    public final void loadOwnVariables(OptimizerState state) {
        List<TensorVariable<T>> variables = variables();
        Objects.requireNonNull(state, "The state is null");
        List<HostTensor> values =
                state.arrays().stream().map(NamedArray::values).toList();
        if (values.size() != variables.size()) {
            warn("Skipping variable loading for optimizer '" + name + "', because it has " + variables.size()
                    + " variables whereas the saved optimizer has " + values.size() + " variables.");
        } else {
            assigner.setAll(variables, values);
        }
    }

    /** Of its own variables only: a loss scale leaves those of the inner optimizer alone, as in Keras. */
    @Override
    public final void setWeights(List<T> weights) {
        ensureBuilt("setWeights");
        assigner.setAll(own.list(), checks.weights(weights, own.list()));
    }

    // ---- the rest

    @Override
    public final Map<String, Execution> execution() {
        ensureBuilt("execution");
        Map<String, Execution> executions = new LinkedHashMap<>();
        modelVariables().forEach(variable -> executions.put(variable.path(), backend.execution(variable)));
        return executions;
    }

    @Override
    public void onWarning(Consumer<String> listener) {
        ensureOpen();
        warnings = Objects.requireNonNull(listener, "The listener is null");
    }

    final void warn(String warning) {
        warnings.accept(warning);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            own.close();
        }
    }

    /** Rules can be run on them, and they are the model's: state that trained itself would be stored twice. */
    final void checkTrainable(List<TensorVariable<T>> modelVariables) {
        checks.trainable(modelVariables);
        List<TensorVariable<T>> owned = variables();
        for (TensorVariable<T> variable : modelVariables) {
            if (owned.contains(variable)) {
                throw new IllegalArgumentException("The variable " + variable.path() + " is the optimizer's own. Pass "
                        + "variables of the model");
            }
        }
    }

    final void ensureBuilt(String call) {
        if (!built()) {
            throw new IllegalStateException("The optimizer " + name + " is not built, so it does not know its "
                    + "variables, but " + call + " needs them. Call build(variables) first");
        }
    }

    final void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("The optimizer " + name + " is closed. Make a new one of its settings");
        }
    }
}
