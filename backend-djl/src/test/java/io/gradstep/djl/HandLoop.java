package io.gradstep.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A loop of one's own, without a trainer, and what a reference twin makes of it. The loss is the mean of the squares. */
final class HandLoop implements AutoCloseable {
    private final Settings settings;
    private final Shape input;
    private final Model model = Model.newInstance("loop", "PyTorch");
    private final GradstepOptimizer optimizer;
    private ReferenceTwin twin;
    private int steps;

    HandLoop(Settings settings, Block block, Shape input, Options options) {
        this.settings = settings;
        this.input = input;
        optimizer = GradstepOptimizer.of(settings, model, options);
        setBlock(block);
    }

    HandLoop(Settings settings, Block block, Shape input) {
        this(settings, block, input, Options.DEFAULT);
    }

    /** Of two layers, {@code 01Linear} and {@code 03Linear}. */
    static HandLoop mlp(Settings settings) {
        return new HandLoop(settings, mlp(), new Shape(4, 6));
    }

    static SequentialBlock mlp() {
        return new SequentialBlock()
                .add(TestModel.linear(5))
                .add(Activation.tanhBlock())
                .add(TestModel.linear(3));
    }

    /** Every setting but a loss scale. A norm is cut at each step; averages overwrite at every fourth. */
    static RMSprop.Builder everything() {
        return RMSprop.builder()
                .learningRate(0.01)
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.01)
                .weightDecay(0.05)
                .useEma(true)
                .emaMomentum(0.9)
                .emaOverwriteFrequency(4)
                .gradientAccumulationSteps(2);
    }

    /** Initializes a block, and makes it the model's. */
    void setBlock(Block block) {
        model.setBlock(block);
        Random random = new Random(1);
        block.setInitializer((manager, shape, type) -> array(manager, random, shape), Parameter::requiresGradient);
        block.initialize(model.getNDManager(), DataType.FLOAT32, input);
        twin = twin == null ? new ReferenceTwin(settings, model) : twin.successor();
    }

    private static NDArray array(NDManager manager, Random random, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return manager.create(values, shape);
    }

    Model model() {
        return model;
    }

    GradstepOptimizer optimizer() {
        return optimizer;
    }

    ReferenceTwin twin() {
        return twin;
    }

    /** After the user has changed parameters. */
    void renewTwin() {
        twin = twin.successor();
    }

    Parameter parameter(String key) {
        return model.getBlock().getParameters().get(key);
    }

    // ---- gradients and steps

    /** The loss, on a batch of its own for each seed. */
    NDArray loss(NDManager batch, int seed) {
        // A store of the loop's own would keep arrays that have been replaced since.
        ParameterStore store = new ParameterStore(batch, false);
        NDList features = new NDList(array(batch, new Random(seed), input));
        return model.getBlock()
                .forward(store, features, true)
                .singletonOrThrow()
                .square()
                .mean();
    }

    /** Goes backward from the scaled loss. */
    void backward(int seed) {
        backward(seed, optimizer::scaleLoss);
    }

    void backward(int seed, UnaryOperator<NDArray> change) {
        try (NDManager batch = model.getNDManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(change.apply(loss(batch, seed)));
        }
    }

    /** Takes a step with the loss of a batch, and gradients of its own. */
    double minimize(int seed, List<Parameter> parameters) {
        try (NDManager batch = model.getNDManager().newSubManager()) {
            return optimizer.minimize(() -> loss(batch, seed), parameters);
        }
    }

    /** What a trainer does for each parameter. The gradient of an array that the model itself holds is not looked at. */
    void update(Parameter parameter) {
        try (NDArray nothing = model.getNDManager().create(Float.NaN)) {
            optimizer.update(parameter.getId(), parameter.getArray(), nothing);
        }
    }

    /** Takes steps, and compares after each. */
    void steps(int count) {
        for (int i = 0; i < count; i++) {
            backward(steps);
            step();
        }
    }

    /** Takes a step with the gradients that are there, and compares. */
    void step() {
        step(optimizer::step);
    }

    void step(Runnable step) {
        twin.step();
        step.run();
        assertStepped();
    }

    void assertStepped() {
        steps++;
        twin.assertStepped("after step " + steps, optimizer);
    }

    @Override
    public void close() {
        twin.close();
        optimizer.close();
        model.close();
    }
}
