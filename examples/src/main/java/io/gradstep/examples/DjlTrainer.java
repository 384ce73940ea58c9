package io.gradstep.examples;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.gradstep.examples.Layer.Convolution;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The model as one of DJL's that is stepped by gradstep's optimizer for it, or by one of DJL's own. Here gradients are
 * computed and steps taken one after the other; a program of one's own may leave both to a trainer of DJL's, as {@link
 * DjlDigits} does.
 *
 * <p>One at a time in a Java process: DJL collects gradients for one only.
 */
final class DjlTrainer implements Trainer<NDArray> {
    private static final String ENGINE = "PyTorch";

    private final Backend<NDArray> backend;
    private final ai.djl.Model model = ai.djl.Model.newInstance("model", ENGINE);
    private final NDManager manager = model.getNDManager();
    private final ParameterStore store = new ParameterStore(manager, false);
    private final Loss loss = Loss.softmaxCrossEntropyLoss();
    private final DataType dataType;
    private final Shape row;
    private final List<NDArray> weights;
    private final List<TensorVariable<NDArray>> variables;
    private final Stepper<NDArray> stepper;
    private final List<NDArray> gradients = new ArrayList<>();

    DjlTrainer(
            Model model,
            List<HostTensor> initialWeights,
            Backend<NDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this(model, initialWeights, backend, made -> new DjlStepper(made, choice, options));
    }

    private DjlTrainer(
            Model model,
            List<HostTensor> initialWeights,
            Backend<NDArray> backend,
            Function<ai.djl.Model, Stepper<NDArray>> makeStepper) {
        this.backend = backend;
        this.dataType = DjlArrays.dataType(initialWeights);
        this.row = row(model);
        SequentialBlock block = block(model);
        this.model.setBlock(block);
        List<Parameter> parameters = block.getParameters().values();
        for (int i = 0; i < parameters.size(); i++) {
            HostTensor values = Axes.outputsFirst(initialWeights.get(i));
            parameters.get(i).setInitializer((owner, shape, type) -> DjlArrays.array(owner, values));
        }
        block.initialize(manager, dataType, new Shape(1).addAll(row));
        this.weights = parameters.stream().map(Parameter::getArray).toList();
        this.variables = IntStream.range(0, weights.size())
                .mapToObj(i ->
                        backend.wrap(weights.get(i), model.parameters().get(i).path()))
                .toList();
        this.stepper = makeStepper.apply(this.model);
    }

    /** A model that is stepped by one of DJL's own optimizers. */
    static DjlTrainer withOwn(
            Model model, List<HostTensor> initialWeights, Backend<NDArray> backend, Optimizer optimizer) {
        return new DjlTrainer(
                model,
                initialWeights,
                backend,
                made -> new DjlOwnStepper(made.getBlock().getParameters().values(), optimizer));
    }

    private static Shape row(Model model) {
        return model.layers().get(0) instanceof Convolution first
                ? new Shape(first.channels(), first.side(), first.side())
                : new Shape(model.inputs());
    }

    private static SequentialBlock block(Model model) {
        SequentialBlock block = new SequentialBlock();
        for (int layer = 0; layer < model.layers().size(); layer++) {
            if (model.layers().get(layer) instanceof Convolution convolution) {
                block.add(block(convolution));
            } else {
                int inputs = model.layers().get(layer).inputs();
                block.add(Blocks.batchFlattenBlock(inputs));
                block.add(Linear.builder()
                        .setUnits(model.layers().get(layer).outputs())
                        .build());
            }
            if (!model.isLast(layer)) {
                block.add(Activation.reluBlock());
            }
        }
        return block;
    }

    private static Block block(Convolution convolution) {
        return Conv2d.builder()
                .setKernelShape(new Shape(convolution.window(), convolution.window()))
                .optStride(new Shape(convolution.stride(), convolution.stride()))
                .setFilters(convolution.filters())
                .build();
    }

    @Override
    public List<TensorVariable<NDArray>> variables() {
        return variables;
    }

    @Override
    public Stepper<NDArray> stepper() {
        return stepper;
    }

    @Override
    public List<NDArray> gradients(Batch batch) {
        forgetGradients();
        try (NDScope scope = new NDScope();
                GradientCollector collector = Engine.getEngine(ENGINE).newGradientCollector()) {
            scope.suppressNotUsedWarning();
            NDArray labels = manager.create(batch.labels(), new Shape(batch.rows(), 1));
            NDArray mean = loss.evaluate(new NDList(labels), new NDList(logits(batch, true)));
            collector.backward(stepper instanceof DjlStepper ours ? ours.scaleLoss(mean) : mean);
        }
        weights.forEach(weight -> gradients.add(weight.getGradient()));
        return List.copyOf(gradients);
    }

    /**
     * DJL adds each gradient to the one before, unless a step has been taken. Multiplying by 0 would keep a NaN, hence
     * the assignment.
     */
    private void forgetGradients() {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            gradients.forEach(gradient -> gradient.set(new NDIndex("..."), 0f));
        }
        // Each is a handle of its own on the gradient, and nobody else frees it.
        gradients.forEach(NDArray::close);
        gradients.clear();
    }

    private NDArray logits(Batch batch, boolean training) {
        NDArray features = manager.create(batch.features(), new Shape(batch.rows()).addAll(row))
                .toType(dataType, false);
        return model.getBlock().forward(store, new NDList(features), training).singletonOrThrow();
    }

    @Override
    public double[] probabilities(Batch batch) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return logits(batch, false)
                    .softmax(1)
                    .toType(DataType.FLOAT64, false)
                    .toDoubleArray();
        }
    }

    @Override
    public List<HostTensor> toHost(List<NDArray> tensors) {
        return tensors.stream().map(backend::read).map(Axes::outputsLast).toList();
    }

    @Override
    public void close() {
        gradients.forEach(NDArray::close);
        stepper.close();
        variables.forEach(TensorVariable::close);
        model.close();
    }
}
