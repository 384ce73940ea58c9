package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The arrays of a step as plain Java arrays, one of each kind for each tensor.
 *
 * @param weights read and written
 * @param gradients read
 * @param state read and written; {@code state.get(k)} has one array for each tensor
 */
record HostArrays(List<float[]> weights, List<float[]> gradients, List<List<float[]>> state) {
    static HostArrays of(StepSettings settings, List<HostTensor> weights, List<HostTensor> gradients) {
        return new HostArrays(
                weights.stream().map(tensor -> tensor.floats().clone()).toList(),
                gradients.stream().map(HostTensor::floats).toList(),
                IntStream.range(0, settings.stateArrays())
                        .mapToObj(k -> weights.stream()
                                .map(tensor -> new float[tensor.length()])
                                .toList())
                        .toList());
    }

    List<Integer> lengths() {
        return weights.stream().map(array -> array.length).toList();
    }
}
