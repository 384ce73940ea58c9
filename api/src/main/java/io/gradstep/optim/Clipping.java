package io.gradstep.optim;

import io.gradstep.ops.Binary;
import io.gradstep.ops.DType;
import io.gradstep.ops.PairwiseSum;

/**
 * How gradients are clipped: {@code keras/src/optimizers/base_optimizer.py}, Keras 3.15.1. A limit of 0 or less
 * clips nothing.
 */
sealed interface Clipping {
    /** Not at all. */
    record None() implements Clipping {
        @Override
        public double limit() {
            return 0;
        }
    }

    /**
     * Each number of its own: {@code min(max(g, -limit), limit)}; NaN stays NaN.
     *
     * @param limit {@code clipvalue}
     */
    record ByValue(double limit) implements Clipping {}

    /**
     * Each gradient by its norm n: {@code g · limit / max(n, limit)}. It is always multiplied and divided, so that a
     * gradient within the limit may move by a last bit.
     *
     * @param limit {@code clipnorm}
     */
    record ByNorm(double limit) implements Clipping {
        /** {@code max(n, limit)} for a gradient with this sum of squares. */
        double denominator(DType dtype, double sumOfSquares) {
            double norm = sumOfSquares > 0 ? dtype.round(Math.sqrt(sumOfSquares)) : sumOfSquares;
            return Binary.MAXIMUM.apply(norm, dtype.round(limit));
        }
    }

    /**
     * All gradients by their common norm n: {@code g · limit · min(1 / n, 1 / limit)}. If n is infinite or NaN, all
     * gradients become NaN.
     *
     * @param limit {@code global_clipnorm}
     */
    record ByGlobalNorm(double limit) implements Clipping {
        /** {@code limit · min(1 / n, 1 / limit)} for gradients with these sums of squares. */
        double scale(DType dtype, double[] sumsOfSquares) {
            double sum = PairwiseSum.of(dtype, sumsOfSquares.length, i -> sumsOfSquares[i]);
            double norm = dtype.round(Math.sqrt(sum));
            double smaller = Binary.MINIMUM.apply(dtype.round(1 / norm), dtype.round(1 / limit));
            double scaleIfFinite = dtype.round(dtype.round(limit) * smaller);
            // Keras adds norm - norm, which is 0 or NaN.
            return Double.isFinite(norm) ? scaleIfFinite : Double.NaN;
        }
    }

    /**
     * What is not to be exceeded.
     *
     * @return the limit as it was given; 0 for none
     */
    double limit();

    /**
     * Whether it asks for sums of squares.
     *
     * @return true for {@link ByNorm} and {@link ByGlobalNorm}
     */
    default boolean needsNorms() {
        return this instanceof ByNorm || this instanceof ByGlobalNorm;
    }

    /**
     * This clipping, if it changes anything.
     *
     * @return this, or {@link None} if the limit is 0, negative or NaN
     */
    default Clipping orNone() {
        return limit() > 0 ? this : new None();
    }
}
