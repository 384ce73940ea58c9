package io.gradstep.dl4j;

import io.gradstep.ops.Shape;
import io.gradstep.ops.VariableInfo;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A variable of a network that is ours to update, and where all that belongs to it lies: views of DL4J's own arrays.
 *
 * @param info its names: {@code 0/W}
 * @param updater what the layer has for it: not always the very one that its block was made by
 * @param block the position of the block that it belongs to, among ours
 * @param from where it begins among the parameters of the block
 * @param parameter its values
 * @param gradient DL4J's own gradient of it
 * @param state for each slot of the settings an array
 */
record NetworkVariable(
        VariableInfo info,
        GradstepUpdater updater,
        int block,
        long from,
        INDArray parameter,
        INDArray gradient,
        List<INDArray> state) {

    static NetworkVariable of(Network network, UpdaterBlock block, int position, BlockUpdater updater, ParamState in) {
        long from = (long) in.getParamOffsetStart() - block.getParamOffsetStart();
        long to = (long) in.getParamOffsetEnd() - block.getParamOffsetStart();
        INDArray original = in.getLayer().paramTable(false).get(in.getParamName());
        char order = original.ordering();
        long[] shape = shape(in.getLayer(), in.getParamName(), original);
        return new NetworkVariable(
                new VariableInfo(network.name(in.getLayer()) + "/" + in.getParamName(), in.getParamName()),
                (GradstepUpdater) in.getLayer().getConfig().getUpdaterByParam(in.getParamName()),
                position,
                from,
                in.getParamView().reshape(order, shape),
                in.getGradView().reshape(order, shape),
                updater.state(from, to).stream()
                        .map(view -> view.reshape(order, shape))
                        .toList());
    }

    /** What is no weight, a bias or a scale, is a row for DL4J, [1, n], and for Keras a vector. */
    private static long[] shape(Trainable layer, String name, INDArray original) {
        boolean isRow = original.rank() == 2 && original.size(0) == 1;
        boolean isWeight = !(layer.getConfig() instanceof Layer config)
                || config.initializer() == null
                || config.initializer().isWeightParam(config, name);
        return isRow && !isWeight ? new long[] {original.length()} : original.shape();
    }

    /** The gradient of it within that of its block, which need not be DL4J's own. */
    INDArray gradientIn(INDArray ofBlock) {
        boolean isOwn =
                ofBlock.data().address() == gradient.data().address() && ofBlock.offset() + from == gradient.offset();
        return isOwn
                ? gradient
                : ofBlock.reshape(ofBlock.length())
                        .get(NDArrayIndex.interval(from, from + parameter.length()))
                        .reshape(parameter.ordering(), parameter.shape());
    }

    Shape shape() {
        return Shape.of(parameter.shape());
    }
}
