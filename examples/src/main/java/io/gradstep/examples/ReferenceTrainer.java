package io.gradstep.examples;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The model in plain Java: forward and backward as loops, in float32. */
final class ReferenceTrainer implements Trainer<HostTensor> {
    private final Mlp model;
    private final List<HostTensor> weights;
    private final List<TensorVariable<HostTensor>> variables;
    private final Stepper<HostTensor> stepper;

    ReferenceTrainer(Mlp model, List<HostTensor> initialWeights, Backend<HostTensor> backend, OptimizerChoice choice) {
        this.model = model;
        this.weights = initialWeights.stream().map(HostTensor::copy).toList();
        this.variables = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            variables.add(backend.wrap(weights.get(i), model.parameters().get(i).path()));
        }
        this.stepper = choice.on(backend, variables);
    }

    @Override
    public List<TensorVariable<HostTensor>> variables() {
        return List.copyOf(variables);
    }

    @Override
    public Stepper<HostTensor> stepper() {
        return stepper;
    }

    @Override
    public float[] probabilities(Batch batch) {
        List<float[]> activations = activations(batch);
        return activations.get(activations.size() - 1);
    }

    /** The input of each layer in turn, and at last the output of the softmax. */
    private List<float[]> activations(Batch batch) {
        List<float[]> activations = new ArrayList<>();
        activations.add(batch.features());
        for (int layer = 0; layer < model.layers(); layer++) {
            float[] outputs = dense(activations.get(layer), layer, batch.rows());
            if (layer < model.layers() - 1) {
                relu(outputs);
            } else {
                softmax(outputs, model.classes());
            }
            activations.add(outputs);
        }
        return activations;
    }

    private float[] dense(float[] inputs, int layer, int rows) {
        int columns = model.inputs(layer);
        int units = model.units(layer);
        float[] kernel = kernel(layer);
        float[] bias = weights.get(2 * layer + 1).floats();
        float[] outputs = new float[rows * units];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(bias, 0, outputs, row * units, units);
            for (int column = 0; column < columns; column++) {
                float input = inputs[row * columns + column];
                for (int unit = 0; unit < units; unit++) {
                    outputs[row * units + unit] += input * kernel[column * units + unit];
                }
            }
        }
        return outputs;
    }

    private float[] kernel(int layer) {
        return weights.get(2 * layer).floats();
    }

    private static void relu(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    private static void softmax(float[] values, int classes) {
        for (int from = 0; from < values.length; from += classes) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + classes; i++) {
                largest = Math.max(largest, values[i]);
            }
            float sum = 0;
            for (int i = from; i < from + classes; i++) {
                // Without the largest taken off, exp overflows from 89 on.
                values[i] = (float) Math.exp(values[i] - largest);
                sum += values[i];
            }
            for (int i = from; i < from + classes; i++) {
                values[i] /= sum;
            }
        }
    }

    @Override
    public List<HostTensor> gradients(Batch batch) {
        List<float[]> activations = activations(batch);
        HostTensor[] gradients = new HostTensor[weights.size()];
        float[] ofOutputs = gradientOfLogits(activations.get(model.layers()), batch);
        for (int layer = model.layers() - 1; layer >= 0; layer--) {
            float[] inputs = activations.get(layer);
            gradients[2 * layer] = ofKernel(inputs, ofOutputs, layer, batch.rows());
            gradients[2 * layer + 1] = ofBias(ofOutputs, layer, batch.rows());
            if (layer > 0) {
                ofOutputs = throughRelu(ofInputs(ofOutputs, layer, batch.rows()), inputs);
            }
        }
        return Arrays.asList(gradients);
    }

    /** Softmax and cross entropy together: the probabilities less 1 at the right class, over the number of rows. */
    private float[] gradientOfLogits(float[] probabilities, Batch batch) {
        float[] gradient = probabilities.clone();
        for (int row = 0; row < batch.rows(); row++) {
            gradient[row * model.classes() + batch.label(row)] -= 1;
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= batch.rows();
        }
        return gradient;
    }

    private HostTensor ofKernel(float[] inputs, float[] ofOutputs, int layer, int rows) {
        int columns = model.inputs(layer);
        int units = model.units(layer);
        float[] gradient = new float[columns * units];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float input = inputs[row * columns + column];
                for (int unit = 0; unit < units; unit++) {
                    gradient[column * units + unit] += input * ofOutputs[row * units + unit];
                }
            }
        }
        return HostTensor.of(weights.get(2 * layer).shape(), gradient);
    }

    private HostTensor ofBias(float[] ofOutputs, int layer, int rows) {
        int units = model.units(layer);
        float[] gradient = new float[units];
        for (int row = 0; row < rows; row++) {
            for (int unit = 0; unit < units; unit++) {
                gradient[unit] += ofOutputs[row * units + unit];
            }
        }
        return HostTensor.of(weights.get(2 * layer + 1).shape(), gradient);
    }

    private float[] ofInputs(float[] ofOutputs, int layer, int rows) {
        int columns = model.inputs(layer);
        int units = model.units(layer);
        float[] kernel = kernel(layer);
        float[] gradient = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float sum = 0;
                for (int unit = 0; unit < units; unit++) {
                    sum += ofOutputs[row * units + unit] * kernel[column * units + unit];
                }
                gradient[row * columns + column] = sum;
            }
        }
        return gradient;
    }

    private static float[] throughRelu(float[] gradient, float[] outputsOfRelu) {
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
