package io.gradstep.examples;

/** The product of two matrices, as loops whose innermost runs along memory. */
record DenseMath(int columns, int units) implements LayerMath {
    @Override
    public double[] outputs(double[] inputs, double[] kernel, double[] bias) {
        int rows = inputs.length / columns;
        double[] outputs = new double[rows * units];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(bias, 0, outputs, row * units, units);
            for (int column = 0; column < columns; column++) {
                double input = inputs[row * columns + column];
                for (int unit = 0; unit < units; unit++) {
                    outputs[row * units + unit] += input * kernel[column * units + unit];
                }
            }
        }
        return outputs;
    }

    @Override
    public double[] ofKernel(double[] inputs, double[] ofOutputs) {
        double[] gradient = new double[columns * units];
        for (int row = 0; row < inputs.length / columns; row++) {
            for (int column = 0; column < columns; column++) {
                double input = inputs[row * columns + column];
                for (int unit = 0; unit < units; unit++) {
                    gradient[column * units + unit] += input * ofOutputs[row * units + unit];
                }
            }
        }
        return gradient;
    }

    @Override
    public double[] ofBias(double[] ofOutputs) {
        double[] gradient = new double[units];
        for (int from = 0; from < ofOutputs.length; from += units) {
            for (int unit = 0; unit < units; unit++) {
                gradient[unit] += ofOutputs[from + unit];
            }
        }
        return gradient;
    }

    @Override
    public double[] ofInputs(double[] ofOutputs, double[] kernel) {
        int rows = ofOutputs.length / units;
        double[] gradient = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int unit = 0; unit < units; unit++) {
                    sum += ofOutputs[row * units + unit] * kernel[column * units + unit];
                }
                gradient[row * columns + column] = sum;
            }
        }
        return gradient;
    }
}
