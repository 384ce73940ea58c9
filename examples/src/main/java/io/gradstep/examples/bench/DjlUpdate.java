package io.gradstep.examples.bench;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.gradstep.djl.GradstepOptimizer;
import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The step of a model of DJL when its gradients are there; they are set to 0 in it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class DjlUpdate {
    /** The model: {@link NetworkSize}. */
    @Param({"1000", "1M", "25M"})
    public String network;

    /** What steps it. */
    @Param({"adam", "plain", "everything"})
    public DjlOptimizer optimizer;

    /** How the step is asked for. */
    @Param({"optimizer", "trainer"})
    public DjlStep by;

    /** How many threads work on one step; not JMH's threads. */
    @Param("2")
    public int threads;

    private final List<Parameter> parameters = new ArrayList<>();
    private final List<NDArray> gradients = new ArrayList<>();
    private final List<NDArray> originals = new ArrayList<>();
    private Model model;
    private Optimizer stepper;
    private Trainer trainer;

    /** For JMH. */
    public DjlUpdate() {}

    /** Makes the model and its gradients. */
    @Setup
    public void open() {
        LibraryThreads.djl(threads);
        NetworkSize size = NetworkSize.of(network);
        model = Model.newInstance("model", "PyTorch");
        model.setBlock(new SequentialBlock()
                .add(Linear.builder().setUnits(size.units()).build())
                .add(Linear.builder().setUnits(size.classes()).build()));
        stepper = optimizer.of(model, threads);
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()).optOptimizer(stepper));
        trainer.initialize(new Shape(1, size.inputs()));
        backward(size);
        parameters.addAll(model.getBlock().getParameters().values());
        for (Parameter parameter : parameters) {
            gradients.add(parameter.getArray().getGradient());
            HostTensor values = RandomTensors.gradients(io.gradstep.ops.Shape.of(
                            parameter.getArray().getShape().getShape()))
                    .get(0);
            originals.add(model.getNDManager()
                    .create(values.floats(), parameter.getArray().getShape()));
        }
    }

    /** So that there are gradients at all. */
    private void backward(NetworkSize size) {
        try (NDManager batch = model.getNDManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList output = trainer.forward(new NDList(batch.ones(new Shape(1, size.inputs()))));
            collector.backward(output.singletonOrThrow().sum());
        }
    }

    /** Puts back the gradients, outside of the time that is measured. */
    @Setup(Level.Invocation)
    public void restoreGradients() {
        for (int i = 0; i < gradients.size(); i++) {
            gradients.get(i).muli(0).addi(originals.get(i));
        }
    }

    /** A step. Of a window of accumulated gradients each is measured as often as the others. */
    @Benchmark
    public void step() {
        if (by == DjlStep.trainer) {
            trainer.step();
        } else if (stepper instanceof GradstepOptimizer ours) {
            ours.step();
        } else {
            for (Parameter parameter : parameters) {
                NDArray weight = parameter.getArray();
                try (NDArray gradient = weight.getGradient()) {
                    stepper.update(parameter.getId(), weight, gradient);
                }
            }
        }
    }

    /** Frees the model. */
    @TearDown
    public void close() {
        trainer.close();
        if (stepper instanceof GradstepOptimizer ours) {
            ours.close();
        }
        model.close();
    }
}
