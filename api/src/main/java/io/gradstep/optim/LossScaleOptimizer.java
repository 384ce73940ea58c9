package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.TensorVariable;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Dynamic loss scaling around an optimizer: {@code keras/src/optimizers/loss_scale_optimizer.py}, Keras 3.15.1. The
 * scale is a number of the inner optimizer's step, so that gradients are not gone over once more to unscale them.
 */
final class LossScaleOptimizer<T> extends BaseOptimizer<T> {
    private final LossScale settings;
    private final RuleOptimizer<T> inner;
    /** Null before {@code build}. */
    private Scale<T> scale;

    /** What changes from step to step. */
    private record Scale<T>(HostScalar<T> stepCounter, HostScalar<T> dynamicScale) {}

    LossScaleOptimizer(LossScale settings, Backend<T> backend) {
        super(settings.name(), backend);
        this.settings = settings;
        this.inner = (RuleOptimizer<T>) settings.inner().on(backend);
        // Keras has both and uses neither: the inner optimizer's count.
        own.addNumber("iteration", DType.INT32, 0);
        own.addNumber("learning_rate", DType.FLOAT32, 0);
    }

    private LossScaleOptimizer(LossScaleOptimizer<T> original, StandIns<T> standIns) {
        super(original, standIns);
        this.settings = original.settings;
        this.inner = original.inner.on(standIns);
        this.scale = new Scale<>(standIns.of(original.scale.stepCounter()), standIns.of(original.scale.dynamicScale()));
    }

    @Override
    LossScaleOptimizer<T> on(StandIns<T> standIns) {
        return new LossScaleOptimizer<>(this, standIns);
    }

    @Override
    List<TensorVariable<T>> modelVariables() {
        return inner.modelVariables();
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
            checkTrainable(modelVariables);
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
        apply(gradients, inner.modelVariables());
    }

    @Override
    public void apply(List<T> gradients, List<TensorVariable<T>> modelVariables) {
        ensureOpen();
        Objects.requireNonNull(gradients, "The list of gradients is null");
        boolean isFirst = scale == null;
        if (!gradients.isEmpty()) {
            inner.checkStep(gradients, modelVariables);
        } else if (isFirst) {
            checkTrainable(modelVariables);
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
        if (!backend.allFinite(withoutMissing(gradients))) {
            scale.stepCounter().set(0);
            dynamicScale.set(dynamicScale.number() * 0.5);
            return;
        }
        if (!gradients.isEmpty()) {
            inner.step(gradients, modelVariables, dynamicScale.number());
        }
        count();
    }

    private List<T> withoutMissing(List<T> gradients) {
        for (T gradient : gradients) {
            if (gradient == null) {
                return gradients.stream().filter(Objects::nonNull).toList();
            }
        }
        return gradients;
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

    // ---- both together

    @Override
    public List<TensorVariable<T>> variables() {
        List<TensorVariable<T>> variables = super.variables();
        variables.addAll(inner.variables());
        return variables;
    }

    @Override
    public Map<String, Object> getConfig() {
        ensureOpen();
        return settings.config(inner.getConfig());
    }

    @Override
    public void onWarning(Consumer<String> listener) {
        super.onWarning(listener);
        inner.onWarning(listener);
    }

    @Override
    public void close() {
        super.close();
        inner.close();
    }
}
