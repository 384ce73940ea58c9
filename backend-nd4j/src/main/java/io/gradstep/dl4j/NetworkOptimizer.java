package io.gradstep.dl4j;

import io.gradstep.ops.Execution;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.OptimizerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.stepfunctions.NegativeDefaultStepFunction;
import org.deeplearning4j.nn.conf.stepfunctions.StepFunction;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The optimizer of a network of DL4J: what Keras's has beside its steps, which the network takes by itself. {@link
 * GradstepUpdater#attach} makes it.
 *
 * <p>Attached is the network, by a listener: clones, and networks that are loaded, are not; replicas of a {@code
 * ParallelWrapper} are. {@code net.setListeners} takes the listener away, which is noticed only when DL4J makes a new
 * updater, after {@code net.setLearningRate} or {@code net.clear} for example: attach again then. After an attached step
 * {@code net.gradient()} is 0, as the step was taken in the parameters themselves.
 *
 * <p>Variables have the path {@code 0/W}, the position of the layer and DL4J's name of the parameter; those of graphs
 * {@code dense/W}, with the name of the vertex. They stand in DL4J's order, which is Keras's for dense layers and batch
 * normalization; convolutions have the bias first. What is no weight is a vector, as in Keras, where DL4J has a row.
 *
 * <p>Layers with different updaters have an optimizer for each, as if each were a model: a global norm is then that of
 * its variables.
 *
 * <p><b>Training with {@code ParallelWrapper}</b> in the mode AVERAGING averages parameters and state, as DL4J always
 * does: each worker is exact, what they are averaged to is no run of Keras's. A graph keeps its state from one {@code
 * wrapper.fit} to the next; of a {@code MultiLayerNetwork} DL4J drops the updater at the end of each. Put it back, with
 * the array that DL4J has averaged into:
 *
 * <pre>{@code
 * INDArray state = net.getUpdater().getStateViewArray(); // once, before the first fit
 * wrapper.fit(data);
 * net.setUpdater(new MultiLayerUpdater(net, state));     // after each fit
 * }</pre>
 *
 * <p>The mode SHARED_GRADIENTS sends gradients with losses, and is refused.
 *
 * <p><b>What DL4J forgets.</b> The iteration count, which is the phase of accumulation and the step of schedules, gets lost
 * in {@code ComputationGraph.clone()}, and so with an {@code InMemoryModelSaver} of graphs, in Java's serialization of
 * graphs, and in {@code toComputationGraph()}: {@code copy.getConfiguration().setIterationCount(
 * net.getIterationCount())}. Early stopping hides an error of a step, such as a forgotten {@code attach}, in the reason
 * of its result.
 */
public final class NetworkOptimizer {
    private final Network network;
    private final AttachedListener listener;

    private NetworkOptimizer(Network network, AttachedListener listener) {
        this.network = network;
        this.listener = listener;
    }

    static NetworkOptimizer attach(Network network) {
        if (!network.isInitialized()) {
            throw new IllegalStateException("The network has no parameters yet. Call net.init() before attach(net)");
        }
        refuseOtherSolvers(network.configuration());
        AttachedListener listener = new AttachedListener();
        List<TrainingListener> listeners = new ArrayList<>();
        for (TrainingListener other : network.listeners()) {
            if (other instanceof AttachedListener former) {
                listener.setExclusions(former.exclusions());
            } else {
                listeners.add(other);
            }
        }
        listener.bindAnew(network);
        listeners.add(listener);
        network.setListeners(listeners);
        return new NetworkOptimizer(network, listener);
    }

