package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Dynamic loss scaling around an optimizer: {@code keras/src/optimizers/loss_scale_optimizer.py}, Keras 3.15.1. The
 * scale is a number of the inner optimizer's step, so that gradients are not gone over once more to unscale them.
 */
final class LossScaleOptimizer<T> implements Optimizer<T> {
    private final LossScale settings;
    private final Backend<T> backend;
    private final RuleOptimizer<T> inner;
    private final Checks<T> checks;
    private final Assigner<T> assigner;
    private final OwnVariables<T> own;
    private Consumer<String> warnings = Warnings.toTheLog();
    /** Null before {@code build}. */
    private Scale<T> scale;

    private boolean closed;

    /** What changes from step to step. */
    private record Scale<T>(HostScalar<T> stepCounter, HostScalar<T> dynamicScale) {}

    LossScaleOptimizer(LossScale settings, Backend<T> backend) {
        this.settings = settings;
        this.backend = Objects.requireNonNull(backend, "backend");
        this.inner = (RuleOptimizer<T>) settings.inner().on(backend);
        this.checks = new Checks<>(backend);
        this.assigner = new Assigner<>(backend);
        this.own = new OwnVariables<>(backend, settings.name());
        // Keras has both and uses neither: the inner optimizer's count.
        own.addNumber("iteration", DType.INT32, 0);
        own.addNumber("learning_rate", DType.FLOAT32, 0);
    }

    /** The same optimizer with other variables in the places of its own and the model's. */
    private LossScaleOptimizer(LossScaleOptimizer<T> original, StandIns<T> standIns) {
        this.settings = original.settings;
        this.backend = original.backend;
        this.inner = original.inner.on(standIns);
        this.checks = original.checks;
        this.assigner = original.assigner;
        this.own = original.own.on(standIns);
        this.warnings = original.warnings;
        this.scale = new Scale<>(standIns.of(original.scale.stepCounter()), standIns.of(original.scale.dynamicScale()));
    }

    @Override
    public String name() {
        return settings.name();
    }

    // ---- building

    @Override
    public boolean built() {
        ensureOpen();
        return scale != null;
    }

    @Override
    public void build(List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        if (scale == null) {
            checks.trainable(modelVariables);
            makeState(modelVariables, "");
        }
    }

    private void makeState(List<TensorVariable<T>> modelVariables, String scope) {
        inner.makeState(modelVariables, scope);
        scale = new Scale<>(
                own.addNumber("step_counter", DType.INT32, 0),
                own.addNumber("dynamic_scale", DType.FLOAT32, settings.initialScale()));
    }

    private void undoBuild() {
        own.remove(List.of(scale.stepCounter(), scale.dynamicScale()));
        inner.undoBuild();
        scale = null;
    }

    // ---- stepping

