package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Something whose time is to be taken at one size of a model.
 *
 * @param who as in {@link StepCost}
 * @param settings as in {@link StepCost}
 * @param bytesPerParameter as in {@link StepCost}
 * @param heapBytesPerParameter what it puts on Java's heap, weights and gradients that it is given not counted
 * @param opening makes it of weights and gradients
 */
record StepPoint(String who, StepSettings settings, int bytesPerParameter, int heapBytesPerParameter, Opening opening) {
    /** Makes tensors of weights and gradients, and what works on them. */
    interface Opening {
        TimedWork open(List<HostTensor> weights, List<HostTensor> gradients);
    }

    static StepPoint ours(String backend, StepSettings settings, int threads) {
        // Weights and gradients of the libraries lie elsewhere.
        int arrays = settings.stateArrays() + (backend.equals("reference") ? 2 : 0);
        return new StepPoint(
                backend,
                settings,
                settings.bytesPerParameter(),
                arrays * Float.BYTES,
                (weights, gradients) -> LiveStep.open(
                        backend, StepExecution.fused.options().withThreads(threads), settings, weights, gradients));
    }

    static StepPoint nd4jRmsProp() {
        return new StepPoint(
                StepCosts.ND4J_RMSPROP,
                StepSettings.plain,
                StepSettings.plain.bytesPerParameter(),
                0,
                Nd4jRmsPropStep::new);
    }

    static StepPoint djlAdam() {
        return new StepPoint(StepCosts.DJL_ADAM, StepSettings.plain, DjlAdam.BYTES_PER_PARAMETER, 0, DjlAdamStep::new);
    }

    static StepPoint bandwidth(StepSettings settings, int threads) {
        return new StepPoint(
                StepCosts.BANDWIDTH,
                settings,
                settings.bytesPerParameter(),
                (1 + settings.stateArrays()) * Float.BYTES,
                (weights, gradients) -> {
                    Traffic traffic = new Traffic(settings, HostArrays.of(settings, weights, gradients), threads);
                    return traffic::pass;
                });
    }

    static StepPoint copy(int threads) {
        return new StepPoint(StepCosts.COPY, StepSettings.plain, 2 * Float.BYTES, Float.BYTES, (weights, gradients) -> {
            List<float[]> from = weights.stream().map(HostTensor::floats).toList();
            List<float[]> to = new ArrayList<>();
            from.forEach(array -> to.add(new float[array.length]));
            Pieces pieces = new Pieces(from.stream().map(array -> array.length).toList(), threads);
            return () -> pieces.run((tensor, start, end) ->
                    System.arraycopy(from.get(tensor), start, to.get(tensor), start, end - start));
        });
    }
}
