package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/** The optimizer around one rule: {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1. */
final class RuleOptimizer<T> extends BaseOptimizer<T> {
    private final BaseArguments base;
    private final UpdateRule rule;
    private final HostScalar<T> iteration;
    private final CurrentLearningRate<T> learningRate;
    private final StepNumbers numbers;
    private final Stepper<T> stepper;
    private WeightDecayExclusion<T> exclusion = WeightDecayExclusion.none();
    /** Null before {@code build}. */
    private Built<T> built;

    RuleOptimizer(BaseArguments base, UpdateRule rule, Backend<T> backend) {
        super(base.name(), backend);
        this.base = base;
        this.rule = rule;
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

    private RuleOptimizer(RuleOptimizer<T> original, StandIns<T> standIns) {
        super(original, standIns);
        this.base = original.base;
        this.rule = original.rule;
        this.iteration = standIns.of(original.iteration);
        this.learningRate = original.learningRate.on(standIns);
        this.numbers = new StepNumbers(rule);
        this.stepper = new Stepper<>(backend, base, rule, numbers);
        this.exclusion = original.exclusion.on(standIns);
        this.built = original.built.on(standIns, numbers);
    }

    @Override
    RuleOptimizer<T> on(StandIns<T> standIns) {
        return new RuleOptimizer<>(this, standIns);
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
            checkTrainable(modelVariables);
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

    @Override
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
            checkTrainable(modelVariables);
        } else if (built.wereLast(modelVariables)) {
            checks.stillAlive(modelVariables);
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
        StepVariables<T> variables = built.stepVariables(gradients, modelVariables);
        if (variables.warning() != null) {
            warn(variables.warning());
        }
        // The counter is an int32: when it overflows it starts again from below, as in NumPy.
        int raw = (int) rawIteration();
        int window = Math.max(base.accumulationSteps(), 1);
        boolean updates = Math.floorMod(raw + 1, window) == 0;
        int frequency = base.overwriteFrequency();
        boolean overwrites = frequency > 0 && Math.floorMod((int) iterations() + 1, frequency) == 0;
        numbers.begin(
                iterations(),
                updates && variables.trains() ? learningRate.at(raw) : 0,
                lossScale == null ? 1 : lossScale,
                // Not 0 itself: of a NaN momentum Keras makes NaN.
                (iterations() == 0 ? 0 : 1) * base.emaMomentum());
        Stepper.Kind kind = new Stepper.Kind(lossScale != null, updates, overwrites);
        stepper.step(stepper.plan(built, variables, exclusion, kind), gradients);
        iteration.set(raw + 1);
    }

    @Override
    public void updateStep(T gradient, TensorVariable<T> variable, double rate) {
        ensureBuilt("updateStep");
        checks.variable(variable);
        checkIsKnown(variable);
        if (gradient == null || variable.overwriteWithGradient()) {
            throw new IllegalArgumentException("updateStep needs a gradient, and a variable that rules are run on. "
                    + "Received: " + (gradient == null ? "gradient=null, " : "") + "variable=" + variable);
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
        checks.trainable(modelVariables);
        List<VariableState<T>> states = built.states();
        if (modelVariables.size() != states.size()) {
            throw new IllegalArgumentException("The length of model variables (" + modelVariables.size()
                    + ") to override does not match the length of model variables stored in the optimizer ("
                    + states.size() + "). Please check if the optimizer was called on your model");
        }
        List<Update<T>> updates = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            TensorVariable<T> average = states.get(i).average();
            if (average != null) {
                checks.average(average, modelVariables.get(i));
                updates.add(new Update<>(new TakeAverage(), modelVariables.get(i), List.of(average), name -> 0));
            }
        }
        backend.run(updates);
    }

    @Override
    public Map<String, Object> getConfig() {
        ensureOpen();
        Map<String, Object> config = base.config(learningRate.config());
        config.putAll(rule.config());
        return config;
    }
}
