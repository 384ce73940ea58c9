package io.gradstep.examples;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The model as one of DJL's that is stepped by gradstep's optimizer for it. Here gradients are computed and steps taken
 * one after the other; a program of one's own may leave both to a trainer of DJL's, as {@link DjlDigits} does.
 *
 * <p>One at a time in a Java process: DJL collects gradients for one only.
 */
final class DjlTrainer implements Trainer<NDArray> {
    private static final String ENGINE = "PyTorch";

    private final Backend<NDArray> backend;
    private final Model model = Model.newInstance("mlp", ENGINE);
    private final NDManager manager = model.getNDManager();
    private final ParameterStore store = new ParameterStore(manager, false);
    private final Loss loss = Loss.softmaxCrossEntropyLoss();
    private final List<NDArray> weights;
    private final List<TensorVariable<NDArray>> variables;
    private final DjlStepper stepper;
    private final List<NDArray> gradients = new ArrayList<>();

    DjlTrainer(
            Mlp mlp,
            List<HostTensor> initialWeights,
            Backend<NDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this.backend = backend;
        SequentialBlock block = block(mlp);
        model.setBlock(block);
        List<Parameter> parameters = block.getParameters().values();
        for (int i = 0; i < parameters.size(); i++) {
            float[] values = transposedKernel(initialWeights.get(i)).floats();
            parameters.get(i).setInitializer((owner, shape, type) -> owner.create(values, shape));
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1, mlp.inputs(0)));
        this.weights = parameters.stream().map(Parameter::getArray).toList();
        this.variables = IntStream.range(0, weights.size())
                .mapToObj(i ->
                        backend.wrap(weights.get(i), mlp.parameters().get(i).path()))
                .toList();
        this.stepper = new DjlStepper(model, choice, options);
    }

    private static SequentialBlock block(Mlp mlp) {
        SequentialBlock block = new SequentialBlock();
        for (int layer = 0; layer < mlp.layers(); layer++) {
            block.add(Linear.builder().setUnits(mlp.units(layer)).build());
            if (layer < mlp.layers() - 1) {
                block.add(Activation.reluBlock());
            }
        }
        return block;
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
            collector.backward(stepper.scaleLoss(mean));
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
        NDArray features = manager.create(batch.features(), new Shape(batch.rows(), batch.columns()));
        return model.getBlock().forward(store, new NDList(features), training).singletonOrThrow();
    }

    @Override
    public float[] probabilities(Batch batch) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return logits(batch, false).softmax(1).toFloatArray();
        }
    }

    @Override
    public List<HostTensor> toHost(List<NDArray> tensors) {
        return tensors.stream()
                .map(backend::read)
                .map(DjlTrainer::transposedKernel)
                .toList();
    }

    /** DJL stores a kernel as units times inputs, and so the other way round than Keras. A bias stays as it is. */
    private static HostTensor transposedKernel(HostTensor tensor) {
        if (tensor.shape().rank() != 2) {
            return tensor;
        }
        int rows = Math.toIntExact(tensor.shape().length(0));
        int columns = Math.toIntExact(tensor.shape().length(1));
        float[] transposed = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = tensor.floats()[row * columns + column];
            }
        }
        return HostTensor.of(io.gradstep.ops.Shape.of(columns, rows), transposed);
    }

    @Override
    public void close() {
        gradients.forEach(NDArray::close);
        stepper.close();
        variables.forEach(TensorVariable::close);
        model.close();
    }
}
