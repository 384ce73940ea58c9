package io.gradstep.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.schedule.ExponentialDecay;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A small model, and data for it; the same numbers each time. */
final class TestModel implements AutoCloseable {
    static final int BATCH = 4;
    static final int CLASSES = 3;

    /** What it is made of. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
    enum Kind {
        MLP(BATCH, 6) {
            @Override
            SequentialBlock block() {
                return new SequentialBlock()
                        .add(linear(5))
                        .add(Activation.tanhBlock())
                        .add(linear(CLASSES));
            }
        },
        /** Parameters of rank 4 and 1, and two that are not the optimizer's. */
        CONVOLUTION(BATCH, 2, 5, 5) {
            @Override
            SequentialBlock block() {
                return new SequentialBlock()
                        .add(Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .setFilters(2)
                                .build())
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(Blocks.batchFlattenBlock())
                        .add(linear(CLASSES));
            }
        };

        private final long[] input;

        Kind(long... input) {
            this.input = input;
        }

        abstract SequentialBlock block();

        Shape input() {
            return new Shape(input);
        }
    }

    private final Kind kind;
    private final DataType type;
    private final Model model;
    /** Null before {@link #train}. */
    private Trainer trainer;

    private TestModel(Kind kind, DataType type) {
        this.kind = kind;
        this.type = type;
        this.model = Model.newInstance("test", "PyTorch");
        model.setDataType(type);
        model.setBlock(kind.block());
    }

    static TestModel of(Kind kind, DataType type) {
        return new TestModel(kind, type);
    }

    static TestModel mlp() {
        return of(Kind.MLP, DataType.FLOAT32);
    }

    static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    Model model() {
        return model;
    }

    Trainer trainer() {
        return trainer;
    }

    static Loss loss() {
        return Loss.softmaxCrossEntropyLoss();
    }

    /** Makes a trainer with an optimizer, and initializes the model with it. */
    TestModel train(Optimizer optimizer) {
        return train(new DefaultTrainingConfig(loss()).optOptimizer(optimizer));
    }

    TestModel train(TrainingConfig configuration) {
        setInitialWeights();
        trainer = model.newTrainer(configuration);
        trainer.initialize(kind.input());
        return this;
    }

    /** Initializes the model alone. */
    TestModel initialize() {
        setInitialWeights();
        model.getBlock().initialize(model.getNDManager(), type, kind.input());
        return this;
    }

    private void setInitialWeights() {
        Random random = new Random(1);
        model.getBlock()
                .setInitializer(
                        (manager, shape, dataType) -> array(manager, random, shape, dataType), Parameter.Type.WEIGHT);
    }

    private static NDArray array(NDManager manager, Random random, Shape shape, DataType type) {
        double[] values = random.doubles(shape.size(), -0.5, 0.5).toArray();
        try (NDArray array = manager.create(values, shape)) {
            // Of its own type DJL's toType makes no copy, and the array's memory is a buffer that is collected with it.
            return type == DataType.FLOAT64 ? array.duplicate() : array.toType(type, true);
        }
    }

    /** Every setting but a loss scale, for this model's gradients. */
    static RMSprop.Builder everything() {
        return RMSprop.builder()
                .learningRate(new ExponentialDecay(0.01, 10, 0.9))
                .momentum(0.9)
                .centered(true)
                .globalClipnorm(0.1)
                .weightDecay(0.01)
                .useEma(true)
                .emaMomentum(0.9)
                .emaOverwriteFrequency(4)
                .gradientAccumulationSteps(3);
    }

    /** The batches of the first seeds, in their order. */
    ArrayDataset data(int batches) {
        NDList features = new NDList();
        NDList labels = new NDList();
        for (int seed = 0; seed < batches; seed++) {
            features.addAll(features(model.getNDManager(), seed));
            labels.addAll(labels(model.getNDManager(), seed));
        }
        return new ArrayDataset.Builder()
                .setData(NDArrays.concat(features))
                .optLabels(NDArrays.concat(labels))
                .setSampling(BATCH, false)
                .build();
    }

    NDList features(NDManager manager, int seed) {
        return new NDList(array(manager, new Random(seed), kind.input(), type));
    }

    static NDList labels(NDManager manager, int seed) {
        return new NDList(
                manager.create(new Random(seed).ints(BATCH, 0, CLASSES).toArray(), new Shape(BATCH, 1)));
    }

    /** Forward and backward, on a batch of its own for each step. */
    void backward(int step) {
        try (NDManager batch = model.getNDManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDList predictions = trainer.forward(features(batch, step));
            collector.backward(trainer.getLoss().evaluate(labels(batch, step), predictions));
        }
    }

    // ---- what is in it

    Parameter parameter(String key) {
        return model.getBlock().getParameters().get(key);
    }

    /** Copies of the parameters that are for an optimizer. */
    Map<String, HostTensor> parameters() {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ModelParameter parameter : ModelParameter.of(model.getBlock())) {
            if (parameter.isTrainable()) {
                values.put(parameter.path(), read(parameter.array()));
            }
        }
        return values;
    }

    /** Copies of DJL's own gradients of them. */
    Map<String, HostTensor> gradients() {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ModelParameter parameter : ModelParameter.of(model.getBlock())) {
            if (parameter.isTrainable()) {
                try (NDArray gradient = Torch.gradient(parameter.array())) {
                    values.put(parameter.path(), read(gradient));
                }
            }
        }
        return values;
    }

    static HostTensor read(NDArray array) {
        io.gradstep.ops.Shape shape = Torch.shape(array);
        return array.getDataType() == DataType.FLOAT64
                ? HostTensor.of(shape, array.toDoubleArray())
                : HostTensor.of(shape, array.toFloatArray());
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
        }
        model.close();
    }
}
