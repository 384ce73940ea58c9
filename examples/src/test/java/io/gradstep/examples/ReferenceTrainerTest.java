package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The hand-written gradients against differences of a loss that is written another way, one number at a time. */
class ReferenceTrainerTest {
    private static final double STEP = 1e-5;
    private static final OptimizerChoice OPTIMIZER = new OptimizerChoice(new RMSprop(0.001), List.of());
    /**
     * The difference itself is wrong by the cube of the step times the third slope, and by the rounding of the loss,
     * 2e-16, over the step.
     */
    private static final double OF_DIFFERENCES = 1e-9;
    /** A gradient in float32 is rounded once; none exceeds 4, beside which numbers are 2.4e-7 apart. */
    private static final double OF_FLOAT32 = 1.2e-7;

    static Stream<Arguments> models() {
        return Stream.of(
                        Model.dense(5, 3),
                        Model.dense(5, 4, 3),
                        Model.dense(5, 4, 6, 3),
                        ofConvolutions(new Convolution(1, 4, 2, 3, 1)),
                        ofConvolutions(new Convolution(2, 6, 3, 3, 2)),
                        ofConvolutions(new Convolution(2, 6, 3, 2, 1), new Convolution(3, 5, 2, 3, 2)))
                .flatMap(model -> Stream.of(DType.FLOAT32, DType.FLOAT64).map(dtype -> Arguments.of(model, dtype)));
    }

    private static Model ofConvolutions(Convolution... convolutions) {
        List<Layer> layers = new ArrayList<>(List.of(convolutions));
        layers.add(new Dense(convolutions[convolutions.length - 1].outputs(), 3));
        return new Model(layers);
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradients_are_the_slopes_of_the_loss(Model model, DType dtype) {
        List<HostTensor> weights = withBiases(model.initialWeights(1, dtype));
        Batch batch = batch(model);
        double tolerance = OF_DIFFERENCES + (dtype == DType.FLOAT32 ? OF_FLOAT32 : 0);
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                ReferenceTrainer trainer = new ReferenceTrainer(model, weights, backend, OPTIMIZER)) {

            List<HostTensor> gradients = trainer.gradients(batch);

            for (int i = 0; i < weights.size(); i++) {
                assertThat(gradients.get(i).dtype()).isEqualTo(dtype);
                for (int j = 0; j < weights.get(i).length(); j++) {
                    assertThat(gradients.get(i).get(j))
                            .as("%s[%d]", model.parameters().get(i).path(), j)
                            .isCloseTo(slope(model, weights, i, j, batch), within(tolerance));
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
                    weight.set(i, random.uniform(0.5));
                }
            }
        }
        return weights;
    }

    private static Batch batch(Model model) {
        RandomStream random = RandomStream.of(3, "batch");
        int rows = 7;
        float[] features = new float[rows * model.inputs()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.uniform(2);
        }
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = row % model.classes();
        }
        return new Batch(model.inputs(), features, labels);
    }

    private static double slope(Model model, List<HostTensor> weights, int tensor, int index, Batch batch) {
        return (loss(model, moved(weights, tensor, index, STEP), batch)
                        - loss(model, moved(weights, tensor, index, -STEP), batch))
                / (2 * STEP);
    }

    /** In float64, with one weight moved. */
    private static List<HostTensor> moved(List<HostTensor> weights, int tensor, int index, double move) {
        List<HostTensor> moved = weights.stream()
                .map(weight -> weight.cast(DType.FLOAT64).copy())
                .toList();
        moved.get(tensor).set(index, moved.get(tensor).get(index) + move);
        return moved;
    }

    /** The mean cross entropy. */
    private static double loss(Model model, List<HostTensor> weights, Batch batch) {
        double sum = 0;
        for (int row = 0; row < batch.rows(); row++) {
            double[] values = new double[model.inputs()];
            for (int column = 0; column < values.length; column++) {
                values[column] = batch.features()[row * values.length + column];
            }
            for (int layer = 0; layer < model.layers().size(); layer++) {
                double[] outputs = new double[model.layers().get(layer).outputs()];
                for (int output = 0; output < outputs.length; output++) {
                    double number = output(
                            model.layers().get(layer),
                            values,
                            weights.get(2 * layer),
                            weights.get(2 * layer + 1),
                            output);
                    outputs[output] = model.isLast(layer) ? number : Math.max(number, 0);
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

    /** One number, by the definition of the layer. */
    private static double output(Layer layer, double[] inputs, HostTensor kernel, HostTensor bias, int output) {
        if (layer instanceof Convolution convolution) {
            int places = convolution.outputSide() * convolution.outputSide();
            int filter = output / places;
            int top = output % places / convolution.outputSide() * convolution.stride();
            int left = output % convolution.outputSide() * convolution.stride();
            double sum = bias.get(filter);
            for (int channel = 0; channel < convolution.channels(); channel++) {
                for (int y = 0; y < convolution.window(); y++) {
                    for (int x = 0; x < convolution.window(); x++) {
                        int pixel = (channel * convolution.side() + top + y) * convolution.side() + left + x;
                        int weight = ((y * convolution.window() + x) * convolution.channels() + channel)
                                        * convolution.filters()
                                + filter;
                        sum += inputs[pixel] * kernel.get(weight);
                    }
                }
            }
            return sum;
        }
        double sum = bias.get(output);
        for (int input = 0; input < inputs.length; input++) {
            sum += inputs[input] * kernel.get(input * layer.outputs() + output);
        }
        return sum;
    }
}
