package io.gradstep.examples;

import io.gradstep.examples.Layer.Convolution;
import io.gradstep.examples.Layer.Dense;
import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The classifier that every library trains: layers with relu between them and a softmax at the end.
 *
 * @param layers each takes what the one before it gives; the outputs of the last, a dense one, are the classes
 */
record Model(List<Layer> layers) {
    /** What a weight is called, and its shape, both as in Keras. */
    record Parameter(String path, Shape shape) {}

    Model {
        layers = List.copyOf(layers);
        for (int i = 1; i < layers.size(); i++) {
            if (layers.get(i).inputs() != layers.get(i - 1).outputs()) {
                throw new IllegalArgumentException(
                        "A layer must take what the one before it gives. Received: " + layers);
            }
        }
        if (layers.isEmpty() || !(layers.get(layers.size() - 1) instanceof Dense)) {
            throw new IllegalArgumentException("The last layer must be dense. Received: " + layers);
        }
    }

    /**
     * Dense layers alone.
     *
     * @param widths the number of inputs, then the units of each layer
     */
    static Model dense(int... widths) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 1; i < widths.length; i++) {
            layers.add(new Dense(widths[i - 1], widths[i]));
        }
        return new Model(layers);
    }

    /** The numbers of a row. */
    int inputs() {
        return layers.get(0).inputs();
    }

    int classes() {
        return layers.get(layers.size() - 1).outputs();
    }

    /** Whether a layer is the one with the softmax. */
    boolean isLast(int layer) {
        return layer == layers.size() - 1;
    }

    /** Kernel and bias of each layer in turn, under Keras's names. */
    List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Layer layer : layers) {
            int number = seen.merge(layer.kerasName(), 1, Integer::sum) - 1;
            String name = number == 0 ? layer.kerasName() : layer.kerasName() + "_" + number;
            parameters.add(new Parameter(name + "/kernel", layer.kernelShape()));
            parameters.add(new Parameter(name + "/bias", layer.biasShape()));
        }
        return parameters;
    }

    /** How many numbers all weights have together. */
    long parameterCount() {
        return parameters().stream()
                .mapToLong(parameter -> parameter.shape().elements())
                .sum();
    }

    /**
     * Kernels from Glorot's uniform distribution, biases 0: what Keras's layers start with.
     *
     * @param seed decides the numbers
     * @param dtype what they are rounded to: one seed draws the same numbers for each
     */
    List<HostTensor> initialWeights(long seed, DType dtype) {
        RandomStream random = RandomStream.of(seed, "weights");
        List<HostTensor> weights = new ArrayList<>();
        for (Layer layer : layers) {
            HostTensor kernel = HostTensor.filled(dtype, layer.kernelShape(), 0);
            for (int i = 0; i < kernel.length(); i++) {
                kernel.set(i, random.uniform(layer.glorotLimit()));
            }
            weights.add(kernel);
            weights.add(HostTensor.filled(dtype, layer.biasShape(), 0));
        }
        return weights;
    }

    /** {@code 64-32-10}, or {@code 8x8, 8 filters of 3x3, 10}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(layers.get(0) instanceof Convolution first ? first.side() + "x" + first.side() : inputs());
        for (Layer layer : layers) {
            if (layer instanceof Convolution convolution) {
                text.append(", ").append(text(convolution));
            } else {
                text.append(layers.get(0) instanceof Convolution ? ", " : "-").append(layer.outputs());
            }
        }
        return text.toString();
    }

    private static String text(Convolution layer) {
        String filters = layer.filters() + " filters of " + layer.window() + "x" + layer.window();
        return layer.stride() == 1 ? filters : filters + " at stride " + layer.stride();
    }
}
