package io.gradstep.tck;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import java.util.Random;

/** Random numbers among which are those that arithmetic goes wrong with. */
public enum HardNumbers {
    /** Of about 1, of both signs. */
    ORDINARY {
        @Override
        double next(Random random, DType dtype) {
            return random.nextGaussian();
        }
    },
    /** Denormal, or with a denormal square; and zeros of both signs. */
    TINY {
        @Override
        double next(Random random, DType dtype) {
            double least = dtype == DType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE;
            return switch (random.nextInt(4)) {
                case 0 -> random.nextBoolean() ? 0.0 : -0.0;
                case 1 -> least * (random.nextInt(2001) - 1000);
                case 2 -> Math.sqrt(least) * random.nextGaussian();
                default -> random.nextGaussian();
            };
        }
    },
    /** Where squares overflow, or nearly do. */
    HUGE {
        @Override
        double next(Random random, DType dtype) {
            double greatest = dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
            return switch (random.nextInt(4)) {
                case 0 -> (random.nextBoolean() ? 1 : -1) * greatest;
                case 1 -> Math.sqrt(greatest) * random.nextGaussian();
                default -> random.nextGaussian();
            };
        }
    },
    /** NaN, infinities and zeros among others. */
    SPECIAL {
        @Override
        double next(Random random, DType dtype) {
            return switch (random.nextInt(16)) {
                case 0 -> Double.NaN;
                case 1 -> Double.POSITIVE_INFINITY;
                case 2 -> Double.NEGATIVE_INFINITY;
                case 3 -> 0.0;
                case 4 -> -0.0;
                default -> random.nextGaussian();
            };
        }
    };

    /** Then they come again; prime, so that no two tiles are equal. Drawing is slower than most that is tested. */
    private static final int PERIOD = 4093;

    abstract double next(Random random, DType dtype);

    /**
     * Draws a tensor.
     *
     * @param dtype float32 or float64
     * @param shape its shape
     * @param seed decides everything
     * @return a new tensor
     */
    public HostTensor tensor(DType dtype, Shape shape, long seed) {
        Random random = new Random(seed);
        HostTensor drawn = HostTensor.filled(dtype, shape, 0);
        for (int i = 0; i < drawn.length(); i++) {
            drawn.set(i, i < PERIOD ? next(random, dtype) : drawn.get(i - PERIOD));
        }
        return drawn;
    }
}
