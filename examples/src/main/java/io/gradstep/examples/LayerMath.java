package io.gradstep.examples;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;

/**
 * What a layer does to a batch, and the gradients of it, as loops over arrays. All arrays are row-major, and those of
 * inputs and outputs have a row for each example.
 */
sealed interface LayerMath permits DenseMath, ConvolutionMath {
    static LayerMath of(Layer layer) {
        if (layer instanceof Convolution convolution) {
            return new ConvolutionMath(convolution);
        }
        Dense dense = (Dense) layer;
        return new DenseMath(dense.inputs(), dense.units());
    }

    /** Multiplies by the kernel and adds the bias. */
    double[] outputs(double[] inputs, double[] kernel, double[] bias);

    /** The gradient of the kernel, by that of the outputs. */
    double[] ofKernel(double[] inputs, double[] ofOutputs);

    /** The gradient of the bias, by that of the outputs. */
    double[] ofBias(double[] ofOutputs);

    /** The gradient of the inputs, by that of the outputs. */
    double[] ofInputs(double[] ofOutputs, double[] kernel);
}
