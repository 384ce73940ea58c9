package io.gradstep.examples.bench;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The same normal numbers in each run.
 *
 * <p>A benchmark takes millions of steps with one gradient. So that this changes nothing about their speed, no number
 * may become NaN, infinite or subnormal: gradients are so small that what rounding leaves of velocity minus squared
 * average is below epsilon.
 */
final class RandomTensors {
    private static final long WEIGHTS_SEED = 1;
    private static final long GRADIENTS_SEED = 2;
    private static final double WEIGHTS_DEVIATION = 0.05;
    private static final double GRADIENTS_DEVIATION = 0.01;

    /** After so many numbers a tensor repeats itself: drawing each would take longer than many a benchmark. */
    private static final int DRAWN = 1 << 18;

    private RandomTensors() {}

    static List<HostTensor> weights(ModelSize size) {
        return tensors(size.shapes(), WEIGHTS_SEED, WEIGHTS_DEVIATION);
    }

    static List<HostTensor> gradients(ModelSize size) {
        return tensors(size.shapes(), GRADIENTS_SEED, GRADIENTS_DEVIATION);
    }

    static List<HostTensor> weights(Shape shape) {
        return tensors(List.of(shape), WEIGHTS_SEED, WEIGHTS_DEVIATION);
    }

    static List<HostTensor> gradients(Shape shape) {
        return tensors(List.of(shape), GRADIENTS_SEED, GRADIENTS_DEVIATION);
    }

    private static List<HostTensor> tensors(List<Shape> shapes, long seed, double deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        return shapes.stream().map(shape -> tensor(shape, random, deviation)).toList();
    }

    private static HostTensor tensor(Shape shape, SplittableRandom random, double deviation) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        int drawn = Math.min(values.length, DRAWN);
        for (int i = 0; i < drawn; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        for (int i = drawn; i < values.length; i += drawn) {
            System.arraycopy(values, 0, values, i, Math.min(drawn, values.length - i));
        }
        return HostTensor.of(shape, values);
    }
}
