package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hand-written gradients against differences of a loss that is written another way, in double. */
class ReferenceTrainerTest {
    private static final double STEP = 1e-6;
    private static final OptimizerChoice OPTIMIZER = new OptimizerChoice(new RMSprop(0.001), List.of());
    /** The trainer computes in float32: about 1e-7 for each of the few dozen terms, none of which exceeds 1 by much. */
    private static final double TOLERANCE = 2e-6;

    @ParameterizedTest
    @ValueSource(strings = {"5-3", "5-4-3", "5-4-6-3"})
    void gradients_are_the_slopes_of_the_loss(String widths) {
        Mlp model = new Mlp(
                List.of(widths.split("-")).stream().map(Integer::valueOf).toList());
        List<HostTensor> weights = withBiases(model.initialWeights(1));
        Batch batch = batch(model);
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                ReferenceTrainer trainer = new ReferenceTrainer(model, weights, backend, OPTIMIZER)) {

            List<HostTensor> gradients = trainer.gradients(batch);

            for (int i = 0; i < weights.size(); i++) {
                for (int j = 0; j < weights.get(i).length(); j++) {
                    assertThat((double) gradients.get(i).floats()[j])
                            .as("%s[%d]", model.parameters().get(i).path(), j)
                            .isCloseTo(slope(model, weights, i, j, batch), within(TOLERANCE));
                }
            }
        }
    }

    /** Biases of 0 would hide that they are added. */
    private static List<HostTensor> withBiases(List<HostTensor> weights) {
        RandomStream random = RandomStream.of(2, "biases");
        for (HostTensor weight : weights) {
            if (weight.shape().rank() == 1) {
                for (int i = 0; i < weight.length(); i++) {
                    weight.floats()[i] = random.uniform(0.5);
                }
            }
        }
        return weights;
    }

    private static Batch batch(Mlp model) {
        RandomStream random = RandomStream.of(3, "batch");
        int rows = 7;
        float[] features = new float[rows * model.inputs(0)];
        for (int i = 0; i < features.length; i++) {
            features[i] = random.uniform(2);
        }
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = row % model.classes();
        }
        return new Batch(model.inputs(0), features, labels);
    }

    private static double slope(Mlp model, List<HostTensor> weights, int tensor, int index, Batch batch) {
        return (loss(model, weights, tensor, index, STEP, batch) - loss(model, weights, tensor, index, -STEP, batch))
                / (2 * STEP);
    }

    /** The mean cross entropy, with one weight moved. */
    private static double loss(Mlp model, List<HostTensor> weights, int tensor, int index, double move, Batch batch) {
        double sum = 0;
        for (int row = 0; row < batch.rows(); row++) {
            double[] values = new double[model.inputs(0)];
            for (int column = 0; column < values.length; column++) {
                values[column] = batch.features()[row * values.length + column];
            }
            for (int layer = 0; layer < model.layers(); layer++) {
                double[] outputs = new double[model.units(layer)];
                for (int unit = 0; unit < outputs.length; unit++) {
                    outputs[unit] = moved(weights, 2 * layer + 1, unit, tensor, index, move);
                    for (int column = 0; column < values.length; column++) {
                        outputs[unit] += values[column]
                                * moved(weights, 2 * layer, column * outputs.length + unit, tensor, index, move);
                    }
                    if (layer < model.layers() - 1) {
                        outputs[unit] = Math.max(outputs[unit], 0);
                    }
                }
                values = outputs;
            }
            double normalizer = 0;
            for (double logit : values) {
                normalizer += Math.exp(logit);
            }
            sum += Math.log(normalizer) - values[batch.label(row)];
        }
        return sum / batch.rows();
    }

    private static double moved(List<HostTensor> weights, int i, int j, int tensor, int index, double move) {
        return weights.get(i).get(j) + (i == tensor && j == index ? move : 0);
    }
}
