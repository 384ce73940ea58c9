package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** The optimizer around one rule: {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1. */
final class RuleOptimizer<T> implements Optimizer<T> {
    private final BaseArguments base;
    private final UpdateRule rule;
    private final Backend<T> backend;
    private final Checks<T> checks;
    private final Assigner<T> assigner;
    private final OwnVariables<T> own;
    private final HostScalar<T> iteration;
    private final CurrentLearningRate<T> learningRate;
    private final StepNumbers numbers;
    private final Stepper<T> stepper;
    private WeightDecayExclusion<T> exclusion = WeightDecayExclusion.none();
    private Consumer<String> warnings = Warnings.toTheLog();
    /** Null before {@code build}. */
    private Built<T> built;

    private boolean closed;

    RuleOptimizer(BaseArguments base, UpdateRule rule, Backend<T> backend) {
        this.base = base;
        this.rule = rule;
        this.backend = Objects.requireNonNull(backend, "backend");
        this.checks = new Checks<>(backend);
        this.assigner = new Assigner<>(backend);
        this.own = new OwnVariables<>(backend, base.name());
        this.iteration = own.addNumber("iteration", DType.INT32, 0);
        this.learningRate = new CurrentLearningRate<>(
                base.name(),
                base.learningRate(),
                base.learningRate() instanceof LearningRate.Fixed fixed
                        ? own.addNumber("learning_rate", DType.FLOAT32, fixed.value())
                        : null);
        this.numbers = new StepNumbers(rule);
        this.stepper = new Stepper<>(backend, base, rule, numbers);
    }

    /** The same optimizer with other variables in the places of its own and the model's. */
    private RuleOptimizer(RuleOptimizer<T> original, StandIns<T> standIns) {
        this.base = original.base;
        this.rule = original.rule;
        this.backend = original.backend;
        this.checks = original.checks;
        this.assigner = original.assigner;
        this.own = original.own.on(standIns);
        this.iteration = standIns.of(original.iteration);
        this.learningRate = original.learningRate.on(standIns);
        this.numbers = new StepNumbers(rule);
        this.stepper = new Stepper<>(backend, base, rule, numbers);
        this.exclusion = original.exclusion.on(standIns);
        this.warnings = original.warnings;
        this.built = original.built.on(standIns, numbers);
    }

    RuleOptimizer<T> on(StandIns<T> standIns) {
        return new RuleOptimizer<>(this, standIns);
    }

    @Override
    public String name() {
        return base.name();
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
            checks.trainable(modelVariables);
            makeState(modelVariables, "");
        }
    }

    /** The scope begins the path of each piece of state. */
    void makeState(List<TensorVariable<T>> modelVariables, String scope) {
        built = Built.of(own, scope, base, rule, modelVariables, numbers);
    }

    void undoBuild() {
        own.remove(built.made());
        built = null;
    }

    List<TensorVariable<T>> modelVariables() {
        return built.variables();
    }

    // ---- stepping

    @Override
    public void apply(List<T> gradients) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        if (!gradients.isEmpty()) {
            ensureBuilt("apply(gradients)");
            apply(gradients, built.variables());
        }
    }

    @Override
    public void apply(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        if (gradients.isEmpty()) {
            return;
        }
        checkStep(gradients, modelVariables);
        boolean isFirst = built == null;
        if (isFirst) {
            makeState(modelVariables, "");
        }
        try {
            step(gradients, modelVariables, base.lossScaleFactor());
        } catch (RuntimeException | Error e) {
            if (isFirst) {
                undoBuild();
            }
            throw e;
        }
    }

    /** Refuses all that a step could be refused for, before anything is made. */
    void checkStep(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        if (built == null) {
            checks.trainable(modelVariables);
        } else {
            checks.variables(modelVariables);
            modelVariables.forEach(this::checkIsKnown);
        }
        checks.gradients(gradients, modelVariables);
    }

    private void checkIsKnown(TensorVariable<T> variable) {
        if (built.state(variable) == null) {
            throw new IllegalArgumentException("Unknown variable: " + variable + ". The optimizer " + name()
                    + " can only be called for the variables it was built with: "
                    + built.variables().stream().map(TensorVariable::path).toList()
                    + ". Wrap each tensor once and keep the variable; for other tensors make another optimizer");
        }
    }

    /** Takes a step whose arguments are checked. The loss scale is null for none. */
    void step(List<T> gradients, List<TensorVariable<T>> modelVariables, Double lossScale) {
        List<GradientAndVariable<T>> present = withoutMissing(gradients, modelVariables);
        long raw = rawIteration();
        int window = Math.max(base.accumulationSteps(), 1);
        boolean updates = Math.floorMod(raw + 1, window) == 0;
        int frequency = base.overwriteFrequency();
        boolean overwrites = frequency > 0 && Math.floorMod(iterations() + 1, frequency) == 0;
        boolean trains = present.stream().anyMatch(pair -> !pair.variable().overwriteWithGradient());
        numbers.begin(
                iterations(),
                updates && trains ? learningRate.at(raw) : 0,
                lossScale == null ? 1 : lossScale,
                // Not 0 itself: of a NaN momentum Keras makes NaN.
                (iterations() == 0 ? 0 : 1) * base.emaMomentum());
        stepper.step(built, exclusion, present, new Stepper.Kind(lossScale != null, updates, overwrites));
        // An int32 counter that overflows starts again from below, as in NumPy.
        iteration.set((int) raw + 1);
    }

    private List<GradientAndVariable<T>> withoutMissing(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        List<GradientAndVariable<T>> present = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < gradients.size(); i++) {
            if (gradients.get(i) == null) {
                missing.add(modelVariables.get(i).path());
            } else {
                present.add(new GradientAndVariable<>(gradients.get(i), modelVariables.get(i)));
            }
        }
        if (!missing.isEmpty()) {
            warnings.accept("Gradients do not exist for variables " + missing
                    + " when minimizing the loss. This step leaves them out");
        }
        return present;
    }

    @Override
    public void updateStep(T gradient, TensorVariable<T> variable, double rate) {
        ensureOpen();
        ensureBuilt("updateStep");
        checks.variable(variable);
        checkIsKnown(variable);
        if (gradient == null || variable.overwriteWithGradient()) {
            throw new IllegalArgumentException("updateStep needs a gradient, and a variable that rules are run on. "
                    + "Received: gradient=" + gradient + ", variable=" + variable);
        }
        checks.gradients(List.of(gradient), List.of(variable));
        numbers.begin(iterations(), rate, 1, 0);
        Update<T> update = built.state(variable).update(rule);
        try {
            update.setGradient(gradient);
            backend.run(List.of(update));
        } finally {
            update.setGradient(null);
        }
    }

    @Override
    public StatelessResult<T> statelessApply(
            List<T> optimizerVariables, List<T> gradients, List<T> trainableVariables) {
        ensureOpen();
        ensureBuilt("statelessApply");
        Objects.requireNonNull(gradients, "The list of gradients is null");
        checks.values("optimizerVariables", optimizerVariables, own.list());
        checks.values("trainableVariables", trainableVariables, built.variables());
        List<TensorVariable<T>> variables = own.list();
        variables.addAll(built.variables());
        List<T> values = new ArrayList<>(optimizerVariables);
        values.addAll(trainableVariables);
        try (StandIns<T> standIns = StandIns.of(backend, variables, values)) {
            on(standIns).apply(gradients);
            return new StatelessResult<>(standIns.values(built.variables()), standIns.values(own.list()));
        }
    }

    // ---- numbers

    @Override
    public long iterations() {
        ensureOpen();
        return Math.floorDiv(rawIteration(), Math.max(base.accumulationSteps(), 1));
    }

    @Override
    public long rawIteration() {
        ensureOpen();
        return (long) iteration.number();
    }

    @Override
    public void setRawIteration(long count) {
        ensureOpen();
        if ((int) count != count) {
            throw new IllegalArgumentException(
                    "The counter of an optimizer is an int32. Received: count=" + count + ". Start again from 0");
        }
        iteration.set((int) count);
    }

    @Override
    public double learningRate() {
        ensureOpen();
        return learningRate.at(rawIteration());
    }

    @Override
    public void setLearningRate(double rate) {
        ensureOpen();
        learningRate.set(rate);
    }

    @Override
    public void setLearningRate(LearningRateSchedule schedule) {
        ensureOpen();
        removeIfAny(learningRate.set(schedule));
    }

    @Override
    public void setLearningRate(DoubleSupplier supplier) {
        ensureOpen();
        removeIfAny(learningRate.set(supplier));
    }

    private void removeIfAny(HostScalar<T> former) {
        if (former != null) {
            own.remove(List.of(former));
        }
    }

    @Override
    public double scaleLoss(double loss) {
        ensureOpen();
        return base.lossScaleFactor() == null ? loss : loss * base.lossScaleFactor();
    }

    // ---- weight decay and averages

    @Override
    public void excludeFromWeightDecay(List<TensorVariable<T>> variables, List<String> patterns) {
        ensureOpen();
        exclusion = WeightDecayExclusion.of(variables, patterns);
    }

    @Override
    public void finalizeVariableValues(List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        if (!base.useEma()) {
            return;
        }
        ensureBuilt("finalizeVariableValues");
        checks.variables(modelVariables);
        List<VariableState<T>> states = built.states();
        if (modelVariables.size() != states.size()) {
            throw new IllegalArgumentException("The length of model variables (" + modelVariables.size()
                    + ") to override does not match the length of model variables stored in the optimizer ("
                    + states.size() + "). Please check if the optimizer was called on your model");
        }
        List<Integer> averaged = IntStream.range(0, states.size())
                .filter(i -> states.get(i).average() != null)
                .boxed()
                .toList();
        averaged.forEach(i -> checks.average(states.get(i).average(), modelVariables.get(i)));
        backend.run(averaged.stream()
                .map(i -> Assigner.update(
                        Assignment.ASSIGN,
                        modelVariables.get(i),
                        states.get(i).average().value()))
                .toList());
    }

    // ---- variables of the optimizer's own

    @Override
    public List<TensorVariable<T>> variables() {
        ensureOpen();
        return own.list();
    }

    @Override
    public TensorVariable<T> addVariable(Shape shape, DType dtype, double initial, String variableName) {
        ensureOpen();
        return own.add(shape, dtype, initial, variableName);
    }

    @Override
    public TensorVariable<T> addVariable(HostTensor initial, String variableName) {
        ensureOpen();
        return own.add(initial, variableName);
    }

    @Override
    public TensorVariable<T> addVariableFromReference(
            TensorVariable<T> reference, String variableName, double initial) {
        ensureOpen();
        checks.variable(reference);
        return own.addLike(reference, variableName, initial);
    }

    @Override
    public List<List<TensorVariable<T>>> addOptimizerVariables(
            List<TensorVariable<T>> references, List<String> names, List<Double> initials) {
        ensureOpen();
        references.forEach(checks::variable);
        return own.addLike(references, names, initials);
    }

    // ---- assigning

    @Override
    public void assign(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN, variable, value);
    }

    @Override
    public void assignAdd(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN_ADD, variable, value);
    }

    @Override
    public void assignSub(TensorVariable<T> variable, T value) {
        ensureOpen();
        assigner.assign(Assignment.ASSIGN_SUB, variable, value);
    }

    // ---- state and configuration

    @Override
    public OptimizerState saveOwnVariables() {
        ensureOpen();
        return OptimizerState.of(own.list(), assigner);
    }

    @Override
    public void loadOwnVariables(OptimizerState state) {
        ensureOpen();
        Objects.requireNonNull(state, "The state is null");
        state.writeTo(name(), own.list(), assigner, warnings);
    }

    @Override
    public void setWeights(List<T> weights) {
        ensureOpen();
        ensureBuilt("setWeights");
        assigner.setAll(own.list(), checks.weights(weights, own.list()));
    }

    @Override
    public Map<String, Object> getConfig() {
        ensureOpen();
        Map<String, Object> config = base.config(learningRate.config());
        config.putAll(rule.config());
        return config;
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
            own.close();
        }
    }

    private void ensureBuilt(String call) {
        if (built == null) {
            throw new IllegalStateException("The optimizer " + name() + " is not built, so it does not know its "
                    + "variables, but " + call + " needs them. Call build(variables) first");
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("The optimizer " + name() + " is closed. Make a new one of its settings");
        }
    }
}