    @Override
    public void apply(List<T> gradients) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        ensureBuilt("apply(gradients)");
        if (gradients.isEmpty()) {
            count();
        } else {
            apply(gradients, inner.modelVariables());
        }
    }

    @Override
    public void apply(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        boolean isFirst = scale == null;
        if (!gradients.isEmpty()) {
            inner.checkStep(gradients, modelVariables);
        } else if (isFirst) {
            checks.trainable(modelVariables);
        }
        if (isFirst) {
            // Keras builds inside the wrapper's name scope here, and outside of it in build().
            makeState(modelVariables, Names.path(name(), ""));
        }
        try {
            step(gradients, modelVariables);
        } catch (RuntimeException | Error e) {
            if (isFirst) {
                undoBuild();
            }
            throw e;
        }
    }

    private void step(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        HostScalar<T> dynamicScale = scale.dynamicScale();
        if (!backend.allFinite(gradients.stream().filter(Objects::nonNull).toList())) {
            scale.stepCounter().set(0);
            dynamicScale.set(dynamicScale.number() * 0.5);
            return;
        }
        if (!gradients.isEmpty()) {
            inner.step(gradients, modelVariables, dynamicScale.number());
        }
        count();
    }

    /** Counts a good step. */
    private void count() {
        double steps = scale.stepCounter().number();
        if (steps == settings.dynamicGrowthSteps() - 1) {
            scale.stepCounter().set(0);
            scale.dynamicScale().set(scale.dynamicScale().number() * 2);
        } else {
            scale.stepCounter().set(steps + 1);
        }
    }

    @Override
    public void updateStep(T gradient, TensorVariable<T> variable, double rate) {
        ensureOpen();
        inner.updateStep(gradient, variable, rate);
    }

    @Override
    public StatelessResult<T> statelessApply(
            List<T> optimizerVariables, List<T> gradients, List<T> trainableVariables) {
        ensureOpen();
        ensureBuilt("statelessApply");
        Objects.requireNonNull(gradients, "The list of gradients is null");
        List<TensorVariable<T>> modelVariables = inner.modelVariables();
        checks.values("optimizerVariables", optimizerVariables, variables());
        checks.values("trainableVariables", trainableVariables, modelVariables);
        List<TensorVariable<T>> variables = variables();
        variables.addAll(modelVariables);
        List<T> values = new ArrayList<>(optimizerVariables);
        values.addAll(trainableVariables);
        try (StandIns<T> standIns = StandIns.of(backend, variables, values)) {
            new LossScaleOptimizer<>(this, standIns).apply(gradients);
            return new StatelessResult<>(standIns.values(modelVariables), standIns.values(variables()));
        }
    }

    @Override
    public double scaleLoss(double loss) {
        ensureOpen();
        return loss
                * (scale == null
                        ? settings.initialScale()
                        : scale.dynamicScale().number());
    }

    // ---- what the inner optimizer does

    @Override
    public long iterations() {
        ensureOpen();
        return inner.iterations();
    }

    @Override
    public long rawIteration() {
        ensureOpen();
        return inner.rawIteration();
    }

    @Override
    public void setRawIteration(long count) {
        ensureOpen();
        inner.setRawIteration(count);
    }

    @Override
    public double learningRate() {
        ensureOpen();
        return inner.learningRate();
    }

    @Override
    public void setLearningRate(double rate) {
        ensureOpen();
        inner.setLearningRate(rate);
    }

    @Override
    public void setLearningRate(LearningRateSchedule schedule) {
        ensureOpen();
        inner.setLearningRate(schedule);
    }

    @Override
    public void setLearningRate(DoubleSupplier supplier) {
        ensureOpen();
        inner.setLearningRate(supplier);
    }

    @Override
    public void excludeFromWeightDecay(List<TensorVariable<T>> variables, List<String> patterns) {
        ensureOpen();
        inner.excludeFromWeightDecay(variables, patterns);
    }

    @Override
    public void finalizeVariableValues(List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        inner.finalizeVariableValues(modelVariables);
    }

    // ---- variables

    @Override
    public List<TensorVariable<T>> variables() {
        ensureOpen();
        List<TensorVariable<T>> variables = own.list();
        variables.addAll(inner.variables());
        return variables;
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
        return OptimizerState.of(variables(), assigner);
    }

    @Override
    public void loadOwnVariables(OptimizerState state) {
        ensureOpen();
        Objects.requireNonNull(state, "The state is null");
        state.writeTo(name(), variables(), assigner, warnings);
    }

    /** Of its own variables only, as in Keras. */
    @Override
    public void setWeights(List<T> weights) {
        ensureOpen();
        ensureBuilt("setWeights");
        assigner.setAll(own.list(), checks.weights(weights, own.list()));
    }

    @Override
    public Map<String, Object> getConfig() {
        ensureOpen();
        return settings.config(inner.getConfig());
    }

    // ---- the rest

    @Override
    public void onWarning(Consumer<String> listener) {
        ensureOpen();
        inner.onWarning(listener);
        warnings = listener;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            own.close();
            inner.close();
        }
    }

    private void ensureBuilt(String call) {
        if (scale == null) {
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
