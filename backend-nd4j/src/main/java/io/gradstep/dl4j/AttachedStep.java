package io.gradstep.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * The steps of all blocks of a network together. DL4J comes block by block, each time when it has regularized the
 * block's gradients: all but the last only remember theirs, and at the last the optimizers step, in the parameters
 * themselves. What DL4J then subtracts from them is 0, which changes no bit.
 *
 * <p>It holds as long as DL4J keeps the updater; another one is bound anew.
 */
@SuppressWarnings("try") // scopes outside workspaces are only opened and closed
final class AttachedStep {
    private final List<VariableGroup> groups;
    /** By the position of the block. */
    private final List<VariableGroup> groupOfBlock;
    /** By the position of the block; none between steps, as they may lie in a workspace. */
    private final INDArray[] gradients;

    private AttachedStep(List<VariableGroup> groups, List<VariableGroup> groupOfBlock) {
        this.groups = groups;
        this.groupOfBlock = groupOfBlock;
        this.gradients = new INDArray[groupOfBlock.size()];
    }

    /**
     * What the network's blocks are bound to, all of ours to the same.
     *
     * @return null if they are not
     */
    static AttachedStep boundTo(Network network) {
        AttachedStep bound = null;
        for (UpdaterBlock block : ours(network)) {
            AttachedStep other = ((BlockUpdater) block.getGradientUpdater()).attachedStep();
            if (other == null || (bound != null && bound != other)) {
                return null;
            }
            bound = other;
        }
        return bound;
    }

    /**
     * Binds the network's blocks.
     *
     * @param exclusions patterns of variables that are spared by weight decay
     * @throws IllegalArgumentException if there are none of ours, or if the network has what cannot be matched
     */
    static AttachedStep bind(Network network, List<String> exclusions) {
        List<UpdaterBlock> ours = ours(network);
        if (ours.isEmpty()) {
            throw new IllegalArgumentException("Nothing in the network is updated by a GradstepUpdater. Configure it "
                    + "with .updater(new GradstepUpdater(settings)), or leave out attach");
        }
        Map<GradstepUpdater, List<NetworkVariable>> variables = new LinkedHashMap<>();
        List<GradstepUpdater> configs = new ArrayList<>();
        for (UpdaterBlock block : ours) {
            BlockUpdater updater = (BlockUpdater) block.getGradientUpdater();
            for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
                if (parameter.getParamView() != null) {
                    NetworkVariable variable = NetworkVariable.of(network, block, configs.size(), updater, parameter);
                    refuseWeightDecay(variable, parameter);
                    variables
                            .computeIfAbsent(updater.ownConfig(), config -> new ArrayList<>())
                            .add(variable);
                }
            }
            configs.add(updater.ownConfig());
        }
        Map<GradstepUpdater, VariableGroup> groups = new LinkedHashMap<>();
        variables.forEach((config, some) -> groups.put(config, new VariableGroup(config, some, exclusions)));
        AttachedStep step = new AttachedStep(
                List.copyOf(groups.values()), configs.stream().map(groups::get).toList());
        for (int i = 0; i < ours.size(); i++) {
            ((BlockUpdater) ours.get(i).getGradientUpdater()).join(step, i);
        }
        return step;
    }

    private static List<UpdaterBlock> ours(Network network) {
        return network.updater().getUpdaterBlocks().stream()
                .filter(block -> block.getGradientUpdater() instanceof BlockUpdater)
                // DL4J passes over those that are pretrained on their own.
                .filter(block -> !block.skipDueToPretrainConfig(false))
                .toList();
    }

    private static void refuseWeightDecay(NetworkVariable variable, ParamState parameter) {
        List<Regularization> regularizations =
                parameter.getLayer().getConfig().getRegularizationByParam(parameter.getParamName());
        if (regularizations == null) {
            return;
        }
        for (Regularization regularization : regularizations) {
            if (regularization.applyStep() == Regularization.ApplyStep.POST_UPDATER) {
                throw new IllegalArgumentException("DL4J adds " + regularization + " to what an updater has made of a "
                        + "block's gradients, but attached updaters step when all blocks are there. It is set for "
                        + variable.info().path() + ". Remove it, and set weight_decay of the optimizer: "
                        + "RMSprop.builder().weightDecay(…), which decays biases as well unless you call "
                        + "excludeFromWeightDecay(\"^b$\")");
            }
        }
    }

    List<VariableGroup> groups() {
        return groups;
    }

    GradstepUpdater config(int position) {
        return groupOfBlock.get(position).config();
    }

    /**
     * One block of a step; the last one takes it.
     *
     * @param gradient the block's, regularized; 0 after the step
     */
    void step(int position, INDArray gradient, int iteration, int epoch) {
        if (position == 0) {
            Arrays.fill(gradients, null);
        }
        gradients[position] = gradient;
        if (position < gradients.length - 1) {
            return;
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            ensureComplete();
            groups.forEach(group -> group.step(gradients, iteration, epoch));
            for (INDArray each : gradients) {
                each.assign(0);
            }
        } finally {
            Arrays.fill(gradients, null);
        }
    }

    private void ensureComplete() {
        for (int i = 0; i < gradients.length; i++) {
            if (gradients[i] == null) {
                throw new IllegalStateException("The step has no gradient for the block " + i + " of the network's "
                        + "updater. Update a network as a whole: net.getUpdater().update(…). Nothing was changed");
            }
        }
    }
}
