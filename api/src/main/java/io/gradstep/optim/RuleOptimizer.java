package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The optimizer around one rule: {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1. */
final class RuleOptimizer<T> implements Optimizer<T> {
    private final String name;
    private final UpdateRule rule;
    private final Backend<T> backend;
    private final Checks<T> checks;
    private final HostScalar<T> iteration;
    private final HostScalar<T> learningRate;
    private final List<TensorVariable<T>> variables = new ArrayList<>();
    private Consumer<String> warnings =
            warning -> System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning);
    /** Null before {@code build}. */
    private Built<T> built;

    private boolean closed;

    RuleOptimizer(Settings settings, Backend<T> backend) {
        this.name = settings.name();
        this.rule = settings.rule();
        this.backend = Objects.requireNonNull(backend, "backend");
        this.checks = new Checks<>(backend);
        this.iteration = new HostScalar<>(backend, own("iteration"), DType.INT32, 0);
        this.learningRate = new HostScalar<>(backend, own("learning_rate"), DType.FLOAT32, settings.learningRate());
        variables.add(iteration);
        variables.add(learningRate);
    }

    @Override
    public String name() {
        return name;
    }

    // ---- building

    @Override
    public boolean built() {
        ensureOpen();
        return built != null;
    }

    @Override
    public void build(List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        if (built == null) {
            checks.variables(modelVariables);
            modelVariables.forEach(checks::trainable);
            makeState(modelVariables);
        }
    }

    private void makeState(List<TensorVariable<T>> modelVariables) {
        built = Built.of(backend, name, rule, modelVariables, this::input);
        variables.addAll(built.state());
    }

    private void undoBuild() {
        variables.removeAll(built.state());
        built.close();
        built = null;
    }

    private double input(String input) {
        return input.equals(UpdateRule.LEARNING_RATE) ? learningRate() : rule.input(input, iterations());
    }

    // ---- stepping

    @Override
    public void apply(List<T> gradients) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        if (gradients.isEmpty()) {
            return;
        }
        if (built == null) {
            throw new IllegalStateException("The optimizer " + name + " is not built, so it does not know its "
                    + "variables. Call build(variables) first, or apply(gradients, variables)");
        }
        apply(gradients, built.variables());
    }

    @Override
    public void apply(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        if (gradients.isEmpty()) {
            return;
        }
        checks.variables(modelVariables);
        if (built == null) {
            modelVariables.forEach(checks::trainable);
        } else {
            modelVariables.forEach(this::checkIsKnown);
        }
        checks.gradients(gradients, modelVariables);
        List<GradientAndVariable<T>> present = withoutMissing(gradients, modelVariables);
        if (built == null) {
            buildAndStep(modelVariables, present);
        } else {
            step(present);
        }
    }

    @Override
    public long applyGradients(List<GradientAndVariable<T>> pairs) {
        ensureOpen();
        Objects.requireNonNull(pairs, "The list of pairs is null");
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException(
                    "applyGradients needs at least one gradient with its variable. " + "Received: an empty list");
        }
        if (pairs.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("A pair is null. Pass a pair with a null gradient for a variable "
                    + "that has none. Received: " + pairs);
        }
        // Not stream().toList() for the gradients alone: some may be null.
        List<T> gradients = new ArrayList<>();
        pairs.forEach(pair -> gradients.add(pair.gradient()));
        apply(gradients, pairs.stream().map(GradientAndVariable::variable).toList());
        return iterations();
    }

    private void checkIsKnown(TensorVariable<T> variable) {
        if (!built.updates().containsKey(variable)) {
            throw new IllegalArgumentException("Unknown variable: " + variable + ". The optimizer " + name
                    + " can only be called for the variables it was built with: "
                    + built.variables().stream().map(TensorVariable::path).toList()
                    + ". Wrap each tensor once and keep the variable; for other tensors make another optimizer");
        }
    }

    private List<GradientAndVariable<T>> withoutMissing(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        List<GradientAndVariable<T>> present = IntStream.range(0, gradients.size())
                .filter(i -> gradients.get(i) != null)
                .mapToObj(i -> new GradientAndVariable<>(gradients.get(i), modelVariables.get(i)))
                .toList();
        List<String> missing = IntStream.range(0, gradients.size())
                .filter(i -> gradients.get(i) == null)
                .mapToObj(i -> modelVariables.get(i).path())
                .toList();
        if (present.isEmpty()) {
            throw new IllegalArgumentException(
                    "No gradients provided for any variable. Received null for all of " + missing);
        }
        if (!missing.isEmpty()) {
            warnings.accept("Gradients do not exist for variables " + missing
                    + " when minimizing the loss. This step leaves them out");
        }
        return present;
    }

    private void buildAndStep(List<TensorVariable<T>> modelVariables, List<GradientAndVariable<T>> present) {
        makeState(modelVariables);
        try {
            step(present);
        } catch (RuntimeException | Error e) {
            undoBuild();
            throw e;
        }
    }

    private void step(List<GradientAndVariable<T>> present) {
        List<Update<T>> updates = present.stream()
                .map(pair -> built.updates().get(pair.variable()))
                .toList();
        try {
            present.forEach(pair -> built.updates().get(pair.variable()).setGradient(pair.gradient()));
            backend.run(updates);
        } finally {
            // Else a gradient would stay in memory until the next step.
            updates.forEach(update -> update.setGradient(null));
        }
        iteration.set(iteration.number() + 1);
    }

    // ---- counter and learning rate

    @Override
    public long iterations() {
        ensureOpen();
        return (long) iteration.number();
    }

    @Override
    public double learningRate() {
        ensureOpen();
        return learningRate.number();
    }

    @Override
    public void setLearningRate(double rate) {
        ensureOpen();
        learningRate.set(rate);
    }

    // ---- variables of the optimizer's own

    @Override
    public List<TensorVariable<T>> variables() {
        ensureOpen();
        return new ArrayList<>(variables);
    }

    @Override
    public TensorVariable<T> addVariable(Shape shape, DType dtype, double initial, String variableName) {
        ensureOpen();
        String given = Names.withoutSlash(variableName == null ? Names.automatic("variable") : variableName);
        return add(backend.variable(own(given), dtype, shape, initial));
    }

    @Override
    public TensorVariable<T> addVariableFromReference(
            TensorVariable<T> reference, String variableName, double initial) {
        ensureOpen();
        checks.variable(reference);
        String kind = Names.withoutSlash(variableName == null || variableName.isEmpty() ? "var" : variableName);
        return add(backend.state(reference, own(Names.state(reference.path(), kind)), initial));
    }

    private TensorVariable<T> add(TensorVariable<T> variable) {
        variables.add(variable);
        return variable;
    }

    private VariableInfo own(String ownName) {
        return new VariableInfo(Names.path(name, ownName), ownName);
    }

    // ---- assigning

    @Override
    public void assign(TensorVariable<T> variable, T value) {
        assign(Assignment.ASSIGN, variable, value);
    }

    @Override
    public void assignAdd(TensorVariable<T> variable, T value) {
        assign(Assignment.ASSIGN_ADD, variable, value);
    }

    @Override
    public void assignSub(TensorVariable<T> variable, T value) {
        assign(Assignment.ASSIGN_SUB, variable, value);
    }

    private void assign(Assignment assignment, TensorVariable<T> variable, T value) {
        ensureOpen();
        checks.variable(variable);
        checks.value(value, variable);
        if (!variable.dtype().isFloating() || variable instanceof HostScalar<T>) {
            assignOnHost(assignment, variable, value);
        } else if (backend.dtype(value) == variable.dtype()) {
            run(assignment, variable, value);
        } else {
            try (TensorVariable<T> cast = backend.state(variable, own("cast"), 0)) {
                backend.write(cast, backend.read(value).cast(variable.dtype()));
                run(assignment, variable, cast.value());
            }
        }
    }

    private void run(Assignment assignment, TensorVariable<T> variable, T value) {
        Update<T> update = new Update<>(assignment, variable, List.of(), this::input);
        update.setGradient(value);
        backend.run(List.of(update));
    }

    private void assignOnHost(Assignment assignment, TensorVariable<T> variable, T value) {
        HostTensor cast = backend.read(value).cast(variable.dtype());
        if (variable instanceof HostScalar<T> scalar) {
            scalar.set(assignment.applyTo(scalar.number(), cast.get(0)));
        } else {
            HostTensor result = backend.read(variable.value());
            for (int i = 0; i < result.length(); i++) {
                result.set(i, assignment.applyTo(result.get(i), cast.get(i)));
            }
            backend.write(variable, result);
        }
    }

    // ---- the rest

    @Override
    public void onWarning(Consumer<String> listener) {
        ensureOpen();
        warnings = Objects.requireNonNull(listener, "listener");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            variables.forEach(TensorVariable::close);
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("The optimizer " + name + " is closed. Make a new one of its settings");
        }
    }
}
