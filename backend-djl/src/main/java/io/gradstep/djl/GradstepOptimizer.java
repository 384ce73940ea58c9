package io.gradstep.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.Shape;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.Settings;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * gradstep's optimizers in a trainer of DJL, on its PyTorch engine. One line of a program changes:
 *
 * <pre>{@code
 * new DefaultTrainingConfig(loss).optOptimizer(GradstepOptimizer.of(new RMSprop(0.001), model))
 * }</pre>
 *
 * <p><b>Steps.</b> DJL asks for an update of each parameter by itself. At the first of a step all parameters of the model
 * are stepped together, with DJL's own gradients, and these set to 0; so norms, averages and all else are Keras's, and a
 * step is taken whole or not at all. {@code EasyTrain.fit} and {@code trainer.step()} need nothing more. In a loop of
 * one's own {@link #step()} does the same without {@code trainer.step()}, which duplicates each gradient. <b>Float64
 * needs it</b>: DJL's {@code Trainer.step} throws for any float64 model, whatever its optimizer.
 *
 * <p><b>Variables</b> are the parameters that require a gradient, in the block's order, under the path {@code
 * 01Linear/weight}, made of DJL's names, and the short name {@code weight}. A parameter that has several places in the
 * block is one variable. One that no gradient ever reached is left out, with Keras's warning. Frozen ones stand still,
 * with all their state; what is unfrozen, initialized or added later joins in, its moving average beginning with its
 * value. State is kept by path, so that it outlives DJL's ids, and the arrays of a parameter that is loaded anew; where a
 * path has another shape than before it begins anew.
 *
 * <p><b>Loss scales</b> need the loss to be scaled: {@link #scaledLoss} for trainers, {@link #scaleLoss} for loops of
 * one's own.
 *
 * <p><b>Several devices.</b> A trainer on several devices, or on another than the model's, keeps copies of the parameters
 * and has each of them updated by itself, when their gradients are added up. Each copy is stepped by an optimizer of its
 * own then: all settings for each parameter alone are Keras's, a global norm and a {@link LossScale} are refused. A
 * parameter that no gradient ever reached is stepped with DJL's zeros, a learning rate that is a callable is asked once for
 * each copy, and a step that fails leaves those copies stepped that came before. That there are copies shows at the second
 * parameter: they are refused where only one has a gradient and the model's own array comes first, and after steps on one
 * device.
 *
 * <p><b>Memory.</b> Whatever a step needs for a while is gone when it returns. State goes with {@link #close}, and with
 * the model. One thread at a time; optimizers of other models share nothing with this.
 *
 * <p><b>Types.</b> Parameters are float32 or float64. FLOAT16 is refused, as no rule runs in it; so is BFLOAT16, of which
 * any array ends a process of DJL's 0.35.1. Set the model's data type before the optimizer is made, which looks at it.
 */
public final class GradstepOptimizer extends Optimizer implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final LiveSettings settings;
    private final LiveModel live;
    private final ModelStep step;
    private final TrainerSteps steps;
    private boolean closed;

    private GradstepOptimizer(LiveSettings settings, LiveModel live, ModelBackend backend) {
        super(new NoOptions());
        this.settings = settings;
        this.live = live;
        this.step = new ModelStep(live, backend, settings);
        this.steps = new TrainerSteps(live, step, backend, settings);
    }

    /** DJL's options are Keras's arguments here. */
    private static final class NoOptions extends OptimizerBuilder<NoOptions> {
        @Override
        protected NoOptions self() {
            return this;
        }
    }

    /**
     * An optimizer for a model, which runs steps as fast as it can.
     *
     * @param settings {@code RMSprop}, settings around a rule of your own, or a {@code LossScale} around either
     * @param model the model; its block may be set and initialized later
     * @return the optimizer, to be closed by the caller or with the model
     * @throws IllegalArgumentException if the model is not one of DJL's PyTorch engine, or is BFLOAT16 or FLOAT16; or
     *     if a loss scale and the settings in it have one name
     */
    public static GradstepOptimizer of(Settings settings, Model model) {
        return of(settings, model, Options.DEFAULT);
    }

    /**
     * An optimizer for a model.
     *
     * @param settings {@code RMSprop}, settings around a rule of your own, or a {@code LossScale} around either
     * @param model the model; its block may be set and initialized later
     * @param options how steps are to be run
     * @return the optimizer, to be closed by the caller or with the model
     * @throws IllegalArgumentException if the model is not one of DJL's PyTorch engine, or is BFLOAT16 or FLOAT16; or
     *     if a loss scale and the settings in it have one name
     */
    public static GradstepOptimizer of(Settings settings, Model model, Options options) {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(options, "options");
        String engine = model.getNDManager().getEngine().getEngineName();
        if (!engine.equals(ENGINE)) {
            throw new IllegalArgumentException(
                    "Gradstep steps models of DJL's engine " + ENGINE + ". Received: a model of the engine " + engine
                            + ". Make it with Model.newInstance(name, \"" + ENGINE + "\")");
        }
        checkType(model.getDataType());
        if (settings instanceof LossScale scale
                && scale.name().equals(scale.inner().name())) {
            throw new IllegalArgumentException("The loss scale and the optimizer in it are both named \"" + scale.name()
                    + "\", so that the arrays of their state would have the same names. Give one of them another name");
        }
        LiveSettings live = new LiveSettings(settings);
        ModelBackend backend = new ModelBackend(model.getNDManager().newSubManager(), options);
        try {
            return new GradstepOptimizer(live, new LiveModel(model, backend, live), backend);
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /** Before a trainer makes an array of it. */
    private static void checkType(DataType type) {
        if (type == DataType.BFLOAT16 || type == DataType.FLOAT16) {
            throw new IllegalArgumentException("Rules run in FLOAT32 and FLOAT64. Received: a model of type "
                    + type.name() + ". Set model.setDataType(DataType.FLOAT32)");
        }
        if (type == DataType.FLOAT64) {
            System.getLogger("io.gradstep")
                    .log(
                            System.Logger.Level.WARNING,
                            "The model is FLOAT64, for which trainer.step() of DJL throws, whatever the optimizer: it "
                                    + "reads the sum of the gradients as a float32. Call optimizer.step() instead");
        }
    }

    // ---- stepping

    /**
     * Called by DJL's trainers: the first call of a step takes it, for all parameters; of the very first step the second.
     *
     * @param parameterId DJL's id of a parameter of the model
     * @param weight the parameter's array, or a copy of it on another device
     * @param grad ignored, unless there are copies: then the sum of the gradients of all of them, not kept
     * @throws IllegalArgumentException if the parameter is none of the model, or is neither float32 nor float64
     * @throws IllegalStateException as {@link #step} does; if one parameter is updated twice where others should be; if
     *     there are copies and the settings cannot be kept on several devices, or steps were taken on one
     */
    @Override
    public void update(String parameterId, NDArray weight, NDArray grad) {
        ensureOpen();
        try {
            steps.update(parameterId, weight, grad);
        } catch (RuntimeException | Error e) {
            steps.endStep();
            throw e;
        }
    }

    /**
     * Takes a step with the gradients that DJL has, and sets them to 0: what {@code trainer.step()} does, without its
     * duplicates of all gradients, and for float64 models, too. Backward must have been called before.
     *
     * <p>It is for a model that is trained on its own device alone. That a trainer has copies on others, which are not
     * stepped then, can only be seen once its {@code step()} was called.
     *
     * @throws IllegalStateException if the model has no parameter that can be trained, if none has a gradient, if there
     *     are copies on other devices, or if the optimizer or the model is closed
     * @throws IllegalArgumentException if a parameter is neither float32 nor float64
     */
    public void step() {
        ensureOpen();
        steps.ensureOneDevice();
        steps.endStep();
        step.take();
    }

    /**
     * Computes the gradients of a loss and takes one step with them, for all parameters that can be trained.
     *
     * @param loss computes the loss, unscaled, as {@link AutogradLoss#of} wants it; called once
     * @return the loss before the step, unscaled
     * @throws IllegalStateException as {@link #step} does, and as {@link AutogradLoss#evaluate} does
     */
    public double minimize(Supplier<NDArray> loss) {
        ensureOpen();
        return minimize(loss, step.trainableParameters());
    }

    /**
     * Computes the gradients of a loss and takes one step with them. DJL's own gradients of the model are 0 afterwards.
     *
     * @param loss computes the loss, unscaled, as {@link AutogradLoss#of} wants it; called once
     * @param variables parameters of the model that can be trained; of the others only averages move
     * @return the loss before the step, unscaled
     * @throws IllegalArgumentException if a parameter is frozen or none of the model, or as {@code
     *     io.gradstep.optim.Optimizer.minimize} does
     * @throws IllegalStateException as {@link #step} does, and as {@link AutogradLoss#evaluate} does
     */
    public double minimize(Supplier<NDArray> loss, List<Parameter> variables) {
        ensureOpen();
        steps.ensureOneDevice();
        steps.endStep();
        return step.minimize(loss, variables);
    }

    // ---- scaling the loss

    /**
     * What a loss is to be multiplied by before its gradients are computed.
     *
     * @return the loss scale of the next step; 1 if there is none
     */
    public double lossScale() {
        ensureOpen();
        return steps.optimizer().scaleLoss(1);
    }

    /**
     * Multiplies a loss by the loss scale, for a loop of one's own: {@code collector.backward(optimizer.scaleLoss(loss))}.
     *
     * @param loss the loss, float32 or float64, of any shape
     * @return the scaled loss, in the manager of the loss; the loss itself if there is no scale
     * @throws IllegalStateException if the loss has another data type
     */
    public NDArray scaleLoss(NDArray loss) {
        double scale = lossScale();
        DType dtype = AutogradLoss.dtype(loss);
        step.lossWasScaled();
        if (scale == 1) {
            return loss;
        }
        try (NDArray factor = Torch.filled(loss.getManager(), loss.getDevice(), dtype, Shape.scalar(), scale)) {
            return loss.mul(factor);
        }
    }

    /**
     * A loss for trainers that scales another one: {@code new DefaultTrainingConfig(optimizer.scaledLoss(loss))}. Only
     * {@code evaluate} scales, from which DJL goes backward; what DJL reports of the loss is unscaled.
     *
     * @param loss the loss
     * @return a loss of the same name, which shares the other's accumulators
     */
    public Loss scaledLoss(Loss loss) {
        ensureOpen();
        return new ScaledLoss(loss, this::scaleLoss);
    }

    // ---- weight decay and averages

    /**
     * Spares parameters from weight decay: {@code exclude_from_weight_decay}. Each call replaces what the one before said.
     * Like Keras's it is no part of the state.
     *
     * @param patterns regular expressions of Java, searched in the short names: {@code "bias"} spares all biases, {@code
     *     "gamma"} and {@code "beta"} batch normalization
     * @return this optimizer
     * @throws IllegalArgumentException if a pattern is not valid
     */
    public GradstepOptimizer excludeFromWeightDecay(String... patterns) {
        ensureOpen();
        List<String> list = List.of(patterns);
        steps.forEachOptimizer(optimizer -> optimizer.excludeFromWeightDecay(List.of(), list));
        settings.setExclusions(list);
        return this;
    }

    /**
     * Sets the parameters to their moving averages, to be called after training and before {@code trainer.close()} and
     * {@code model.save}: {@code finalize_variable_values}. Frozen ones stay. Does nothing if no averages are kept.
     *
     * @throws IllegalStateException if the model has no parameter that can be trained, or if there were copies on other
     *     devices and their trainer is closed
     */
    public void finalizeVariableValues() {
        ensureOpen();
        steps.finalizeVariableValues();
    }

    // ---- numbers

    /**
     * How it works, with the learning rate as it was set last, unless that was a number.
     *
     * @return the settings
     */
    public Settings settings() {
        return settings.settings();
    }

    /**
     * How many updates were made.
     *
     * @return the number of steps, divided by the accumulation steps if gradients are accumulated
     */
    public long iterations() {
        ensureOpen();
        return steps.optimizer().iterations();
    }

    /**
     * The learning rate of the next step.
     *
     * @return the float32 that is kept, widened; or what the schedule or the callable says now
     */
    public double learningRate() {
        ensureOpen();
        return steps.optimizer().learningRate();
    }

    /**
     * Changes the learning rate from the next step on.
     *
     * @param learningRate the new one; rounded to float32
     * @throws IllegalStateException if the learning rate is a schedule or a callable
     */
    public void setLearningRate(double learningRate) {
        ensureOpen();
        steps.forEachOptimizer(optimizer -> optimizer.setLearningRate(learningRate));
    }

    /**
     * Lets the learning rate follow a schedule from now on; there is no way back to a number.
     *
     * @param schedule a function of the raw step counter, which also counts steps that only accumulate
     */
    public void setLearningRate(LearningRateSchedule schedule) {
        ensureOpen();
        steps.forEachOptimizer(optimizer -> optimizer.setLearningRate(schedule));
        settings.setLearningRate(new LearningRate.Scheduled(schedule));
    }

    /**
     * Lets the learning rate be asked for from now on; there is no way back to a number.
     *
     * @param supplier asked once for each update, for each copy if there are several
     */
    public void setLearningRate(DoubleSupplier supplier) {
        ensureOpen();
        steps.forEachOptimizer(optimizer -> optimizer.setLearningRate(supplier));
        settings.setLearningRate(new LearningRate.Callable(supplier));
    }

    // ---- state

    /**
     * All that Keras's optimizer stores, by name: {@code rmsprop/iteration}, {@code rmsprop/learning_rate} if it is a
     * number, averages, accumulators and the state of the rule, {@code rmsprop/01Linear_weight_velocity}. It goes to and
     * comes from Keras's files and every other backend.
     *
     * @return a copy, in Keras's order: parameters as they stand in the block
     * @throws IllegalStateException if the model has no parameter that can be trained
     */
    public OptimizerState state() {
        ensureOpen();
        return steps.state();
    }

    /**
     * Takes a state, with its step counter and learning rate; training goes on with the bits of a run that was never
     * interrupted. The model must be initialized or loaded before. Weight decay exclusions are to be set again.
     *
     * <p>What {@link #state} gives is taken by name; the name of the optimizer does not matter. Parameters that it knows
     * nothing of begin anew, as those do that are added later. Where the names are not an optimizer's, as in a file of
     * Keras's, arrays are taken by position, one for each that {@link #state} has now.
     *
     * @param state the state of an optimizer with the same settings
     * @throws IllegalArgumentException if it does not fit; the message has a table of both. Nothing has changed then
     * @throws IllegalStateException if the model has no parameter that can be trained
     */
    public void restore(OptimizerState state) {
        ensureOpen();
        live.restore(Objects.requireNonNull(state, "The state is null"));
        steps.forgetDevices();
    }

    /**
     * How steps on the parameters are run.
     *
     * @return by path the mode, and why it is this one
     * @throws IllegalStateException if the model has no parameter that can be trained
     */
    public Map<String, Execution> execution() {
        ensureOpen();
        return live.execution();
    }

    /**
     * Sets who hears warnings. By default they go to the {@link System.Logger} {@code io.gradstep}, each text once.
     *
     * @param listener receives each warning's text
     */
    public void onWarning(Consumer<String> listener) {
        ensureOpen();
        steps.forEachOptimizer(optimizer -> optimizer.onWarning(listener));
        settings.setWarnings(listener);
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "The optimizer is closed. Make another one for the model: GradstepOptimizer.of(settings, model)");
        }
        if (!live.isOpen()) {
            throw new IllegalStateException("The model " + live.name() + " is closed, and all that this optimizer had "
                    + "with it. Take its state() before");
        }
    }

    /** Frees the state. Afterwards all but this and {@link #settings} throw {@link IllegalStateException}. Twice is once. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            steps.forgetDevices();
            live.close();
        }
    }
}
