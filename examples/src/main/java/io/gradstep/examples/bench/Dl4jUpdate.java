package io.gradstep.examples.bench;

import io.gradstep.dl4j.GradstepUpdater;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
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

/**
 * The update of a network of DL4J when its gradients are there: what the updater makes of them, block by block, and
 * DL4J's subtraction from the parameters.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class Dl4jUpdate {
    /** The network: {@link NetworkSize}. */
    @Param({"1000", "1M", "25M"})
    public String network;

    /** Who updates it. */
    @Param({"dl4j", "plain", "everything"})
    public Dl4jUpdater updater;

    /** How many threads work on one step; not JMH's threads. */
    @Param("2")
    public int threads;

    private MultiLayerNetwork net;
    private List<UpdaterBlock> blocks;
    private INDArray parameters;
    private INDArray gradients;
    private INDArray originals;
    private int iteration;

    /** For JMH. */
    public Dl4jUpdate() {}

    /** Makes the network. */
    @Setup
    public void open() {
        LibraryThreads.nd4j(threads);
        NetworkSize size = NetworkSize.of(network);
        net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater.updater())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(size.inputs())
                        .nOut(size.units())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(size.units())
                        .nOut(size.classes())
                        .build())
                .build());
        net.init();
        net.initGradientsView();
        if (updater.isAttached()) {
            GradstepUpdater.attach(net).excludeFromWeightDecay("^b$");
        }
        blocks = ((MultiLayerUpdater) net.getUpdater()).getUpdaterBlocks();
        parameters = net.params().reshape(net.numParams());
        gradients = net.getFlattenedGradients().reshape(net.numParams());
        HostTensor values =
                RandomTensors.gradients(Shape.of(gradients.length())).get(0);
        originals = Nd4j.createFromArray(values.floats()).reshape(gradients.shape());
    }

    /** Puts back the gradients, outside of the time that is measured: an update has overwritten them. */
    @Setup(Level.Invocation)
    public void restoreGradients() {
        gradients.assign(originals);
    }

    /** An update. Of a window of accumulated gradients each step is measured as often as the others. */
    @Benchmark
    public void update() {
        iteration++;
        for (UpdaterBlock block : blocks) {
            block.update(iteration, 0);
        }
        parameters.subi(gradients);
    }

    /** Frees the network. */
    @TearDown
    public void close() {
        net.close();
        originals.close();
    }
}
