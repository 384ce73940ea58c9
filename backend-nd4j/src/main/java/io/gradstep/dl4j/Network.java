package io.gradstep.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;

/** What DL4J's two kinds of networks have in common, but not as a type. */
sealed interface Network {
    /**
     * A model as a network.
     *
     * @return null if it is none: DL4J sends the layers that it pretrains to the listeners, too
     */
    static Network of(Model model) {
        if (model instanceof MultiLayerNetwork net) {
            return new OfLayers(net);
        }
        return model instanceof ComputationGraph graph ? new OfVertices(graph) : null;
    }

    boolean isInitialized();

    /** Makes the updater, with its state, if there is none. */
    BaseMultiLayerUpdater<?> updater();

    /** What a layer or vertex is called in a path: its position, in a graph its name. */
    String name(Trainable layer);

    NeuralNetConfiguration configuration();

    /** What takes DL4J's steps. Only after {@link #updater} has made it. */
    ConvexOptimizer solver();

    int iterationCount();

    void setIterationCount(int count);

    int epochCount();

    void setLearningRate(double rate);

    List<TrainingListener> listeners();

    void setListeners(List<TrainingListener> listeners);

    /** A network. */
    record OfLayers(MultiLayerNetwork net) implements Network {
        @Override
        public boolean isInitialized() {
            return net.isInitCalled();
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            return (BaseMultiLayerUpdater<?>) net.getUpdater();
        }

        @Override
        public String name(Trainable layer) {
            Layer[] layers = net.getLayers();
            for (int i = 0; i < layers.length; i++) {
                if (layers[i] == layer) {
                    return Integer.toString(i);
                }
            }
            throw new IllegalStateException("DL4J updates a layer that is not in the network: " + layer);
        }

        @Override
        public NeuralNetConfiguration configuration() {
            return net.conf();
        }

        @Override
        public ConvexOptimizer solver() {
            return net.getOptimizer();
        }

        @Override
        public int iterationCount() {
            return net.getIterationCount();
        }

        @Override
        public void setIterationCount(int count) {
            net.getLayerWiseConfigurations().setIterationCount(count);
        }

        @Override
        public int epochCount() {
            return net.getEpochCount();
        }

        @Override
        public void setLearningRate(double rate) {
            net.setLearningRate(rate);
        }

        @Override
        public List<TrainingListener> listeners() {
            return List.copyOf(net.getListeners());
        }

        @Override
        public void setListeners(List<TrainingListener> listeners) {
            net.setListeners(listeners);
        }
    }

    /** A graph. */
    record OfVertices(ComputationGraph net) implements Network {
        @Override
        public boolean isInitialized() {
            return net.getVertices() != null;
        }

        @Override
        public BaseMultiLayerUpdater<?> updater() {
            return net.getUpdater();
        }

        @Override
        public String name(Trainable layer) {
            return layer instanceof GraphVertex vertex
                    ? vertex.getVertexName()
                    : layer.getConfig().getLayerName();
        }

        @Override
        public NeuralNetConfiguration configuration() {
            return net.conf();
        }

        @Override
        public ConvexOptimizer solver() {
            return net.getOptimizer();
        }

        @Override
        public int iterationCount() {
            return net.getIterationCount();
        }

        @Override
        public void setIterationCount(int count) {
            net.getConfiguration().setIterationCount(count);
        }

        @Override
        public int epochCount() {
            return net.getEpochCount();
        }

        @Override
        public void setLearningRate(double rate) {
            net.setLearningRate(rate);
        }

        @Override
        public List<TrainingListener> listeners() {
            return List.copyOf(net.getListeners());
        }

        @Override
        public void setListeners(List<TrainingListener> listeners) {
            net.setListeners(listeners);
        }
    }
}
