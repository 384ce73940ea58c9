package io.gradstep.examples;

import io.gradstep.ops.Shape;

/** A layer of a {@link Model}: it multiplies by its kernel and adds its bias. */
sealed interface Layer {
    /** The numbers of a row that come in. */
    int inputs();

    /** The numbers of a row that come out. */
    int outputs();

    /** As in Keras: inputs before outputs. */
    Shape kernelShape();

    /** One number for each unit or filter. */
    Shape biasShape();

    /** What Keras calls such a layer. */
    String kerasName();

    /**
     * Half the width of Glorot's uniform distribution for the kernel.
     *
     * @return the root of 6 over how many numbers each output is made of and how many outputs each input goes into
     */
    default double glorotLimit() {
        return Math.sqrt(6.0 / (fanIn() + fanOut()));
    }

    /** Keras's count of the numbers that an output is made of. */
    int fanIn();

    /** Keras's count of the outputs that an input goes into. */
    int fanOut();

    /**
     * Each output sees all inputs.
     *
     * @param inputs the numbers that come in
     * @param units the numbers that come out
     */
    record Dense(int inputs, int units) implements Layer {
        @Override
        public int outputs() {
            return units;
        }

        @Override
        public Shape kernelShape() {
            return Shape.of(inputs, units);
        }

        @Override
        public Shape biasShape() {
            return Shape.of(units);
        }

        @Override
        public String kerasName() {
            return "dense";
        }

        @Override
        public int fanIn() {
            return inputs;
        }

        @Override
        public int fanOut() {
            return units;
        }
    }

    /**
     * Each output sees a window of an image, and only whole windows are looked at ('valid' in Keras). Images come in and
     * go out channel after channel, each row after row.
     *
     * @param channels of the image
     * @param side the height and width of the image
     * @param filters the channels that come out
     * @param window the height and width of a window
     * @param stride how far the next window is away
     */
    record Convolution(int channels, int side, int filters, int window, int stride) implements Layer {
        /** The height and width of the image that comes out. */
        int outputSide() {
            return (side - window) / stride + 1;
        }

        @Override
        public int inputs() {
            return channels * side * side;
        }

        @Override
        public int outputs() {
            return filters * outputSide() * outputSide();
        }

        @Override
        public Shape kernelShape() {
            return Shape.of(window, window, channels, filters);
        }

        @Override
        public Shape biasShape() {
            return Shape.of(filters);
        }

        @Override
        public String kerasName() {
            return "conv2d";
        }

        @Override
        public int fanIn() {
            return window * window * channels;
        }

        @Override
        public int fanOut() {
            return window * window * filters;
        }
    }
}
