package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The model in plain Java: forward and backward as loops. They compute in float64, whatever the weights are; a gradient
 * is rounded to the dtype of its weight once, at the end, so that it is as near to the truth as it can be.
 */
final class ReferenceTrainer implements Trainer<HostTensor> {
    private final Model model;
    private final List<LayerMath> layers;
    private final List<HostTensor> weights;
    private final List<TensorVariable<HostTensor>> variables;
    private final Stepper<HostTensor> stepper;

    ReferenceTrainer(
            Model model, List<HostTensor> initialWeights, Backend<HostTensor> backend, OptimizerChoice choice) {
        this.model = model;
        this.layers = model.layers().stream().map(LayerMath::of).toList();
        this.weights = initialWeights.stream().map(HostTensor::copy).toList();
        this.variables = IntStream.range(0, weights.size())
                .mapToObj(i ->
                        backend.wrap(weights.get(i), model.parameters().get(i).path()))
                .toList();
        this.stepper = choice.on(backend, variables);
    }

    @Override
    public List<TensorVariable<HostTensor>> variables() {
        return variables;
    }

    @Override
    public Stepper<HostTensor> stepper() {
        return stepper;
    }

    @Override
    public double[] probabilities(Batch batch) {
        List<double[]> activations = activations(batch);
        return activations.get(layers.size());
    }

    /** The input of each layer in turn, and at last the output of the softmax. */
    private List<double[]> activations(Batch batch) {
        List<double[]> activations = new ArrayList<>();
        activations.add(widened(batch.features()));
        for (int layer = 0; layer < layers.size(); layer++) {
            double[] outputs = layers.get(layer).outputs(activations.get(layer), kernel(layer), bias(layer));
            if (model.isLast(layer)) {
                softmax(outputs, model.classes());
            } else {
                relu(outputs);
            }
            activations.add(outputs);
        }
        return activations;
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        return widened;
    }

    private double[] kernel(int layer) {
        return weights.get(2 * layer).cast(DType.FLOAT64).doubles();
    }

    private double[] bias(int layer) {
        return weights.get(2 * layer + 1).cast(DType.FLOAT64).doubles();
    }

    private static void relu(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    private static void softmax(double[] values, int classes) {
        for (int from = 0; from < values.length; from += classes) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = from; i < from + classes; i++) {
                largest = Math.max(largest, values[i]);
            }
            double sum = 0;
            for (int i = from; i < from + classes; i++) {
                // Without the largest taken off, exp overflows.
                values[i] = Math.exp(values[i] - largest);
                sum += values[i];
            }
            for (int i = from; i < from + classes; i++) {
                values[i] /= sum;
            }
        }
    }

    @Override
    public List<HostTensor> gradients(Batch batch) {
        List<double[]> activations = activations(batch);
        HostTensor[] gradients = new HostTensor[weights.size()];
        double[] ofOutputs = gradientOfLogits(activations.get(layers.size()), batch);
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            LayerMath math = layers.get(layer);
            double[] inputs = activations.get(layer);
            gradients[2 * layer] = rounded(math.ofKernel(inputs, ofOutputs), weights.get(2 * layer));
            gradients[2 * layer + 1] = rounded(math.ofBias(ofOutputs), weights.get(2 * layer + 1));
            if (layer > 0) {
                ofOutputs = throughRelu(math.ofInputs(ofOutputs, kernel(layer)), inputs);
            }
        }
        return List.of(gradients);
    }

    private static HostTensor rounded(double[] gradient, HostTensor weight) {
        return HostTensor.of(weight.shape(), gradient).cast(weight.dtype());
    }

    /** Softmax and cross entropy together: the probabilities less 1 at the right class, over the number of rows. */
    private double[] gradientOfLogits(double[] probabilities, Batch batch) {
        double[] gradient = probabilities.clone();
        for (int row = 0; row < batch.rows(); row++) {
            gradient[row * model.classes() + batch.label(row)] -= 1;
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= batch.rows();
        }
        return gradient;
    }

    private static double[] throughRelu(double[] gradient, double[] outputsOfRelu) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = outputsOfRelu[i] > 0 ? gradient[i] : 0;
        }
        return gradient;
    }

    @Override
    public List<HostTensor> toHost(List<HostTensor> tensors) {
        return tensors.stream().map(HostTensor::copy).toList();
    }

    @Override
    public void close() {
        stepper.close();
        variables.forEach(TensorVariable::close);
    }
}
