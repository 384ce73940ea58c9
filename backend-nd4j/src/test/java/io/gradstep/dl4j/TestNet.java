package io.gradstep.dl4j;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** A network or a graph, and its variables as gradstep names and shapes them. */
record TestNet(Model model) {
    static TestNet of(boolean isGraph, NeuralNetConfiguration.Builder common) {
        return new TestNet(isGraph ? TestNetworks.graph(common) : TestNetworks.network(common));
    }

    NetworkOptimizer attach() {
        return model instanceof MultiLayerNetwork net
                ? GradstepUpdater.attach(net)
                : GradstepUpdater.attach((ComputationGraph) model);
    }

    void fit(DataSet batch) {
        if (model instanceof MultiLayerNetwork net) {
            net.fit(batch);
        } else {
            ((ComputationGraph) model).fit(batch);
        }
    }

    private Map<String, INDArray> paramTable() {
        return model instanceof MultiLayerNetwork net ? net.paramTable() : ((ComputationGraph) model).paramTable();
    }

    /** Copies of the parameters, but for those that no optimizer steps. */
    Map<String, HostTensor> parameters() {
        return variables(paramTable()::get);
    }

    private Map<String, HostTensor> variables(Function<String, INDArray> arrays) {
        Map<String, HostTensor> variables = new LinkedHashMap<>();
        for (String key : paramTable().keySet()) {
            int split = key.lastIndexOf('_');
            String name = key.substring(split + 1);
            // The running mean and deviation of batch normalization.
            if (!name.equals("mean") && !name.equals("log10stdev")) {
                // The gradient of a one-dimensional convolution lacks the last dimension, of length 1.
                INDArray array = arrays.apply(key).reshape(paramTable().get(key).shape());
                variables.put(key.substring(0, split) + "/" + name, host(array, name.contains("W")));
            }
        }
        return variables;
    }

    private static HostTensor host(INDArray array, boolean isWeight) {
        Shape shape = Shape.of(isWeight ? array.shape() : new long[] {array.length()});
        INDArray rowMajor = array.dup('c');
        return array.dataType() == DataType.FLOAT
                ? HostTensor.of(shape, rowMajor.data().asFloat())
                : HostTensor.of(shape, rowMajor.data().asDouble());
    }

    /**
     * The gradients that the next step of this network is taken with, computed by a twin whose updater multiplies them
     * by 1.
     */
    Map<String, HostTensor> gradientsOn(TestNet twin, DataSet batch, int iteration) {
        twin.model.setParams(model.params());
        LayerWorkspaceMgr nowhere = LayerWorkspaceMgr.noWorkspaces();
        if (twin.model instanceof MultiLayerNetwork net) {
            net.setInput(batch.getFeatures());
            net.setLabels(batch.getLabels());
            net.computeGradientAndScore();
            net.getUpdater().update(net, net.gradient(), iteration, 0, TestNetworks.BATCH, nowhere);
            return twin.variables(net.gradient().gradientForVariable()::get);
        }
        ComputationGraph graph = (ComputationGraph) twin.model;
        graph.setInput(0, batch.getFeatures());
        graph.setLabel(0, batch.getLabels());
        graph.computeGradientAndScore();
        graph.getUpdater().update(graph.gradient(), iteration, 0, TestNetworks.BATCH, nowhere);
        return twin.variables(graph.gradient().gradientForVariable()::get);
    }
}
