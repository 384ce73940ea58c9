package io.gradstep.examples;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The classifier that every library trains: dense layers with relu between them and a softmax at the end.
 *
 * @param widths the number of inputs, the units of each layer; the last ones are the classes
 */
record Mlp(List<Integer> widths) {
    /** What a weight is called, and its shape: kernels are inputs times units, as in Keras. */
    record Parameter(String path, Shape shape) {}

    Mlp {
        widths = List.copyOf(widths);
    }

    int layers() {
        return widths.size() - 1;
    }

    int inputs(int layer) {
        return widths.get(layer);
    }

    int units(int layer) {
        return widths.get(layer + 1);
    }

    int classes() {
        return units(layers() - 1);
    }

    /** Kernel and bias of each layer in turn, under Keras's names. */
    List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (int layer = 0; layer < layers(); layer++) {
            String name = layer == 0 ? "dense" : "dense_" + layer;
            parameters.add(new Parameter(name + "/kernel", Shape.of(inputs(layer), units(layer))));
            parameters.add(new Parameter(name + "/bias", Shape.of(units(layer))));
        }
        return parameters;
    }

    /** Kernels from Glorot's uniform distribution, biases 0: what a dense layer of Keras starts with. */
    List<HostTensor> initialWeights(long seed) {
        RandomStream random = RandomStream.of(seed, "weights");
        return parameters().stream()
                .map(parameter -> initial(parameter.shape(), random))
                .toList();
    }

    private static HostTensor initial(Shape shape, RandomStream random) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        if (shape.rank() == 2) {
            double limit = Math.sqrt(6.0 / (shape.length(0) + shape.length(1)));
            for (int i = 0; i < values.length; i++) {
                values[i] = random.uniform(limit);
            }
        }
        return HostTensor.of(shape, values);
    }

    /** {@code 64-32-10}. */
    @Override
    public String toString() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
