package io.gradstep.dl4j;

import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.BaseArguments;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.Optimizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Variables of a network with equal updaters, and the optimizer that steps them together. */
final class VariableGroup {
    private final GradstepUpdater config;
    private final List<NetworkVariable> variables;
    private final List<TensorVariable<INDArray>> tensors;
    private final Optimizer<INDArray> optimizer;
    /** Else it is asked for {@link #rate}. */
    private final boolean rateIsNumber;

    private double rate;

    VariableGroup(GradstepUpdater config, List<NetworkVariable> variables, List<String> exclusions) {
        this.config = config;
        this.variables = List.copyOf(variables);
        Map<TensorVariable<INDArray>, List<INDArray>> places = new LinkedHashMap<>();
        for (NetworkVariable variable : variables) {
            INDArray parameter = variable.parameter();
            places.put(
                    TensorVariable.of(
                            variable.info(), parameter, UnattachedStep.dtype(parameter), variable.shape(), () -> {}),
                    variable.state());
        }
        this.tensors = new ArrayList<>(places.keySet());
        this.optimizer = config.settings().on(new HostedBackend(config.options(), places));
        this.rateIsNumber =
                config.schedule() == null && config.settings().base().learningRate() instanceof LearningRate.Fixed;
        if (!rateIsNumber) {
            optimizer.setLearningRate(() -> rate);
        }
        optimizer.excludeFromWeightDecay(List.of(), exclusions);
        optimizer.build(tensors);
    }

    GradstepUpdater config() {
        return config;
    }

    List<TensorVariable<INDArray>> tensors() {
        return tensors;
    }

    /** The optimizer, as it is before a step in this iteration. */
    Optimizer<INDArray> optimizer(int iteration, int epoch) {
        beginAverages(iteration);
        rate = config.getLearningRate(iteration, epoch);
        if (rateIsNumber && optimizer.learningRate() != rate) {
            optimizer.setLearningRate(rate);
        }
        optimizer.setRawIteration(iteration);
        return optimizer;
    }

    /** Whether the learning rate is a number, which is stored with the state. */
    boolean rateIsNumber() {
        return rateIsNumber;
    }

    /** Sets the learning rate of all updaters of this group; each layer has one of its own. */
    void setLearningRate(double learningRate) {
        variables.forEach(variable -> variable.updater().setLrAndSchedule(learningRate, null));
        config.setLrAndSchedule(learningRate, null);
    }

    /** Averages begin at 0, as Keras's do, whose first step takes the variable alone; later than that they would not. */
    private void beginAverages(int iteration) {
        BaseArguments base = config.settings().base();
        if (!base.useEma()) {
            return;
        }
        Integer window = base.gradientAccumulationSteps();
        boolean isFirst = iteration < (window == null || window == 0 ? 1 : window);
        for (NetworkVariable variable : variables) {
            INDArray average = variable.state().get(0);
            if (!UnsetAverage.is(average)) {
                continue;
            }
            if (isFirst) {
                average.assign(0);
            } else {
                average.assign(variable.parameter());
            }
        }
    }

    /**
     * Takes a step.
     *
     * @param ofBlocks the gradients of the blocks, by position
     */
    void step(INDArray[] ofBlocks, int iteration, int epoch) {
        List<INDArray> gradients = new ArrayList<>(variables.size());
        for (NetworkVariable variable : variables) {
            gradients.add(variable.gradientIn(ofBlocks[variable.block()]));
        }
        optimizer(iteration, epoch).apply(gradients);
    }
}
