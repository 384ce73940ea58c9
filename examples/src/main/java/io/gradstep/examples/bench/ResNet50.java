package io.gradstep.examples.bench;

import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The trainable tensors of ResNet-50 (He et al., "Deep Residual Learning for Image Recognition", table 1), in Keras's
 * layout: kernels as height, width, inputs, outputs, without biases, each followed by the gamma and beta of a batch
 * normalization.
 */
final class ResNet50 {
    private static final int[] BLOCKS = {3, 4, 6, 3};
    private static final int FIRST_WIDTH = 64;
    /** A block has this many times more outputs than its inner layers. */
    private static final int EXPANSION = 4;

    private static final int CLASSES = 1000;

    private ResNet50() {}

    static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        convolution(shapes, 7, 3, FIRST_WIDTH);
        int inputs = FIRST_WIDTH;
        int width = FIRST_WIDTH;
        for (int blocks : BLOCKS) {
            for (int block = 0; block < blocks; block++) {
                if (block == 0) {
                    // The shortcut has to change the number of channels.
                    convolution(shapes, 1, inputs, EXPANSION * width);
                }
                convolution(shapes, 1, inputs, width);
                convolution(shapes, 3, width, width);
                convolution(shapes, 1, width, EXPANSION * width);
                inputs = EXPANSION * width;
            }
            width *= 2;
        }
        shapes.add(Shape.of(inputs, CLASSES));
        shapes.add(Shape.of(CLASSES));
        return List.copyOf(shapes);
    }

    private static void convolution(List<Shape> shapes, int size, int inputs, int outputs) {
        shapes.add(Shape.of(size, size, inputs, outputs));
        shapes.add(Shape.of(outputs));
        shapes.add(Shape.of(outputs));
    }
}