    private static void refuseOtherSolvers(NeuralNetConfiguration configuration) {
        OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
        if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            throw new IllegalArgumentException("DL4J's solvers with a line search call the updater several times in an "
                    + "iteration, so that its state would be no rule's. Use optimizationAlgo("
                    + "STOCHASTIC_GRADIENT_DESCENT), which is DL4J's default. Received: " + algorithm);
        }
        StepFunction step = configuration.getStepFunction();
        if (step != null && !(step instanceof NegativeDefaultStepFunction)) {
            throw new IllegalArgumentException("An attached updater descends, in the parameters themselves, so that a "
                    + "step function has nothing to do. Leave stepFunction at DL4J's default. Received: " + step);
        }
    }

    private AttachedStep bound() {
        return listener.bound(network);
    }

    private List<Optimizer<INDArray>> optimizers() {
        return bound().groups().stream()
                .map(group -> group.optimizer(network.iterationCount(), network.epochCount()))
                .toList();
    }

    // ---- weight decay and averages

    /**
     * Spares variables from weight decay: {@code exclude_from_weight_decay}. Each call replaces what the one before
     * said. Like Keras's it is no part of the configuration: call it again after loading a network.
     *
     * @param patterns regular expressions of Java, searched in the short names: {@code "^b$"} spares all biases
     * @return this optimizer
     * @throws IllegalArgumentException if a pattern is not valid
     */
    public NetworkOptimizer excludeFromWeightDecay(String... patterns) {
        for (Optimizer<INDArray> optimizer : optimizers()) {
            optimizer.excludeFromWeightDecay(List.of(), List.of(patterns));
        }
        listener.setExclusions(List.of(patterns));
        return this;
    }

    /**
     * Sets the parameters to their moving averages, to be called after training: {@code finalize_variable_values}. Does
     * nothing if none are kept.
     */
    @SuppressWarnings("try") // scopes outside workspaces are only opened and closed
    public void finalizeVariableValues() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (VariableGroup group : bound().groups()) {
                group.optimizer(network.iterationCount(), network.epochCount()).finalizeVariableValues(group.tensors());
            }
        }
    }

    // ---- numbers

    /**
     * How many updates were made.
     *
     * @return DL4J's iteration count, divided by the accumulation steps if gradients are accumulated
     */
    public long iterations() {
        return optimizers().get(0).iterations();
    }

    /**
     * The learning rate of the next step, of the first variable.
     *
     * @return the number that is kept, or what the schedule or the callable says
     */
    public double learningRate() {
        return optimizers().get(0).learningRate();
    }

    /**
     * Changes the learning rate of all layers from the next step on, also where it was a schedule: {@code
     * net.setLearningRate}, which has this and DL4J's schedules. DL4J rearranges the state, and does not reach layers
     * within others, as in {@code Bidirectional}.
     *
     * @param learningRate the new one; rounded to float32
     */
    public void setLearningRate(double learningRate) {
        network.setLearningRate(learningRate);
        bound();
    }

    // ---- state

    /**
     * All that Keras's optimizer stores: {@code iteration}, {@code learning_rate} if it is a number, averages,
     * accumulators, and the state of the rule. It goes to and comes from Keras's files and every other backend.
     *
     * @return a copy, in Keras's order; of layers with different updaters one after the other
     */
    @SuppressWarnings("try") // scopes outside workspaces are only opened and closed
    public OptimizerState state() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            List<NamedArray> arrays = new ArrayList<>();
            optimizers()
                    .forEach(optimizer ->
                            arrays.addAll(optimizer.saveOwnVariables().arrays()));
            return new OptimizerState(arrays);
        }
    }

    /**
     * Takes a state, with its iteration count and learning rate.
     *
     * @param state what {@link #state} gives, or what a file of Keras's has for the same variables in the same order
     * @throws IllegalArgumentException if the number of arrays or a shape is another; nothing has changed then
     */
    @SuppressWarnings("try") // scopes outside workspaces are only opened and closed
    public void restore(OptimizerState state) {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, Shape> places = new LinkedHashMap<>();
            List<Optimizer<INDArray>> optimizers = optimizers();
            for (int i = 0; i < optimizers.size(); i++) {
                for (TensorVariable<INDArray> variable : optimizers.get(i).variables()) {
                    places.put((i == 0 ? "" : i + ":") + variable.path(), variable.shape());
                }
            }
            state.ensureFits(places);
            int next = 0;
            for (Optimizer<INDArray> optimizer : optimizers) {
                int count = optimizer.variables().size();
                optimizer.loadOwnVariables(new OptimizerState(state.arrays().subList(next, next + count)));
                next += count;
            }
            takeNumbers(optimizers);
        }
    }

    /** The counter and the learning rate are the network's: the optimizer's follow them. */
    private void takeNumbers(List<Optimizer<INDArray>> optimizers) {
        network.setIterationCount((int) optimizers.get(0).rawIteration());
        List<VariableGroup> groups = bound().groups();
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).rateIsNumber()) {
                groups.get(i).setLearningRate(optimizers.get(i).learningRate());
            }
        }
    }

    /**
     * How steps on the variables are run.
     *
     * @return by path the mode, and why it is this one
     */
    public Map<String, Execution> execution() {
        Map<String, Execution> executions = new LinkedHashMap<>();
        optimizers().forEach(optimizer -> executions.putAll(optimizer.execution()));
        return executions;
    }
}
