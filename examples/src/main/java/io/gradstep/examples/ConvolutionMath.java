package io.gradstep.examples;

import io.gradstep.examples.Layer.Convolution;

/** A convolution as a dense layer that sees each window of an image as a row of its own. */
record ConvolutionMath(Convolution layer) implements LayerMath {
    /** A window is read as Keras's kernel lies: row, column, channel. */
    private DenseMath ofWindows() {
        return new DenseMath(layer.window() * layer.window() * layer.channels(), layer.filters());
    }

    @Override
    public double[] outputs(double[] inputs, double[] kernel, double[] bias) {
        return channelsFirst(ofWindows().outputs(windows(inputs), kernel, bias));
    }

    @Override
    public double[] ofKernel(double[] inputs, double[] ofOutputs) {
        return ofWindows().ofKernel(windows(inputs), channelsLast(ofOutputs));
    }

    @Override
    public double[] ofBias(double[] ofOutputs) {
        return ofWindows().ofBias(channelsLast(ofOutputs));
    }

    @Override
    public double[] ofInputs(double[] ofOutputs, double[] kernel) {
        double[] windows = ofWindows().ofInputs(channelsLast(ofOutputs), kernel);
        double[] gradient = new double[ofOutputs.length / layer.outputs() * layer.inputs()];
        forEachPixel(gradient.length / layer.inputs(), (ofWindow, ofImage) -> gradient[ofImage] += windows[ofWindow]);
        return gradient;
    }

    private double[] windows(double[] images) {
        int rows = images.length / layer.inputs();
        double[] windows = new double
                [rows * layer.outputSide() * layer.outputSide() * ofWindows().columns()];
        forEachPixel(rows, (ofWindow, ofImage) -> windows[ofWindow] = images[ofImage]);
        return windows;
    }

    private interface Pixel {
        void at(int ofWindow, int ofImage);
    }

    /** Goes through the windows as they lie in memory, and says which pixel of the images each number is. */
    private void forEachPixel(int rows, Pixel pixel) {
        int next = 0;
        for (int row = 0; row < rows; row++) {
            for (int top = 0; top < layer.outputSide(); top++) {
                for (int left = 0; left < layer.outputSide(); left++) {
                    int first = row * layer.inputs() + (top * layer.side() + left) * layer.stride();
                    next = forEachPixelOfWindow(next, first, pixel);
                }
            }
        }
    }

    private int forEachPixelOfWindow(int ofWindow, int first, Pixel pixel) {
        int next = ofWindow;
        for (int y = 0; y < layer.window(); y++) {
            for (int x = 0; x < layer.window(); x++) {
                for (int channel = 0; channel < layer.channels(); channel++) {
                    pixel.at(next++, first + (channel * layer.side() + y) * layer.side() + x);
                }
            }
        }
        return next;
    }

    /** From a row for each window, with a column for each filter, to an image for each filter. */
    private double[] channelsFirst(double[] windows) {
        return transposed(windows, layer.outputSide() * layer.outputSide(), layer.filters());
    }

    /** The way back. */
    private double[] channelsLast(double[] images) {
        return transposed(images, layer.filters(), layer.outputSide() * layer.outputSide());
    }

    /** Many matrices, one after the other. */
    private static double[] transposed(double[] matrices, int rows, int columns) {
        double[] transposed = new double[matrices.length];
        for (int from = 0; from < matrices.length; from += rows * columns) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    transposed[from + column * rows + row] = matrices[from + row * columns + column];
                }
            }
        }
        return transposed;
    }
}
